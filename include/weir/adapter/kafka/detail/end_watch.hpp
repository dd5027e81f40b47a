// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <weir/adapter/kafka/detail/connection.hpp>

#include <algorithm>
#include <chrono>
#include <cstdint>

namespace weir::kafka::detail {

/// Notices when a partition is read to its end: for good (`until_end`), or for now (idle).
class end_watch {
public:
    explicit end_watch(connection& shared) : shared_(shared) {}

    /// A record has come. The high watermark of the fetch that brought the first one is the end as it was at the start.
    void begin(lane& read) {
        if (!shared_.options.until_end || read.end != no_end) return;
        std::int64_t low = 0;
        std::int64_t high = -1;
        rd_kafka_get_watermark_offsets(shared_.client, read.topic.c_str(), read.partition, &low, &high);
        if (high >= 0) read.end = high;
    }

    /// The broker says that there is nothing below `offset` that was not read, even where the last offsets hold no record
    /// (transaction marks, compaction).
    void take(lane& read, std::int64_t offset) {
        read.at_end = true;
        read.repeats = 0;
        read.next = std::max(read.next, offset);
        read.quiet_since = shared_.now;
        if (shared_.options.until_end) finish(read);
    }

    /// Nothing more is wanted of this partition.
    void finish(lane& read) {
        if (read.done) return;
        read.done = true;
        shared_.announce(read, lane_event::kind::ended);
        shared_.set_paused(read, true);
    }

    /// A partition is idle when it was at its end, stayed quiet, and the broker, asked now, confirms it: what the broker
    /// said a while ago would not do, for it may have been cut off from us since. One round trip a partition.
    void look_for_idle() {
        if (!shared_.options.idle_timeout) return;
        duration const quiet = *shared_.options.idle_timeout;
        for (lane& each : shared_.lanes) {
            if (each.owned != lane::ownership::assigned || !each.at_end || each.idle || each.done) continue;
            if (shared_.now < saturating_add(each.quiet_since, quiet) || shared_.now < each.ask_again) continue;
            std::int64_t low = 0;
            std::int64_t high = 0;
            if (rd_kafka_query_watermark_offsets(shared_.client, each.topic.c_str(), each.partition, &low, &high,
                                                 milliseconds_of(patience))) {
                // Not proven. A broker that does not answer must not cost a wait for each of its partitions.
                each.ask_again = saturating_add(shared_.now, std::max<duration>(quiet, std::chrono::seconds(1)));
                return;
            }
            each.idle = each.at_end = high <= each.next;
            if (each.idle) shared_.announce(each, lane_event::kind::idle);
        }
    }

private:
    static constexpr duration patience = std::chrono::milliseconds(100);

    connection& shared_;
};

}  // namespace weir::kafka::detail
