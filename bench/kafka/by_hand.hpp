// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <vector>

#include "../harness/answer.hpp"
#include "data.hpp"

namespace bench::kafka {

/// Reads the whole topic from the beginning with rd_kafka_consume_batch_queue and counts records and bytes: nothing
/// that reads a topic through librdkafka can do with less. No group, so that no join is waited for. Its queues hold the
/// whole topic: librdkafka before 2.2 that has stopped fetching, because enough is waiting, may not go on for a second.
[[gnu::noinline]] inline answer by_hand(filled_topic const& topic) {
    auto const consumer = make_client(
        RD_KAFKA_CONSUMER, std::array{"bootstrap.servers", topic.brokers(), "group.id", "bench", "enable.auto.commit",
                                      "false", "enable.auto.offset.store", "false", "auto.offset.reset", "error",
                                      "queued.min.messages", "10000000", "queued.max.messages.kbytes", "2000000"});
    owned<rd_kafka_topic_partition_list_t> const list(rd_kafka_topic_partition_list_new(filled_topic::partitions));
    for (std::int32_t partition = 0; partition < filled_topic::partitions; ++partition)
        rd_kafka_topic_partition_list_add(list.get(), filled_topic::name, partition)->offset = 0;
    if (rd_kafka_assign(consumer.get(), list.get()) != RD_KAFKA_RESP_ERR_NO_ERROR)
        throw std::runtime_error("the partitions cannot be assigned");
    owned<rd_kafka_queue_t> const queue(rd_kafka_queue_get_consumer(consumer.get()));

    answer result;
    std::vector<rd_kafka_message_t*> batch(1'000);
    while (result.items < topic.records()) {
        // Never more than what is left: the call waits until the batch is full.
        auto const wanted = std::min<std::uint64_t>(batch.size(), topic.records() - result.items);
        auto const taken = rd_kafka_consume_batch_queue(queue.get(), 1'000, batch.data(), wanted);
        if (taken < 0) throw std::runtime_error("the topic cannot be read");
        for (std::size_t at = 0; at < static_cast<std::size_t>(taken); ++at) {
            rd_kafka_message_t* const message = batch[at];
            if (message->err != RD_KAFKA_RESP_ERR_NO_ERROR) throw std::runtime_error(rd_kafka_err2str(message->err));
            ++result.items;
            result.checksum += message->len;
            rd_kafka_message_destroy(message);
        }
    }
    return result;
}

}  // namespace bench::kafka
