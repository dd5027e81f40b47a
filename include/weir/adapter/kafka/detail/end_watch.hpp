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

    /// The broker says that there is nothing below `offset` that was not read, even where the last offsets hold no record
    /// (transaction marks, compaction).
    void take(lane& read, std::int64_t offset) {
        read.at_end = true;
        read.repeats = 0;
        read.next = std::max(read.next, offset);
        read.quiet_since = shared_.now;
        if (shared_.options.until_end) shared_.finish(read);
    }

    /// A partition is idle when it was at its end, stayed quiet, and the broker, asked now, confirms it: what the broker
    /// said a while ago would not do, for it may have been cut off from us since. One round trip for all.
    void look_for_idle() {
        if (!shared_.options.idle_timeout || shared_.now < ask_again_) return;
        duration const quiet = *shared_.options.idle_timeout;
        partition_list const asked = make_partition_list();
        for (lane const& each : shared_.lanes)
            if (each.owned == lane::ownership::assigned && each.at_end && !each.idle && !each.done &&
                shared_.now >= saturating_add(each.quiet_since, quiet))
                rd_kafka_topic_partition_list_add(asked.get(), each.topic.c_str(), each.partition)->offset = RD_KAFKA_OFFSET_END;
        if (asked->cnt == 0) return;
        rd_kafka_resp_err_t const code = ask_offsets(shared_.client, *asked, shared_.patience);
        shared_.note_answer(code);
        if (code) {
            // Not proven. A broker that does not answer must not cost a wait at every step.
            ask_again_ = saturating_add(shared_.now, std::max<duration>(quiet, std::chrono::seconds(1)));
            return;
        }
        for (int i = 0; i < asked->cnt; ++i) {
            lane& each = *shared_.lanes.find(asked->elems[i].topic, asked->elems[i].partition);
            each.idle = each.at_end = asked->elems[i].offset <= each.next;
            if (each.idle) shared_.announce(each, lane_event::kind::idle);
        }
    }

private:
    connection& shared_;
    timestamp ask_again_ = beginning_of_time;
};

}  // namespace weir::kafka::detail
