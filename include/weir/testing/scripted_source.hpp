// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <weir/base/borrows.hpp>
#include <weir/pipeline/job.hpp>
#include <weir/pipeline/stage.hpp>
#include <weir/pipeline/stream.hpp>
#include <weir/testing/detail/kept_texts.hpp>
#include <weir/time/timestamp.hpp>

#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <variant>
#include <vector>

namespace weir::testing {

/// What a job has asked of a scripted source, and how far the script is.
struct script_progress {
    std::size_t actions = 0;                   ///< how many of the script's actions are done
    std::size_t polls = 0;
    std::size_t kept_alive = 0;                ///< how often it was not polled because a stage was not ready
    std::vector<std::uint64_t> item_epochs{};  ///< the poll in which each item was emitted
    std::uint64_t acknowledged = 0;            ///< everything emitted in polls before this one has reached its end
    duration waited{};                         ///< how long the runner would have waited for it in all
    std::optional<stop_mode> stopped{};        ///< that it was stopped, and how
    bool closed = false;
};

/// A source that plays a script: items, pauses, what happens to lanes, a failure, and then the end.
///
/// Each call adds an action; a poll does them in order until its budget is used up or a pause comes. An item's position is
/// its number in its lane. Its time stands in its stamp, for `event_time(record_time, ...)`; with `Time` = `timed` the stream
/// has event time from the beginning, and the script says the watermarks. Texts that an item borrows are lent until the next
/// poll, as a real source does. After the last action it ends; with `endless()` it is idle for ever.
template <class T, class Time = untimed>
class scripted_source {
public:
    using output = T;
    using output_stream = stream<T, Time>;
    static constexpr std::string_view name = "scripted";

    // The script.

    scripted_source& item(T item) & { return add(said{std::move(item), {}, 0}); }
    scripted_source& item(T item, timestamp time, std::uint32_t lane = 0) & { return add(said{std::move(item), time, lane}); }
    /// An item without a time, of another lane.
    scripted_source& item_of(std::uint32_t lane, T item) & { return add(said{std::move(item), {}, lane}); }
    /// The poll ends here, and the next one says that it is idle.
    scripted_source& pause() & { return add(pauses{}); }
    /// The poll ends here.
    scripted_source& end_poll() & { return add(poll_ends{}); }
    scripted_source& lane(lane_event event) & { return add(event); }
    scripted_source& opened(std::uint32_t lane) & { return add(lane_event{lane, lane_event::kind::opened}); }
    scripted_source& idle(std::uint32_t lane) & { return add(lane_event{lane, lane_event::kind::idle}); }
    scripted_source& ended(std::uint32_t lane) & { return add(lane_event{lane, lane_event::kind::ended}); }
    /// What errors call a lane.
    scripted_source& name_lane(std::uint32_t lane, std::string called) & { return add(names{lane, std::move(called)}); }
    /// No item before `w` is expected.
    scripted_source& watermark(timestamp w) &
        requires std::is_same_v<Time, timed>
    {
        return add(promises{w});
    }
    /// Something that the source itself cannot read.
    scripted_source& dead_letter(error why, std::string payload, std::uint32_t lane = 0) & {
        return add(puts_aside{std::move(why), std::move(payload), lane});
    }
    /// The source fails: nothing of the script behind this is done.
    scripted_source& fail(error why) & { return add(fails{std::move(why)}); }
    /// It does not end after its last action.
    scripted_source& endless() & {
        endless_ = true;
        return *this;
    }
    /// Items that follow one another on one lane and have one time, or none, are emitted as a batch.
    scripted_source& in_batches() & {
        in_batches_ = true;
        return *this;
    }

    /// How far it is, also once it has been moved into a job.
    [[nodiscard]] std::shared_ptr<script_progress const> progress() const { return progress_; }

    // The hooks of a source.

    poll_result poll(auto& out) {
        lent_.spoil();
        ++progress_->polls;
        std::size_t left = out.budget() == 0 ? 1 : out.budget();
        bool did = false;
        while (!failure_ && progress_->actions < script_.size()) {
            action const& next = script_[progress_->actions];
            if (auto const* first = std::get_if<said>(&next)) {
                if (left == 0) return poll_result::ready;
                std::size_t const count = in_batches_ ? batch_length(left) : 1;
                emit(*first, count, out);
                left -= count;
                progress_->actions += count;
                did = true;
                continue;
            }
            if (std::holds_alternative<pauses>(next)) {
                // What came before the pause is one poll, the pause the next.
                if (did) return poll_result::ready;
                ++progress_->actions;
                return poll_result::idle;
            }
            ++progress_->actions;
            did = true;
            if (std::holds_alternative<poll_ends>(next)) return poll_result::ready;
            tell(next, out);
        }
        if (failure_) return poll_result::idle;
        return endless_ ? (did ? poll_result::ready : poll_result::idle) : poll_result::end;
    }
    void acknowledge(std::uint64_t epoch) {
        progress_->acknowledged = epoch;
        lent_.spoil();
    }
    void keep_alive(timestamp) { ++progress_->kept_alive; }
    void wait(duration longest) { progress_->waited += longest; }
    void stop(stop_mode mode) {
        progress_->stopped = mode;
        script_.resize(progress_->actions, action(pauses{}));
        endless_ = false;
    }
    void close() { progress_->closed = true; }
    void account(tally& count) const {
        count.in += letters_;
        count.dead_lettered = letters_;
    }
    [[nodiscard]] error const* failure() const { return failure_ ? &*failure_ : nullptr; }

private:
    struct said {
        T item;
        std::optional<timestamp> time{};
        std::uint32_t lane = 0;
    };
    struct pauses {};
    struct poll_ends {};
    struct names {
        std::uint32_t lane;
        std::string called;
    };
    struct promises {
        timestamp w;
    };
    struct puts_aside {
        error why;
        std::string payload;
        std::uint32_t lane;
    };
    struct fails {
        error why;
    };
    using action = std::variant<said, pauses, poll_ends, names, promises, puts_aside, fails, lane_event>;

    scripted_source& add(auto&& next) {
        if constexpr (std::is_same_v<std::remove_cvref_t<decltype(next)>, said>) scripted_texts_->own(next.item);
        script_.emplace_back(std::forward<decltype(next)>(next));
        return *this;
    }

    void tell(action const& one, auto& out) {
        if (auto const* event = std::get_if<lane_event>(&one)) out.lane(*event);
        if (auto const* named = std::get_if<names>(&one)) out.name_lane(named->lane, named->called);
        if constexpr (std::is_same_v<Time, timed>)
            if (auto const* promise = std::get_if<promises>(&one)) out.watermark(promise->w);
        if (auto const* letter = std::get_if<puts_aside>(&one)) {
            ++letters_;
            out.dead_letter(letter->why, letter->payload,
                            stamp{.position = positions_[letter->lane]++, .epoch = out.epoch(), .lane = letter->lane});
        }
        if (auto const* failed = std::get_if<fails>(&one)) failure_ = failed->why;
    }

    /// How many items from here on can be emitted in one call.
    [[nodiscard]] std::size_t batch_length(std::size_t most) const {
        std::size_t const begin = progress_->actions;
        said const& first = std::get<said>(script_[begin]);
        std::size_t count = 1;
        for (; count < most && begin + count < script_.size(); ++count) {
            auto const* next = std::get_if<said>(&script_[begin + count]);
            if (!next || next->lane != first.lane || next->time != first.time) break;
        }
        return count;
    }

    void emit(said const& first, std::size_t count, auto& out) {
        stamp at{.position = positions_[first.lane], .epoch = out.epoch(), .lane = first.lane};
        if (first.time) at.time = *first.time;
        positions_[first.lane] += count;
        batch_.clear();
        for (std::size_t i = 0; i < count; ++i) {
            batch_.push_back(std::get<said>(script_[progress_->actions + i]).item);
            lent_.own(batch_.back());
            progress_->item_epochs.push_back(out.epoch());
        }
        if (in_batches_) out.emit_batch(std::span<T const>(batch_), at);
        else out.emit(batch_.front(), at);
    }

    std::vector<action> script_{};
    std::shared_ptr<script_progress> progress_ = std::make_shared<script_progress>();
    std::shared_ptr<detail::kept_texts> scripted_texts_ = std::make_shared<detail::kept_texts>();
    detail::kept_texts lent_{};
    std::vector<T> batch_{};
    std::map<std::uint32_t, std::uint64_t> positions_{};
    std::optional<error> failure_{};
    std::uint64_t letters_ = 0;
    bool endless_ = false;
    bool in_batches_ = false;
};

}  // namespace weir::testing
