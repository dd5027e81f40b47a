// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <weir/adapter/kafka/detail/connection.hpp>

#include <algorithm>
#include <cstdint>
#include <utility>

namespace weir::kafka::detail {

/// Commits offsets, once everything below them has reached its end.
///
/// Lists are always given in full: librdkafka's own offset store is not used, so that it can never commit by itself.
class offset_keeper {
public:
    explicit offset_keeper(connection& shared) : shared_(shared) {}

    /// Remembers how far a lane was read in this poll.
    void note(lane& read, std::uint64_t epoch) {
        read.read_in = epoch;
        log_.note(read, epoch);
    }

    /// Everything read in polls before `epoch` has reached its end.
    void acknowledge(std::uint64_t epoch) {
        log_.acknowledge(epoch, shared_.lanes);
        commit_when_due();
    }

    /// Commits without waiting, at most every `commit_every`, one at a time.
    void commit_when_due() {
        if (held_back || in_flight_ || shared_.now < next_commit_ || !can_commit()) return;
        partition_list const list = outstanding();
        if (list->cnt == 0) return;
        next_commit_ = saturating_add(shared_.now, shared_.options.commit_every);
        in_flight_ = rd_kafka_commit(shared_.client, list.get(), 1) == RD_KAFKA_RESP_ERR_NO_ERROR;
    }

    /// Commits and waits for the answer, at most this long. False when the coordinator did not answer.
    bool commit_now(duration at_most) { return commit_list(outstanding(), at_most); }

    /// The same for those of `partitions` that are ours.
    bool commit_now(rd_kafka_topic_partition_list_t const& partitions, duration at_most) {
        partition_list list = make_partition_list();
        for (int i = 0; i < partitions.cnt; ++i)
            if (lane* const each = shared_.lanes.find(partitions.elems[i].topic, partitions.elems[i].partition)) add(*list, *each);
        return commit_list(std::move(list), at_most);
    }

    /// Deals with the answers to commits.
    void take_outcomes() {
        for (mailbox::commit_outcome& outcome : std::exchange(shared_.box.commits, {})) {
            in_flight_ = false;
            take(outcome.code, *outcome.partitions);
        }
    }

    /// True between giving partitions up and the new assignment. Before 2.10.0 (#4059) a commit that meets a cooperative
    /// rebalance costs the whole assignment; what is not committed now is committed after it.
    bool held_back = false;

private:
    [[nodiscard]] bool can_commit() const noexcept { return shared_.client && !shared_.options.group.empty(); }

    static void add(rd_kafka_topic_partition_list_t& list, lane const& each) {
        if (each.owned == lane::ownership::none || each.lost || each.acknowledged <= each.committed) return;
        rd_kafka_topic_partition_list_add(&list, each.topic.c_str(), each.partition)->offset = each.acknowledged;
    }

    [[nodiscard]] partition_list outstanding() {
        partition_list list = make_partition_list();
        for (lane const& each : shared_.lanes) add(*list, each);
        return list;
    }

    bool commit_list(partition_list list, duration at_most) {
        if (list->cnt == 0 || !can_commit()) return true;
        // A queue of its own: the consumer's own queue would hand out records meanwhile.
        queue_handle const answers(rd_kafka_queue_new(shared_.client));
        // A callback of its own, though an event comes instead: without one the answer would come to the mailbox as well.
        auto const unused = [](rd_kafka_t*, rd_kafka_resp_err_t, rd_kafka_topic_partition_list_t*, void*) noexcept {};
        if (rd_kafka_commit_queue(shared_.client, list.get(), answers.get(), unused, nullptr)) return false;
        event_handle const answer(rd_kafka_queue_poll(answers.get(), milliseconds_of(at_most)));
        if (!answer || rd_kafka_event_type(answer.get()) != RD_KAFKA_EVENT_OFFSET_COMMIT) {
            shared_.note_trouble(shared_.place, "the last offsets could not be committed in time; their records will be read again");
            return false;
        }
        rd_kafka_resp_err_t const code = rd_kafka_event_error(answer.get());
        if (auto* const partitions = rd_kafka_event_topic_partition_list(answer.get())) take(code, *partitions);
        return code == RD_KAFKA_RESP_ERR_NO_ERROR;
    }

    void take(rd_kafka_resp_err_t code, rd_kafka_topic_partition_list_t const& partitions) {
        if (code == RD_KAFKA_RESP_ERR__NO_OFFSET) return;
        for (int i = 0; i < partitions.cnt; ++i) {
            rd_kafka_topic_partition_t const& each = partitions.elems[i];
            rd_kafka_resp_err_t const problem = code ? code : each.err;
            std::string const where = place_of(each.topic, each.partition, each.offset);
            if (problem == RD_KAFKA_RESP_ERR_NO_ERROR) {
                if (lane* const known = shared_.lanes.find(each.topic, each.partition))
                    known->committed = std::max(known->committed, each.offset);
            } else if (is_permanent(problem) || problem == RD_KAFKA_RESP_ERR_OFFSET_METADATA_TOO_LARGE) {
                shared_.fail(where, problem, "the offset could not be committed");
            } else {
                // A rebalance came between (illegal generation, unknown member, in progress), or a broker went away: what
                // is still ours is committed the next time.
                shared_.note_trouble(where, std::string("the offset could not be committed: ") + rd_kafka_err2str(problem));
            }
        }
    }

    connection& shared_;
    read_log log_{};
    timestamp next_commit_ = beginning_of_time;
    bool in_flight_ = false;
};

}  // namespace weir::kafka::detail
