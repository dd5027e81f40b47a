// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <weir/adapter/kafka/detail/membership.hpp>

#include <chrono>
#include <utility>

namespace weir::kafka::detail {

/// Leaves the group and serves what that needs. False when it is not done in time.
[[nodiscard]] inline bool leave_group(connection& shared, membership& members, duration at_most) {
    constexpr duration slice = std::chrono::milliseconds(10);
    queue_handle const closing(rd_kafka_queue_new(shared.client));
    // An error means that there is nothing to close any more.
    if (error_handle(rd_kafka_consumer_close_queue(shared.client, closing.get()))) return true;
    duration waited{};
    for (int round = 0; !rd_kafka_consumer_closed(shared.client) && round < 1'000'000; ++round) {
        if (waited >= at_most) return false;
        rd_kafka_message_t* late = nullptr;
        if (rd_kafka_consume_batch_queue(closing.get(), milliseconds_of(slice), &late, 1) > 0) rd_kafka_message_destroy(late);
        else if (shared.box.rebalances.empty()) waited += slice;
        for (mailbox::rebalance& each : std::exchange(shared.box.rebalances, {})) members.leave(*each.partitions);
    }
    return rd_kafka_consumer_closed(shared.client) != 0;
}

/// Commits what was acknowledged, leaves the group, and destroys the client: within `close_timeout`, whatever the broker
/// does. A client that does not let go in time is left behind, since destroying it could block for ever; false then.
inline bool depart(connection& shared, offset_keeper& offsets, membership& members) {
    if (!shared.client) return true;
    duration const part = shared.options.close_timeout / 3;
    bool in_order = true;
    bool answered = offsets.commit_now(part);
    if (!shared.shares) {
        rd_kafka_assign(shared.client, nullptr);
    } else if (shared.connected) {
        if (answered && faults_of(rd_kafka_version()).leaving_crashes) answered = members.coordinator_answers(part);
        // Without the coordinator there is nobody to say goodbye to; the session's time-out does it.
        if (answered) in_order = leave_group(shared, members, part);
    }
    members.forget();
    if (!in_order) {
        shared.queue.reset();
        shared.client = nullptr;
    }
    shared.destroy();
    return in_order;
}

}  // namespace weir::kafka::detail
