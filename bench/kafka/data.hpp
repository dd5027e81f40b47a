// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <librdkafka/rdkafka.h>
#include <librdkafka/rdkafka_mock.h>

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <stdexcept>
#include <string>
#include <string_view>

#include "../ndjson_clicks/data.hpp"

namespace bench::kafka {

/// Frees librdkafka's objects.
struct release {
    void operator()(rd_kafka_t* handle) const noexcept { rd_kafka_destroy(handle); }
    void operator()(rd_kafka_topic_t* topic) const noexcept { rd_kafka_topic_destroy(topic); }
    void operator()(rd_kafka_queue_t* queue) const noexcept { rd_kafka_queue_destroy(queue); }
    void operator()(rd_kafka_mock_cluster_t* cluster) const noexcept { rd_kafka_mock_cluster_destroy(cluster); }
    void operator()(rd_kafka_topic_partition_list_t* list) const noexcept {
        rd_kafka_topic_partition_list_destroy(list);
    }
};

template <class T>
using owned = std::unique_ptr<T, release>;

/// A client with the settings given as name, value, name, value.
template <std::size_t N>
owned<rd_kafka_t> make_client(rd_kafka_type_t type, std::array<char const*, N> const& settings) {
    std::array<char, 512> why{};
    rd_kafka_conf_t* const configuration = rd_kafka_conf_new();
    for (std::size_t at = 0; at + 1 < N; at += 2)
        if (rd_kafka_conf_set(configuration, settings[at], settings[at + 1], why.data(), why.size()) !=
            RD_KAFKA_CONF_OK)
            throw std::runtime_error(why.data());
    rd_kafka_t* const client = rd_kafka_new(type, configuration, why.data(), why.size());
    if (client == nullptr) throw std::runtime_error(why.data());
    return owned<rd_kafka_t>(client);
}

/// A topic of clicks in librdkafka's mock cluster, inside this process. The mock keeps at most 5 MiB a partition and
/// drops older records without a word, so the clicks are spread over many partitions of at most 4 MB, and what it
/// holds is checked.
class filled_topic {
public:
    static constexpr char const* name = "bench.clicks";
    static constexpr int partitions = 64;

    explicit filled_topic(std::size_t records = 1'400'000) : records_(records) {
        cluster_.reset(rd_kafka_mock_cluster_new(host_.get(), 1));
        if (!cluster_) throw std::runtime_error("the mock cluster does not start");
        if (rd_kafka_mock_topic_create(cluster_.get(), name, partitions, 1) != RD_KAFKA_RESP_ERR_NO_ERROR)
            throw std::runtime_error("the mock cluster does not create a topic");
        fill(ndjson_clicks::make_clicks(records_));
    }

    char const* brokers() const noexcept { return rd_kafka_mock_cluster_bootstraps(cluster_.get()); }
    std::uint64_t records() const noexcept { return records_; }

private:
    void fill(ndjson_clicks::clicks const& input) {
        auto const producer = make_client(
            RD_KAFKA_PRODUCER, std::array{"bootstrap.servers", brokers(), "batch.num.messages", "10000", "batch.size",
                                          "900000", "linger.ms", "50", "queue.buffering.max.messages", "1000000"});
        owned<rd_kafka_topic_t> const topic(rd_kafka_topic_new(producer.get(), name, nullptr));
        // The partitions take turns, so that each holds the whole stretch of event time, as partitions by key do.
        std::size_t record = 0;
        auto rest = input.text();
        while (!rest.empty()) {
            std::string_view const line = rest.substr(0, rest.find('\n'));
            rest.remove_prefix(line.size() + 1);
            auto const partition = static_cast<std::int32_t>(record++ % partitions);
            while (rd_kafka_produce(topic.get(), partition, RD_KAFKA_MSG_F_COPY, const_cast<char*>(line.data()),
                                    line.size(), nullptr, 0, nullptr) != 0) {
                if (rd_kafka_last_error() != RD_KAFKA_RESP_ERR__QUEUE_FULL)
                    throw std::runtime_error(rd_kafka_err2str(rd_kafka_last_error()));
                rd_kafka_poll(producer.get(), 10);
            }
        }
        if (rd_kafka_flush(producer.get(), 60'000) != RD_KAFKA_RESP_ERR_NO_ERROR)
            throw std::runtime_error("the mock cluster does not take the records");
        for (std::int32_t partition = 0; partition < partitions; ++partition) require_whole(producer.get(), partition);
    }

    static void require_whole(rd_kafka_t* client, std::int32_t partition) {
        std::int64_t low = -1, high = -1;
        if (rd_kafka_query_watermark_offsets(client, name, partition, &low, &high, 10'000) !=
            RD_KAFKA_RESP_ERR_NO_ERROR)
            throw std::runtime_error("the mock cluster does not say what it holds");
        if (low != 0) throw std::runtime_error("the mock cluster has dropped records: fewer a partition, please");
    }

    std::uint64_t records_;
    owned<rd_kafka_t> host_ = make_client(RD_KAFKA_PRODUCER, std::array{"client.id", "bench-broker", "log_level", "2"});
    owned<rd_kafka_mock_cluster_t> cluster_;
};

}  // namespace bench::kafka
