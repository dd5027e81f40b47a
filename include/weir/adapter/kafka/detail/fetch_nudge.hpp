// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <weir/adapter/kafka/detail/connection.hpp>

#include <chrono>
#include <cstddef>

namespace weir::kafka::detail {

/// Keeps librdkafka fetching while a backlog is read.
///
/// Before 2.2.0 its thread stops asking a broker for records when enough are waiting to be read, and does not notice when
/// they have been: without anything else to do it looks again a second later. A reader that is faster than librdkafka then
/// waits most of the time. Any request to the broker wakes the thread; this asks for the ends of the partitions that were
/// not read to theirs, and does not wait for the answer.
class fetch_nudge {
public:
    explicit fetch_nudge(connection& shared) : shared_(shared) {}

    /// So many records came.
    void note(std::size_t records) noexcept { since_empty_ += records; }

    /// Nothing is waiting. After a few records only, librdkafka had no cause to stop.
    void note_empty() {
        if (since_empty_ < backlog || shared_.now < not_before_ || !is_needed()) return;
        since_empty_ = 0;
        not_before_ = saturating_add(shared_.now, pause);
        partition_list const asked = make_partition_list();
        for (lane const& each : shared_.lanes)
            if (each.owned == lane::ownership::assigned && !each.at_end && !each.done && !each.paused)
                rd_kafka_topic_partition_list_add(asked.get(), each.topic.c_str(), each.partition)->offset = RD_KAFKA_OFFSET_END;
        if (asked->cnt != 0) static_cast<void>(rd_kafka_offsets_for_times(shared_.client, asked.get(), 0));
    }

private:
    static constexpr std::size_t backlog = 10'000;
    static constexpr duration pause = std::chrono::milliseconds(1);

    [[nodiscard]] static bool is_needed() noexcept { return rd_kafka_version() < 0x02020000; }

    connection& shared_;
    std::size_t since_empty_ = 0;
    timestamp not_before_ = beginning_of_time;
};

}  // namespace weir::kafka::detail
