// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <weir/adapter/kafka/detail/lanes.hpp>
#include <weir/adapter/kafka/detail/mailbox.hpp>
#include <weir/base/detail/series.hpp>
#include <weir/pipeline/stage.hpp>

#include <algorithm>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace weir::kafka::detail {

/// A librdkafka client, and all that its parts share: options, what the callbacks left, the clock, the failure.
///
/// It stays where it is: librdkafka holds a pointer to the mailbox.
template <class Options>
struct client_base {
    explicit client_base(Options given)
        : options(std::move(given)), hidden(options.settings), place(place_of_brokers(options.brokers)) {}
    client_base(client_base const&) = delete;
    client_base& operator=(client_base const&) = delete;

    Options options;
    secrets hidden;
    std::string place;
    mailbox box{};
    rd_kafka_t* client = nullptr;
    timestamp now = beginning_of_time;
    timestamp opened_at = beginning_of_time;
    bool connected = false;  ///< a broker has answered
    std::string last_trouble{};
    std::optional<error> failure{};

    void fail(error why) {
        why.cause = hidden.masked(std::move(why.cause));
        if (!failure) failure = std::move(why);
    }

    /// The first failure stays; whatever comes later usually follows from it.
    void fail(std::string where, rd_kafka_resp_err_t code, std::string_view said = {}) {
        std::string cause = rd_kafka_err2str(code);
        // librdkafka's own sentence mostly says more, and mostly ends in the code's.
        if (!said.empty()) cause = said.find(cause) != std::string_view::npos ? std::string(said) : cause + ": " + std::string(said);
        fail(make_error(std::move(where), std::move(cause), advice_for(code)));
    }

    /// Something that mends itself; told to whoever wants to know.
    void note_trouble(std::string where, std::string text, rd_kafka_resp_err_t code = RD_KAFKA_RESP_ERR_NO_ERROR) {
        text = hidden.masked(std::move(text));
        // That all are down says less than why the last of them is.
        if (code != RD_KAFKA_RESP_ERR__ALL_BROKERS_DOWN || last_trouble.empty()) last_trouble = text;
        if (options.on_trouble) options.on_trouble(make_error(std::move(where), std::move(text)));
    }

    /// Deals with what the error and log callbacks left.
    void take_troubles() {
        if (box.fatal) {
            fail(place, box.fatal->code, box.fatal->text);
            box.fatal.reset();
        }
        // The user's callback may do anything, so the list is not walked while it is called.
        auto const troubles = std::exchange(box.troubles, {});
        for (mailbox::trouble const& each : troubles) {
            if (each.code == RD_KAFKA_RESP_ERR__AUTHENTICATION || each.code == RD_KAFKA_RESP_ERR__SSL ||
                each.code == RD_KAFKA_RESP_ERR_SASL_AUTHENTICATION_FAILED) {
                // Wrong credentials do not become right by trying again; after a first success it may be a rolling restart.
                if (!connected) fail(place, each.code, each.text);
            }
            note_trouble(place, each.text, each.code);
        }
    }

    /// Fails when no broker has answered within the time allowed.
    void check_connected() {
        if (connected || !client) return;
        connected = is_connected(client);
        if (connected || now < saturating_add(opened_at, options.connect_timeout)) return;
        fail(make_error(place, "no broker could be reached within " + in_seconds(options.connect_timeout) + after_trouble(),
                        "check the addresses and that a broker is running; connect_timeout sets the limit"));
    }

    [[nodiscard]] std::string after_trouble() const { return last_trouble.empty() ? "" : ": " + last_trouble; }

    [[nodiscard]] static std::string in_seconds(duration d) {
        auto const milliseconds = std::chrono::duration_cast<std::chrono::milliseconds>(d).count();
        return milliseconds % 1000 == 0 ? std::to_string(milliseconds / 1000) + " s" : std::to_string(milliseconds) + " ms";
    }
};

/// The consuming client.
struct connection : client_base<source_options> {
    explicit connection(source_options given, bool note_ends) : client_base(std::move(given)), notes_ends(note_ends) {
        if (!options.topic.empty()) topics.push_back(options.topic);
        for (std::string const& each : options.topics)
            if (std::find(topics.begin(), topics.end(), each) == topics.end()) topics.push_back(each);
        shares = options.partitions.empty() && !options.group.empty();
        if (topics.empty()) fail(make_error(place, "`topic` is empty", "name the topic to read"));
        for (std::int32_t const partition : options.partitions)
            if (partition < 0) fail(make_error(place, "partition " + std::to_string(partition) + " is negative"));
    }
    /// Not closed: whoever wanted the group left in order has called `close`, which may block as this may not.
    ~connection() { destroy(); }

    /// Everything that refers to the client must be gone: messages, lists, queues.
    void destroy() noexcept {
        queue.reset();
        box.clear();
        if (client) rd_kafka_destroy_flags(std::exchange(client, nullptr), RD_KAFKA_DESTROY_F_NO_CONSUMER_CLOSE);
    }

    queue_handle queue{};
    lane_table lanes{};
    std::vector<std::string> topics{};
    bool notes_ends = false;  ///< where partitions end at the start is asked, to know when they have been read that far
    bool shares = false;      ///< a group shares its partitions: they come and go
    weir::detail::series<lane_event> announcements{};

    static constexpr duration least_patience = std::chrono::milliseconds(100);
    static constexpr duration most_patience = std::chrono::milliseconds(1600);
    /// How long a question to the brokers may block. An answer that comes later is lost, and the question is asked again:
    /// with twice the patience, since a broker that is far away or busy would never be heard otherwise.
    duration patience = least_patience;
    void note_answer(rd_kafka_resp_err_t code) {
        if (code == RD_KAFKA_RESP_ERR__TIMED_OUT) patience = std::min(2 * patience, most_patience);
    }
    /// All questions that belong together have been answered.
    void note_all_answered() { patience = std::max(patience / 2, least_patience); }

    void announce(lane& about, lane_event::kind what) {
        bool const opens = what == lane_event::kind::opened;
        if (what == lane_event::kind::ended && !about.opened) return;
        if (opens && about.opened) return;
        if (what != lane_event::kind::idle) about.opened = opens;
        announcements.push_back({about.number, what});
    }

    /// Only between batches, and only what is not in that state already: librdkafka moves a partition that is resumed
    /// without having been paused (#4686).
    void set_paused(lane& about, bool pause) {
        if (about.paused == pause) return;
        partition_list const list = make_partition_list();
        rd_kafka_topic_partition_list_add(list.get(), about.topic.c_str(), about.partition);
        if (pause) rd_kafka_pause_partitions(client, list.get());
        else rd_kafka_resume_partitions(client, list.get());
        about.paused = pause;
    }

    /// `until_end`: nothing more is wanted of this partition.
    void finish(lane& read) {
        if (read.done) return;
        read.done = true;
        announce(read, lane_event::kind::ended);
        set_paused(read, true);
    }

    /// Makes the client; it connects by itself, in the background.
    bool open() {
        if (client) return true;
        if (failure) return false;
        opened_at = now;
        configuration conf(options.brokers);
        conf.set("group.id", options.group.empty() ? "weir-without-group" : options.group);
        conf.set("enable.auto.commit", "false");
        conf.set("enable.auto.offset.store", "false");
        conf.set("auto.offset.reset", "error");
        conf.set("enable.partition.eof", "true");
        // By default a broker that comes back is tried after up to 10 s.
        conf.set("reconnect.backoff.max.ms", "2000");
        // A partition that was found fetched far enough ahead is looked at again soon, not after a second: at the rate of a
        // backlog what was fetched is used up long before. (Older versions: fetch_nudge.hpp.)
        if (rd_kafka_version() >= 0x02020000) conf.set("fetch.queue.backoff.ms", "20");
        // A broker answers the requests of a connection in turn, so the question whether a partition is at its end waits until
        // the fetch before it has waited for records; by default that is longer than a poll may block.
        if (options.idle_timeout) conf.set("fetch.wait.max.ms", "50");
        conf.pass_on(options.settings, reserved_by_source);
        box.receive_from(conf, static_cast<bool>(options.on_trouble));
        box.receive_groups_from(conf);
        client = conf.make_client(RD_KAFKA_CONSUMER, hidden);
        if (!client) {
            failure = conf.problem();
            return false;
        }
        rd_kafka_poll_set_consumer(client);
        if (options.on_trouble) rd_kafka_set_log_queue(client, nullptr);
        queue.reset(rd_kafka_queue_get_consumer(client));
        if (shares) subscribe();
        start_connecting(client);
        return !failure;
    }

private:
    void subscribe() {
        partition_list const list = make_partition_list();
        for (std::string const& topic : topics)
            rd_kafka_topic_partition_list_add(list.get(), topic.c_str(), RD_KAFKA_PARTITION_UA);
        if (rd_kafka_resp_err_t const code = rd_kafka_subscribe(client, list.get())) fail(topics.front(), code);
    }
};

}  // namespace weir::kafka::detail
