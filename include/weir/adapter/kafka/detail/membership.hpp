// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <weir/adapter/kafka/detail/offset_keeper.hpp>
#include <weir/base/detail/series.hpp>

#include <algorithm>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>

namespace weir::kafka::detail {

/// Which partitions are ours, and where each begins.
///
/// Every assignment is given its offsets by us: librdkafka's own idea of a position is never relied on, so that records
/// which it had fetched, or handed out and taken back, are neither lost nor repeated. A partition that an eager rebalance
/// takes and gives back goes on where it had stopped, because what was read of it may still be held in windows.
class membership {
public:
    membership(connection& shared, offset_keeper& offsets) : shared_(shared), offsets_(offsets) {}

    /// Finds the partitions, where no group shares them out; deals with rebalances. True when something changed hands.
    bool advance() {
        for (mailbox::rebalance& each : std::exchange(shared_.box.rebalances, {})) waiting_.push_back(std::move(each));
        if (!shared_.shares && !assigned_once_ && waiting_.empty()) discover();
        bool changed = false;
        while (!waiting_.empty() && !shared_.failure) {
            mailbox::rebalance& first = waiting_.front();
            if (!first.assigns) {
                give_up(*first.partitions, first.lost);
            } else if (waiting_.size() > 1) {
                // Taken away again at once: it is not begun, but librdkafka waits for the call.
                for (int i = 0; i < first.partitions->cnt; ++i) first.partitions->elems[i].offset = RD_KAFKA_OFFSET_END;
                assign(*first.partitions);
            } else if (!take_over(*first.partitions)) {
                break;
            }
            waiting_.erase(0);
            changed = true;
        }
        return changed;
    }

    /// True once partitions were assigned, be it none.
    [[nodiscard]] bool assigned_once() const noexcept { return assigned_once_; }
    /// True when a rebalance waits for an answer from the coordinator.
    [[nodiscard]] bool unsettled() const noexcept { return !waiting_.empty(); }
    /// The group moves single partitions and leaves the others alone.
    [[nodiscard]] bool cooperative() const {
        char const* const protocol = rd_kafka_rebalance_protocol(shared_.client);
        return protocol && std::string_view(protocol) == "COOPERATIVE";
    }
    /// Whether the group's coordinator can be reached.
    [[nodiscard]] bool coordinator_answers(duration at_most) const {
        partition_list const any = make_partition_list();
        rd_kafka_topic_partition_list_add(any.get(), shared_.topics.front().c_str(), 0);
        return rd_kafka_committed(shared_.client, any.get(), milliseconds_of(at_most)) == RD_KAFKA_RESP_ERR_NO_ERROR;
    }
    /// Whether the coordinator has given us a name. Who comes while a member is missing is kept waiting until that one's session
    /// is over, and nothing else is answered on this connection meanwhile.
    [[nodiscard]] bool is_known() const {
        char* const name = rd_kafka_memberid(shared_.client);
        bool const known = name && *name != '\0';
        rd_kafka_mem_free(shared_.client, name);
        return known;
    }
    /// Rebalances that wait to be dealt with are not dealt with any more.
    void forget() noexcept { waiting_.clear(); }
    /// Gives back everything, when the group is being left.
    void leave(rd_kafka_topic_partition_list_t& partitions) { unassign(partitions); }

private:
    /// How long one step may wait for what the topics are.
    static constexpr duration patience_for_topics = std::chrono::seconds(1);

    /// All partitions of the topics, or those that the user chose: asked of the broker in either case, because a partition
    /// that librdkafka meets unprepared waits a second for its leader to be looked up. One round trip a topic.
    void discover() {
        if (!shared_.connected) return;
        partition_list list = make_partition_list();
        for (std::string const& topic : shared_.topics)
            if (!list_partitions(topic, *list)) return;
        waiting_.push_back({true, false, std::move(list)});
    }

    bool list_partitions(std::string const& name, rd_kafka_topic_partition_list_t& list) {
        topic_handle const topic(rd_kafka_topic_new(shared_.client, name.c_str(), nullptr));
        rd_kafka_metadata_t const* found = nullptr;
        rd_kafka_resp_err_t code = rd_kafka_metadata(shared_.client, 0, topic.get(), &found, milliseconds_of(patience_for_topics));
        if (code == RD_KAFKA_RESP_ERR_NO_ERROR) {
            code = found->topic_cnt == 1 ? found->topics[0].err : RD_KAFKA_RESP_ERR_UNKNOWN_TOPIC_OR_PART;
            if (code == RD_KAFKA_RESP_ERR_NO_ERROR) choose(found->topics[0], name, list);
            rd_kafka_metadata_destroy(found);
        }
        if (is_permanent(code)) shared_.fail(name, code);
        else if (code) shared_.note_trouble(name, rd_kafka_err2str(code));
        return code == RD_KAFKA_RESP_ERR_NO_ERROR && !shared_.failure;
    }

    void choose(rd_kafka_metadata_topic const& found, std::string const& name, rd_kafka_topic_partition_list_t& list) {
        auto const& chosen = shared_.options.partitions;
        auto const has = [&](std::int32_t partition) {
            return std::any_of(found.partitions, found.partitions + found.partition_cnt,
                               [&](rd_kafka_metadata_partition const& each) { return each.id == partition; });
        };
        for (std::int32_t const partition : chosen) {
            if (has(partition)) rd_kafka_topic_partition_list_add(&list, name.c_str(), partition);
            else shared_.fail(make_error(place_of(name, partition),
                                         "there is no such partition: the topic has " + std::to_string(found.partition_cnt)));
        }
        for (int i = 0; chosen.empty() && i < found.partition_cnt; ++i)
            rd_kafka_topic_partition_list_add(&list, name.c_str(), found.partitions[i].id);
    }

    /// False: the coordinator has not said yet where to begin.
    bool take_over(rd_kafka_topic_partition_list_t& partitions) {
        if (!find_beginnings(partitions)) return false;
        shared_.note_all_answered();
        if (!assign(partitions)) return true;
        for (int i = 0; i < partitions.cnt; ++i) begin(partitions.elems[i]);
        for (lane& each : shared_.lanes)
            if (each.owned == lane::ownership::suspended) let_go(each);
        offsets_.held_back = false;
        assigned_once_ = true;
        return true;
    }

    bool assign(rd_kafka_topic_partition_list_t& partitions) {
        error_handle problem;
        rd_kafka_resp_err_t code = RD_KAFKA_RESP_ERR_NO_ERROR;
        if (cooperative()) problem.reset(rd_kafka_incremental_assign(shared_.client, &partitions));
        else code = rd_kafka_assign(shared_.client, &partitions);
        if (!problem && !code) return true;
        // The assignment may have been lost meanwhile; then another rebalance is on its way.
        shared_.note_trouble(shared_.place, problem ? rd_kafka_error_string(problem.get()) : rd_kafka_err2str(code));
        return false;
    }

    void begin(rd_kafka_topic_partition_t const& given) {
        lane& taken = shared_.lanes.find_or_add(given.topic, given.partition);
        bool const goes_on = taken.owned == lane::ownership::suspended && !taken.lost && given.offset == taken.next;
        if (!goes_on) {
            ++taken.generation;
            taken.next = taken.acknowledged = taken.committed = given.offset;
            taken.done = false;
        }
        taken.owned = lane::ownership::assigned;
        taken.lost = taken.paused = taken.at_end = taken.idle = false;
        taken.repeats = 0;
        if (!taken.done) shared_.announce(taken, lane_event::kind::opened);
        if (taken.next >= taken.end) shared_.finish(taken);
    }

    /// Writes into each partition's offset where it begins, always as a number: librdkafka loses a partition that is paused
    /// while it still looks for its beginning, and takes a second to notice that it has found it. False: ask again later.
    bool find_beginnings(rd_kafka_topic_partition_list_t& partitions) {
        bool const use_stored = !shared_.options.group.empty() &&
                                (shared_.shares || shared_.options.start == start_at::stored) && partitions.cnt > 0;
        if (use_stored && !ask_stored(partitions)) return false;
        partition_list const unknown = make_partition_list();
        for (int i = 0; i < partitions.cnt; ++i) {
            rd_kafka_topic_partition_t& each = partitions.elems[i];
            std::int64_t const stored = use_stored && each.offset >= 0 ? each.offset : unknown_offset;
            lane& taken = shared_.lanes.find_or_add(each.topic, each.partition);
            std::int64_t const wanted = taken.generation == 0 ? wanted_offset(each) : unknown_offset;
            // Another member may have had it in between, and be further.
            std::int64_t const stopped = taken.owned == lane::ownership::suspended && !taken.lost ? taken.next : unknown_offset;
            each.offset = wanted >= 0 ? wanted : std::max(stopped, stored);
            if (each.offset < 0)
                rd_kafka_topic_partition_list_add(unknown.get(), each.topic, each.partition)->offset =
                    shared_.options.start == start_at::latest ? RD_KAFKA_OFFSET_END : RD_KAFKA_OFFSET_BEGINNING;
        }
        if (!ask_brokers(*unknown)) return false;
        for (int i = 0; i < unknown->cnt; ++i)
            rd_kafka_topic_partition_list_find(&partitions, unknown->elems[i].topic, unknown->elems[i].partition)->offset =
                unknown->elems[i].offset;
        return !(shared_.options.until_end || shared_.notes_ends) || find_ends(partitions);
    }

    /// Where each partition ends now, which, if that is wanted, is where the job ends.
    bool find_ends(rd_kafka_topic_partition_list_t const& partitions) {
        partition_list const unknown = make_partition_list();
        for (int i = 0; i < partitions.cnt; ++i) {
            rd_kafka_topic_partition_t const& each = partitions.elems[i];
            if (shared_.lanes.find_or_add(each.topic, each.partition).first_end == no_end)
                rd_kafka_topic_partition_list_add(unknown.get(), each.topic, each.partition)->offset = RD_KAFKA_OFFSET_END;
        }
        if (!ask_brokers(*unknown)) return false;
        for (int i = 0; i < unknown->cnt; ++i) {
            lane& found = shared_.lanes.find_or_add(unknown->elems[i].topic, unknown->elems[i].partition);
            found.first_end = unknown->elems[i].offset;
            if (shared_.options.until_end) found.end = found.first_end;
        }
        return true;
    }

    bool ask_brokers(rd_kafka_topic_partition_list_t& list) {
        rd_kafka_resp_err_t const code = ask_offsets(shared_.client, list, shared_.patience);
        shared_.note_answer(code);
        if (code == RD_KAFKA_RESP_ERR_NO_ERROR) return true;
        std::string where = list.cnt == 1 ? place_of(list.elems[0].topic, list.elems[0].partition) : shared_.place;
        if (is_permanent(code)) shared_.fail(std::move(where), code, "the partition's offsets could not be read");
        else if (code != RD_KAFKA_RESP_ERR__TIMED_OUT) shared_.note_trouble(std::move(where), rd_kafka_err2str(code));
        return false;
    }

    [[nodiscard]] std::int64_t wanted_offset(rd_kafka_topic_partition_t const& partition) const {
        for (partition_offset const& each : shared_.options.offsets)
            if (each.partition == partition.partition && each.topic == partition.topic) return each.offset;
        return unknown_offset;
    }

    bool ask_stored(rd_kafka_topic_partition_list_t& partitions) {
        rd_kafka_resp_err_t code = rd_kafka_committed(shared_.client, &partitions, milliseconds_of(shared_.patience));
        shared_.note_answer(code);
        std::string where = shared_.options.group;
        for (int i = 0; !code && i < partitions.cnt; ++i) {
            code = partitions.elems[i].err;
            where = place_of(partitions.elems[i].topic, partitions.elems[i].partition);
        }
        if (is_permanent(code)) shared_.fail(where, code, "the group's stored offset could not be read");
        else if (code && code != RD_KAFKA_RESP_ERR__TIMED_OUT) shared_.note_trouble(where, rd_kafka_err2str(code));
        return code == RD_KAFKA_RESP_ERR_NO_ERROR;
    }

    void give_up(rd_kafka_topic_partition_list_t& partitions, bool lost) {
        if (!lost) offsets_.commit_now(partitions, shared_.options.close_timeout);
        bool const incremental = cooperative();
        for (int i = 0; i < partitions.cnt; ++i) {
            lane* const each = shared_.lanes.find(partitions.elems[i].topic, partitions.elems[i].partition);
            if (!each || each->owned == lane::ownership::none) continue;
            each->lost = each->lost || lost;
            // An eager rebalance takes all and gives most back. Were they said to have ended, the watermark would run ahead.
            if (incremental) let_go(*each);
            else each->owned = lane::ownership::suspended;
        }
        if (lost) shared_.note_trouble(shared_.place, "the group took partitions away from this client; what was not committed will be read again");
        unassign(partitions);
        offsets_.held_back = true;
    }

    void let_go(lane& gone) {
        gone.owned = lane::ownership::none;
        ++gone.generation;
        shared_.announce(gone, lane_event::kind::ended);
    }

    void unassign(rd_kafka_topic_partition_list_t& partitions) {
        if (cooperative()) error_handle(rd_kafka_incremental_unassign(shared_.client, &partitions));
        else rd_kafka_assign(shared_.client, nullptr);
    }

    connection& shared_;
    offset_keeper& offsets_;
    weir::detail::series<mailbox::rebalance> waiting_{};
    bool assigned_once_ = false;
};

}  // namespace weir::kafka::detail
