// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <weir/adapter/kafka.hpp>

#include <array>
#include <catch.hpp>
#include <chrono>
#include <cstddef>
#include <string>
#include <utility>
#include <vector>

namespace weir_test {

/// A name that no earlier run has used.
[[nodiscard]] inline std::string fresh_name(char const* begin) {
    return begin + std::to_string(std::chrono::system_clock::now().time_since_epoch().count());
}

/// Makes a topic, by librdkafka's own means: the broker makes none by itself.
inline void create_topic(std::string const& brokers, std::string const& name, int partitions,
                         std::vector<std::pair<char const*, char const*>> const& with = {}) {
    weir::kafka::detail::configuration conf(brokers);
    rd_kafka_t* const client = conf.make_client(RD_KAFKA_PRODUCER, weir::kafka::detail::secrets({}));
    REQUIRE(client != nullptr);
    std::array<char, 512> why{};
    rd_kafka_NewTopic_t* topic = rd_kafka_NewTopic_new(name.c_str(), partitions, 1, why.data(), why.size());
    for (auto const& [key, value] : with) rd_kafka_NewTopic_set_config(topic, key, value);
    rd_kafka_queue_t* const answers = rd_kafka_queue_new(client);
    rd_kafka_CreateTopics(client, &topic, 1, nullptr, answers);
    rd_kafka_event_t* const answer = rd_kafka_queue_poll(answers, 30'000);
    REQUIRE(answer != nullptr);
    std::size_t count = 0;
    rd_kafka_topic_result_t const** const made = rd_kafka_CreateTopics_result_topics(rd_kafka_event_CreateTopics_result(answer), &count);
    REQUIRE(count == 1);
    CHECK(rd_kafka_topic_result_error(made[0]) == RD_KAFKA_RESP_ERR_NO_ERROR);
    rd_kafka_event_destroy(answer);
    rd_kafka_NewTopic_destroy(topic);
    rd_kafka_queue_destroy(answers);
    rd_kafka_destroy(client);
}

}  // namespace weir_test
