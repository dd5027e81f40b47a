// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <weir/adapter/kafka/detail/departure.hpp>
#include <weir/adapter/kafka/detail/end_watch.hpp>
#include <weir/adapter/kafka/detail/fetch_nudge.hpp>
#include <weir/base/detail/series.hpp>
#include <weir/pipeline/figures.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <span>
#include <utility>
#include <vector>

namespace weir::kafka::detail {

/// All of the source but the handing out of records.
///
/// How a batch is gathered, and why so. `rd_kafka_consume_batch_queue` on the consumer's own queue is what is fast, but in
/// 2.0.2 it is unsafe beside anything that moves a partition: it purges from its array what such a move outdates, after it
/// has already counted it as consumed. So nothing moves a partition while a batch is gathered: pause, resume, assign and
/// unassign are called between batches only, on this one thread; a rebalance is noted by its callback and dealt with when
/// the batch is complete; and each assignment is given the offsets that *we* count, from the records handed out. What
/// librdkafka itself still does meanwhile is to pause what is assigned when it announces a rebalance. When that rebalance
/// is eager, all partitions are assigned anew, with our offsets. When it is cooperative, those that stay would go on at
/// librdkafka's own count, so there, before 2.1.0, messages are taken one at a time, and nothing is ever purged.
/// A record below the next one expected is a repetition (#4686) and is left out.
class consumer {
public:
    explicit consumer(source_options options, bool note_ends = false)
        : shared_(std::move(options), note_ends), offsets_(shared_), members_(shared_, offsets_), ends_(shared_), nudge_(shared_),
          batch_(std::max<std::size_t>(shared_.options.max_batch, 1)) {}
    consumer(consumer const&) = delete;
    consumer& operator=(consumer const&) = delete;
    ~consumer() { discard(); }

    /// Makes the next batch. False: it failed.
    bool gather(timestamp now, std::size_t budget) {
        tell_time(now);
        held_since_ = end_of_time;
        if (!shared_.open()) return false;
        if (paused_) resume();
        release();
        std::size_t const wanted = std::min(std::max<std::size_t>(budget, 1), batch_.size());
        if (held_ < wanted) fill(wanted - held_, 0);
        if (held_ != 0) nudge_.note(held_);
        else nudge_.note_empty();
        serve();
        return !shared_.failure;
    }

    /// The batch: records, and errors among them.
    [[nodiscard]] std::span<rd_kafka_message_t* const> batch() {
        handed_out_ = std::exchange(held_, 0);
        return {batch_.data(), handed_out_};
    }

    /// The lane that a record came by; null when the partition is not ours.
    [[nodiscard]] lane* lane_of(rd_kafka_message_t const& message) {
        lane* const found = message.rkt ? shared_.lanes.find(rd_kafka_topic_name(message.rkt), message.partition) : nullptr;
        return found && found->owned == lane::ownership::assigned ? found : nullptr;
    }

    /// Records of this lane are about to be handed out.
    void begin_run(lane& read) {
        read.at_end = read.idle = false;
        read.repeats = 0;
        reached_ = true;
    }
    void end_run(lane& read, std::uint64_t epoch) {
        if (read.read_in != epoch) touched_.push_back(read.number);
        read.read_in = epoch;
        if (read.next >= read.end) shared_.finish(read);
    }

    void take_error(rd_kafka_message_t const& message) {
        lane* const about = lane_of(message);
        if (message.err == RD_KAFKA_RESP_ERR__PARTITION_EOF) {
            reached_ = true;
            if (about) ends_.take(*about, message.offset);
            return;
        }
        // Without a group of ours nobody misses the right to use one.
        if (message.err == RD_KAFKA_RESP_ERR_GROUP_AUTHORIZATION_FAILED && shared_.options.group.empty()) return;
        std::string const where = message.rkt ? place_of(rd_kafka_topic_name(message.rkt), message.partition, message.offset)
                                              : shared_.place;
        char const* const said = rd_kafka_message_errstr(&message);
        bool const stuck = about && ++about->repeats >= most_repeats;
        if (is_permanent(message.err) || stuck) shared_.fail(where, message.err, said ? said : "");
        else shared_.note_trouble(where, said ? said : rd_kafka_err2str(message.err));
    }

    /// The batch was handed out.
    void end_poll(std::uint64_t epoch) {
        for (std::uint32_t const number : touched_) offsets_.note(shared_.lanes[number], epoch);
        touched_.clear();
        ends_.look_for_idle();
        offsets_.commit_when_due();
    }

    /// Everything wanted was read.
    [[nodiscard]] bool at_end() {
        if (!shared_.options.until_end || !members_.assigned_once() || members_.unsettled()) return false;
        return std::all_of(shared_.lanes.begin(), shared_.lanes.end(),
                           [](lane const& each) { return each.owned == lane::ownership::none || each.done; });
    }

    /// Everything that was there when the partitions were assigned was read. Behind the last record that may be seen there may be
    /// others of a transaction that is still open: the broker's word that nothing is waiting counts as well.
    [[nodiscard]] bool caught_up() {
        if (!members_.assigned_once() || members_.unsettled()) return false;
        return std::all_of(shared_.lanes.begin(), shared_.lanes.end(), [](lane const& each) {
            return each.owned == lane::ownership::none || each.done || each.at_end || each.next >= each.first_end;
        });
    }

    [[nodiscard]] weir::detail::series<lane_event>& announcements() noexcept { return shared_.announcements; }
    [[nodiscard]] lane const& at(std::uint32_t number) { return shared_.lanes[number]; }
    [[nodiscard]] error const* failure() const noexcept { return shared_.failure ? &*shared_.failure : nullptr; }
    [[nodiscard]] bool is_open() const noexcept { return shared_.client != nullptr; }
    [[nodiscard]] timestamp now() const noexcept { return shared_.now; }

    /// Where each partition of ours stands. The high watermark is what the broker said with the last records: nothing is
    /// asked, and nothing blocks.
    void measure(stage_figures& into) {
        for (lane const& each : shared_.lanes) {
            if (each.owned != lane::ownership::assigned) continue;
            lane_figures& known = into.lanes.emplace_back();
            known.name = each.name;
            if (each.next >= 0) known.position = static_cast<std::uint64_t>(each.next);
            if (each.committed >= 0) known.committed = static_cast<std::uint64_t>(each.committed);
            std::int64_t low = unknown_offset;
            std::int64_t high = unknown_offset;
            if (shared_.client && rd_kafka_get_watermark_offsets(shared_.client, each.topic.c_str(), each.partition, &low,
                                                                 &high) == RD_KAFKA_RESP_ERR_NO_ERROR &&
                high >= 0)
                known.end = static_cast<std::uint64_t>(high);
        }
    }

    void acknowledge(std::uint64_t epoch) { offsets_.acknowledge(epoch); }

    /// The stages are not ready. For a moment nothing is done, since pausing throws away what was fetched ahead; then
    /// partitions are paused and the queue is polled, so that the group does not take us for dead.
    void keep_alive(timestamp now) {
        tell_time(now);
        if (!shared_.client || shared_.failure) return;
        if (held_since_ == end_of_time) held_since_ = now;
        if (now < saturating_add(held_since_, held_up_before_pause)) return;
        release();
        listen();
    }

    /// Nothing more is read, but the group is kept company until `close`.
    void attend(timestamp now) {
        tell_time(now);
        if (!shared_.client || shared_.failure) return;
        listen();
        discard();
    }

    /// Blocks until there is something to do, at most this long.
    void wait(duration at_most) {
        if (!shared_.client || shared_.failure || held_ != 0 || at_most <= duration::zero()) return;
        release();
        // What is awaited before the first assignment does not come through the queue.
        bool const opening = !shared_.connected || (!shared_.shares && !members_.assigned_once());
        fill(1, milliseconds_of(opening ? std::min<duration>(at_most, std::chrono::milliseconds(1)) : at_most));
    }

    /// Commits what was acknowledged and leaves the group, within `close_timeout`. A client that does not let go in time is
    /// left behind rather than waited for: true when everything was released.
    bool close() {
        discard();
        return depart(shared_, offsets_, members_);
    }

private:
    static constexpr std::uint32_t most_repeats = 240;  ///< about two minutes of one passing error
    static constexpr duration held_up_before_pause = std::chrono::seconds(1);

    void tell_time(timestamp now) {
        // A first time that comes late begins the time-outs; one that goes back restarts them.
        if (shared_.opened_at == beginning_of_time || now < shared_.opened_at) shared_.opened_at = now;
        shared_.now = now;
    }

    /// Destroys what was handed out in the last poll.
    void release() {
        for (std::size_t i = 0; i < handed_out_; ++i) rd_kafka_message_destroy(batch_[i]);
        handed_out_ = 0;
    }

    void discard() {
        release();
        handed_out_ = std::exchange(held_, 0);
        release();
    }

    /// Adds up to `most` messages behind those held already.
    void fill(std::size_t most, int milliseconds) {
        rd_kafka_message_t** const into = batch_.data() + held_;
        std::size_t const room = std::min(most, batch_.size() - held_);
        std::size_t const at_once = one_by_one_ ? 1 : room;
        for (std::size_t taken = 0; taken < room;) {
            auto const got = rd_kafka_consume_batch_queue(shared_.queue.get(), milliseconds, into + taken, at_once);
            if (got <= 0) break;
            taken += static_cast<std::size_t>(got);
            held_ += static_cast<std::size_t>(got);
            if (!one_by_one_) break;
            milliseconds = 0;
        }
    }

    /// Serves callbacks without reading on. What a rebalance brings meanwhile is paused as well.
    void listen() {
        if (!std::exchange(paused_, true)) pause_all();
        fill(batch_.size(), 0);
        if (serve()) pause_all();
    }

    /// Deals with what the callbacks left. True when partitions changed hands.
    bool serve() {
        shared_.take_troubles();
        shared_.check_connected();
        offsets_.take_outcomes();
        bool const changed = members_.advance();
        if (changed) {
            drop_held();
            one_by_one_ = members_.cooperative() && faults_of(rd_kafka_version()).batch_loses_in_rebalance;
        }
        check_reached();
        return changed;
    }

    /// What is held of partitions that are no longer ours is read by somebody else, or by us again.
    void drop_held() {
        std::size_t kept = 0;
        for (std::size_t i = 0; i < held_; ++i) {
            if (batch_[i]->err || lane_of(*batch_[i])) batch_[kept++] = batch_[i];
            else rd_kafka_message_destroy(batch_[i]);
        }
        held_ = kept;
    }

    /// A broker answers, but the partitions or the coordinator cannot be reached: mostly a broker that gives its clients
    /// an address which only it can use.
    void check_reached() {
        if (reached_ || shared_.failure || !shared_.connected) return;
        if (shared_.shares && members_.assigned_once()) reached_ = true;
        if (reached_ || shared_.now < saturating_add(shared_.opened_at, shared_.options.connect_timeout)) return;
        if (shared_.shares && (members_.is_known() || members_.coordinator_answers(connection::most_patience))) {
            // Joining may rightly take longer than connecting, while the others finish their work.
            shared_.opened_at = shared_.now;
            return;
        }
        shared_.fail(make_error(shared_.place,
                                std::string(shared_.shares ? "the group's coordinator" : "the partitions' broker") +
                                    " could not be reached within " + connection::in_seconds(shared_.options.connect_timeout) +
                                    shared_.after_trouble(),
                                "check the broker's advertised.listeners: this client must be able to reach those addresses"));
    }

    void pause_all() {
        for (lane& each : shared_.lanes) {
            if (each.owned == lane::ownership::assigned) shared_.set_paused(each, true);
            // Not polled, so not known to be at its end; the broker says so again after the pause.
            each.at_end = false;
        }
    }

    void resume() {
        paused_ = false;
        for (lane& each : shared_.lanes)
            if (each.owned == lane::ownership::assigned && each.paused && !each.done) shared_.set_paused(each, false);
    }

    connection shared_;
    offset_keeper offsets_;
    membership members_;
    end_watch ends_;
    fetch_nudge nudge_;
    std::vector<rd_kafka_message_t*> batch_;
    std::size_t held_ = 0;        ///< gathered and not handed out
    std::size_t handed_out_ = 0;  ///< handed out; borrowed by the stages until the end of the poll
    std::vector<std::uint32_t> touched_{};
    timestamp held_since_ = end_of_time;
    bool paused_ = false;
    bool reached_ = false;  ///< partitions came, not only the address of a broker
    bool one_by_one_ = false;
};

}  // namespace weir::kafka::detail
