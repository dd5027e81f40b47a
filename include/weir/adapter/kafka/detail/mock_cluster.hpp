// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <weir/adapter/kafka/detail/mailbox.hpp>
#include <weir/adapter/kafka/detail/posting.hpp>
#include <weir/adapter/kafka/message.hpp>
#include <weir/base/result.hpp>

#include <librdkafka/rdkafka_mock.h>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <utility>

namespace weir::kafka {

/// Settings of `embedded_broker`.
struct embedded_broker_options {
    int brokers = 1;
    int partitions = 4;                         ///< of a topic that is made without saying how many
    compression compress = compression::none;   ///< of what `produce` writes; packs more into the room there is
    duration timeout = std::chrono::seconds(10);  ///< the longest that `flush` and the questions may block
};

namespace detail {

/// The least that a record takes in a stored batch: its bytes, and a byte for each of its seven lengths and differences.
[[nodiscard]] inline std::size_t least_size(message const& record) noexcept {
    std::size_t size = 7 + record.key.value_or("").size() + record.value.value_or("").size();
    for (header const& each : record.headers) size += 2 + each.name.size() + each.value.value_or("").size();
    return size;
}

/// librdkafka's mock cluster, and a producer for it, in one client.
struct mock_cluster {
    using place = std::pair<std::string, std::int32_t>;

    explicit mock_cluster(embedded_broker_options const& given) : options(given) {
        configuration conf("mock");
        conf.set("test.mock.num.brokers", std::to_string(options.brokers));
        conf.set("compression.type", name_of(options.compress));
        conf.set("linger.ms", "50");
        conf.set("max.in.flight.requests.per.connection", "1");
        conf.set("queue.buffering.max.messages", "1000000");
        conf.set("batch.num.messages", "100000");
        conf.set("reconnect.backoff.max.ms", "500");
        conf.set("message.timeout.ms", std::to_string(milliseconds_of(options.timeout)));
        box.receive_from(conf, false);
        box.receive_deliveries_from(conf);
        client = conf.make_client(RD_KAFKA_PRODUCER, secrets({}));
        failure = conf.problem();
        if (!client) return;
        cluster = rd_kafka_handle_mock_cluster(client);
        addresses = rd_kafka_mock_cluster_bootstraps(cluster);
    }
    mock_cluster(mock_cluster const&) = delete;
    mock_cluster& operator=(mock_cluster const&) = delete;
    ~mock_cluster() {
        posts.clear();
        if (client) rd_kafka_destroy(client);
    }

    result<void> send(message const& record) {
        rd_kafka_resp_err_t code;
        while ((code = posts.post(client, std::string(record.topic), record, 0)) == RD_KAFKA_RESP_ERR__QUEUE_FULL) serve(10);
        if (code) return make_error(std::string(record.topic), rd_kafka_err2str(code), advice_for(code));
        written.insert({std::string(record.topic), record.partition});
        if (++unserved % 4096 == 0) serve(0);
        return {};
    }

    result<void> flush() {
        rd_kafka_resp_err_t const code = rd_kafka_flush(client, milliseconds_of(options.timeout));
        serve(0);
        if (code && !failed) failed = make_error(addresses, "the records could not be stored in time");
        if (failed) return *failed;
        for (place const& each : std::exchange(written, {})) {
            if (each.second < 0) continue;
            auto const range = offsets(each.first, each.second);
            if (!range) return range.problem();
            if (range->first == 0) continue;
            failed = make_error(place_of(each.first, each.second),
                                "the embedded broker keeps no more than 5 MiB a partition, and has forgotten its first " +
                                    std::to_string(range->first) + " records",
                                "use more partitions or fewer records");
            return *failed;
        }
        return {};
    }

    [[nodiscard]] result<std::pair<std::int64_t, std::int64_t>> offsets(std::string const& topic, std::int32_t partition) const {
        std::int64_t found[2] = {RD_KAFKA_OFFSET_BEGINNING, RD_KAFKA_OFFSET_END};
        for (std::int64_t& each : found) {
            partition_list const asked = make_partition_list();
            rd_kafka_topic_partition_list_add(asked.get(), topic.c_str(), partition)->offset = each;
            if (auto const code = ask_offsets(client, *asked, options.timeout))
                return make_error(place_of(topic, partition), rd_kafka_err2str(code), advice_for(code));
            each = asked->elems[0].offset;
        }
        return std::pair(found[0], found[1]);
    }

    void serve(int milliseconds) {
        rd_kafka_poll(client, milliseconds);
        box.troubles.clear();
        box.deliveries.clear();
        for (mailbox::undelivered& each : std::exchange(box.failed_deliveries, {}))
            if (!failed) failed = make_error(std::move(each.place), rd_kafka_err2str(each.code), advice_for(each.code));
    }

    embedded_broker_options options;
    mailbox box{};
    rd_kafka_t* client = nullptr;
    rd_kafka_mock_cluster_t* cluster = nullptr;  ///< belongs to the client
    std::string addresses{};
    posting posts{};
    std::map<std::string, int> topics{};
    std::map<place, std::size_t> used{};
    std::set<place> written{};
    std::size_t unserved = 0;
    std::optional<error> failure{};
    std::optional<error> failed{};  ///< a record that was not stored, or not kept
};

}  // namespace detail
}  // namespace weir::kafka
