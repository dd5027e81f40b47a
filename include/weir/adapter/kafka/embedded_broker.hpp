// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <weir/adapter/kafka/detail/mock_cluster.hpp>
#include <weir/adapter/kafka/message.hpp>
#include <weir/base/detail/owner.hpp>
#include <weir/base/result.hpp>

#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace weir::kafka {

/// The requests of Kafka's protocol that `fail_requests` can make fail, by their numbers there.
enum class request : std::int16_t {
    produce = 0,
    fetch = 1,
    list_offsets = 2,
    metadata = 3,
    offset_commit = 8,
    offset_fetch = 9,
    find_coordinator = 10,
    join_group = 11,
    heartbeat = 12,
    leave_group = 13,
    sync_group = 14,
    init_producer_id = 22,
};

/// What `fail_requests` answers to make the broker cut the connection; other codes are those of Kafka's protocol.
inline constexpr int disconnect = RD_KAFKA_RESP_ERR__TRANSPORT;

/// A Kafka cluster inside the process, for tests, examples and benchmarks: librdkafka's own mock cluster.
///
///     weir::kafka::embedded_broker broker({.partitions = 2});
///     broker.produce("clicks", 0, "key", "value");
///     broker.flush();
///     … weir::kafka::source({.brokers = broker.brokers(), .topic = "clicks"}) …
///
/// It keeps about 5 MiB a partition (as stored, so compressed) and forgets older records. That is never silent here:
/// `produce` refuses what cannot fit, and `flush` reports what was forgotten. It knows no retention, transactions, quotas or
/// security, and a consumer takes some 3 s to join a group. It lives on librdkafka's threads. Must outlive its clients.
class embedded_broker {
public:
    static constexpr std::size_t room_in_a_partition = std::size_t{5} << 20;
    static constexpr int every_broker = -1;

    explicit embedded_broker(embedded_broker_options const& options = {}) : inside_(new detail::mock_cluster(options)) {}

    /// `host:port` of all brokers, for `brokers` in the options; empty when it could not be started.
    [[nodiscard]] std::string const& brokers() const noexcept { return inside_->addresses; }
    /// Why it could not be started, or null.
    [[nodiscard]] error const* failure() const noexcept { return inside_->failure ? &*inside_->failure : nullptr; }

    /// Makes a topic; 0 partitions: as many as the options say.
    result<void> create_topic(std::string const& name, int partitions = 0) {
        if (failure()) return *failure();
        int const count = partitions > 0 ? partitions : inside_->options.partitions;
        if (auto const code = rd_kafka_mock_topic_create(inside_->cluster, name.c_str(), count, 1))
            return detail::make_error(name, rd_kafka_err2str(code));
        inside_->topics[name] = count;
        return {};
    }

    /// Writes a record, in batches and without waiting; the topic is made when there is none.
    result<void> produce(std::string_view topic, std::int32_t partition, std::optional<std::string_view> key,
                         std::optional<std::string_view> value, std::optional<timestamp> time = {}) {
        return produce(message{.key = key, .value = value, .time = time, .partition = partition, .topic = topic});
    }
    result<void> produce(message const& record) {
        if (failure()) return *failure();
        std::string const topic(record.topic);
        if (!inside_->topics.contains(topic))
            if (auto made = create_topic(topic); !made) return made;
        if (record.partition >= 0 && inside_->options.compress == compression::none) {
            std::size_t& used = inside_->used[{topic, record.partition}];
            used += detail::least_size(record);
            if (used > room_in_a_partition)
                return detail::make_error(detail::place_of(topic, record.partition),
                                          "the embedded broker keeps no more than 5 MiB a partition, and would forget its oldest "
                                          "records",
                                          "use more partitions, fewer records, or `.compress`");
        }
        return inside_->send(record);
    }

    /// Waits until everything produced is stored, and says whether it still is.
    result<void> flush() {
        if (failure()) return *failure();
        return inside_->flush();
    }

    // -- what tests ask ------------------------------------------------------------------------------------------------

    /// The offset that a group has stored; nothing when it has stored none.
    [[nodiscard]] std::optional<std::int64_t> committed(std::string const& group, std::string const& topic,
                                                        std::int32_t partition) const {
        detail::configuration conf(brokers());
        conf.set("group.id", group);
        rd_kafka_conf_set_log_cb(conf.get(), [](rd_kafka_t const*, int, char const*, char const*) noexcept {});
        rd_kafka_t* const client = conf.make_client(RD_KAFKA_CONSUMER, detail::secrets({}));
        if (!client) return {};
        detail::start_connecting(client);
        detail::partition_list const asked = detail::make_partition_list();
        auto* const about = rd_kafka_topic_partition_list_add(asked.get(), topic.c_str(), partition);
        auto const code = rd_kafka_committed(client, asked.get(), detail::milliseconds_of(inside_->options.timeout));
        std::optional<std::int64_t> stored;
        if (!code && !about->err && about->offset >= 0) stored = about->offset;
        rd_kafka_destroy_flags(client, RD_KAFKA_DESTROY_F_NO_CONSUMER_CLOSE);
        return stored;
    }

    /// The first offset that a partition still has, and the first that it does not have yet.
    [[nodiscard]] result<std::pair<std::int64_t, std::int64_t>> offsets(std::string const& topic, std::int32_t partition) const {
        if (failure()) return *failure();
        return inside_->offsets(topic, partition);
    }

    // -- what tests break ----------------------------------------------------------------------------------------------

    /// Cuts all connections to a broker (they count from 1) and refuses new ones.
    void broker_down(std::int32_t number = every_broker) { rd_kafka_mock_broker_set_down(inside_->cluster, number); }
    void broker_up(std::int32_t number = every_broker) { rd_kafka_mock_broker_set_up(inside_->cluster, number); }

    /// The next requests of this kind are answered by these errors (numbers of Kafka's protocol, or `disconnect`), in turn.
    void fail_requests(request kind, std::span<int const> errors) {
        std::vector<rd_kafka_resp_err_t> codes;
        for (int const each : errors) codes.push_back(static_cast<rd_kafka_resp_err_t>(each));
        rd_kafka_mock_push_request_errors_array(inside_->cluster, static_cast<std::int16_t>(kind), codes.size(), codes.data());
    }
    void fail_requests(request kind, std::initializer_list<int> errors) {
        fail_requests(kind, std::span<int const>(errors.begin(), errors.size()));
    }

    /// Metadata requests say this of a topic; 0: all is well again.
    void fail_topic(std::string const& topic, int code) {
        rd_kafka_mock_topic_set_error(inside_->cluster, topic.c_str(), static_cast<rd_kafka_resp_err_t>(code));
    }
    void set_leader(std::string const& topic, std::int32_t partition, std::int32_t broker) {
        rd_kafka_mock_partition_set_leader(inside_->cluster, topic.c_str(), partition, broker);
    }
    void set_coordinator(std::string const& group, std::int32_t broker) {
        rd_kafka_mock_coordinator_set(inside_->cluster, "group", group.c_str(), broker);
    }
    /// Every answer takes this long.
    void set_round_trip(duration time) {
        rd_kafka_mock_broker_set_rtt(inside_->cluster, every_broker, detail::milliseconds_of(time));
    }

private:
    weir::detail::owner<detail::mock_cluster> inside_;
};

}  // namespace weir::kafka
