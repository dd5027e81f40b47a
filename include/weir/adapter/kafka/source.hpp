// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <weir/adapter/kafka/detail/consumer.hpp>
#include <weir/adapter/kafka/options.hpp>
#include <weir/adapter/kafka/record.hpp>
#include <weir/base/detail/owner.hpp>
#include <weir/pipeline/emitter.hpp>
#include <weir/pipeline/figures.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>
#include <utility>
#include <vector>

namespace weir::kafka {

/// Reads records from Kafka: `from(weir::kafka::source({.brokers = "localhost:9092", .topic = "web.clicks", .group = "g"}))`.
///
/// Each partition is a lane named `topic/partition`, its positions are offsets. Offsets are committed when everything that
/// came of the records below them has reached its end, so a crash repeats records and loses none. While the stages behind
/// it are not ready its partitions are paused, not dropped, and the group is kept company. The client is made at the first
/// poll and works on librdkafka's own threads; all else happens on the host's. Opening, rebalances and proofs of idleness
/// may block a poll for round trips to the broker: of 100 ms each at the most, or, where the broker has not answered by then,
/// up to 1.6 s (`close_timeout` when partitions are given up).
///
/// Errors: no broker within `connect_timeout`, a topic that is not there, a right that is missing, an offset that the broker
/// no longer has, damaged records. Whatever librdkafka mends by itself is told to `on_trouble` only.
/// Cost a record, beside librdkafka's own: a few nanoseconds; nothing is allocated.
class source {
public:
    using output = record;
    static constexpr std::string_view name = "kafka";

    explicit source(source_options options) : source(std::move(options), false) {}

    poll_result poll(auto& out) {
        if (!consumer_->gather(out.now(), out.budget())) return poll_result::idle;
        announce(out);
        bool const any = hand_out(out);
        consumer_->end_poll(out.epoch());
        announce(out);
        ended_ = consumer_->at_end();
        return ended_ ? poll_result::end : any ? poll_result::ready : poll_result::idle;
    }

    void on_tick(timestamp now) {
        if (ended_) consumer_->attend(now);
    }
    void keep_alive(timestamp now) { consumer_->keep_alive(now); }
    void acknowledge(std::uint64_t epoch) { consumer_->acknowledge(epoch); }
    void measure(stage_figures& into) const { consumer_->measure(into); }
    void wait(duration at_most) { consumer_->wait(at_most); }
    /// It must be looked after now and then, even when nothing comes.
    [[nodiscard]] timestamp next_wake() const {
        return consumer_->is_open() ? saturating_add(consumer_->now(), std::chrono::milliseconds(100)) : end_of_time;
    }
    [[nodiscard]] error const* failure() const { return consumer_->failure(); }

    /// Commits what was acknowledged and leaves the group; blocks for `close_timeout` at the most. Without it, the
    /// destructor lets everything fall at once, as a crash would.
    void close() { consumer_->close(); }

protected:
    source(source_options options, bool note_ends)
        : records_(std::max<std::size_t>(options.max_batch, 1)),
          consumer_(new detail::consumer(std::move(options), note_ends)) {}

    [[nodiscard]] bool has_caught_up() const { return ended_ || consumer_->caught_up(); }

private:
    void announce(auto& out) {
        for (lane_event const event : std::exchange(consumer_->announcements(), {})) {
            if (event.what == lane_event::kind::opened) out.name_lane(event.lane, consumer_->at(event.lane).name);
            out.lane(event);
        }
    }

    /// Hands out the batch as runs of records of one lane. True when there were any.
    bool hand_out(auto& out) {
        std::span<rd_kafka_message_t* const> const batch = consumer_->batch();
        // Records of earlier runs stay where they are until the end of the poll.
        record* run = records_.data();
        for (std::size_t i = 0; i < batch.size();) {
            rd_kafka_message_t const* message = batch[i];
            if (message->err) [[unlikely]] {
                consumer_->take_error(*message);
                ++i;
                continue;
            }
            detail::lane* const lane = consumer_->lane_of(*message);
            if (!lane) [[unlikely]] {
                ++i;
                continue;
            }
            consumer_->begin_run(*lane);
            rd_kafka_topic_t const* const topic = message->rkt;
            std::int32_t const partition = message->partition;
            std::int64_t next = lane->next;
            std::int64_t const end = lane->end;
            std::uint32_t const number = lane->number;
            record* past = run;
            do {
                if (message->offset >= next && message->offset < end) [[likely]] {
                    next = message->offset + 1;
                    *past++ = record(message, number);
                } else if (message->offset >= end) {
                    next = end;  // everything wanted was read, though the last offsets may hold no record
                }
                if (++i == batch.size()) break;
                message = batch[i];
            } while (message->partition == partition && message->rkt == topic && !message->err);
            lane->next = next;
            if (past != run) out.emit_batch(std::span<record const>(run, past), run->at());
            consumer_->end_run(*lane, out.epoch());
            run = past;
        }
        return run != records_.data();
    }

    std::vector<record> records_;
    weir::detail::owner<detail::consumer> consumer_;
    bool ended_ = false;
};

}  // namespace weir::kafka
