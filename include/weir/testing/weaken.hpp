// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <weir/pipeline/misfit.hpp>
#include <weir/pipeline/open_pipeline.hpp>
#include <weir/testing/detail/weakened_source.hpp>
#include <weir/time/timestamp.hpp>

#include <algorithm>
#include <cstdint>
#include <functional>
#include <random>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

/// \file
/// Adaptors that make a stream harder without making it another one. They take a source, or a pipeline without a sink, and are
/// a source: `from(one_at_a_time(source)) | ...`. A correct pipeline gives the same answer behind them.

namespace weir::testing {

namespace detail {

/// Polls for one item at a time, and hands over each item of a batch alone.
template <class Source>
class one_at_a_time_source : public weakened_source<one_at_a_time_source<Source>, Source> {
    using base = weakened_source<one_at_a_time_source<Source>, Source>;

public:
    using typename base::output;
    using base::base;
    static constexpr std::string_view name = "one_at_a_time";

    void take(output const& item, stamp const& at, auto& out) { out.emit(item, at); }
    void promise(timestamp w, auto& out) { out.watermark(w); }
    void before_lane(auto&) {}
    void finish(auto&) {}
    [[nodiscard]] std::size_t budget(std::size_t) const noexcept { return 1; }
    [[nodiscard]] std::uint64_t held() const noexcept { return nothing_held; }
};

/// Keeps the watermarks of the source to itself.
template <class Source>
class without_watermarks_source : public weakened_source<without_watermarks_source<Source>, Source> {
    using base = weakened_source<without_watermarks_source<Source>, Source>;

public:
    using typename base::output;
    using base::base;
    static constexpr std::string_view name = "without_watermarks";

    void take(output const& item, stamp const& at, auto& out) { out.emit(item, at); }
    void promise(timestamp, auto&) {}
    void before_lane(auto&) {}
    void finish(auto&) {}
    [[nodiscard]] std::size_t budget(std::size_t given) const noexcept { return given; }
    [[nodiscard]] std::uint64_t held() const noexcept { return nothing_held; }
};

/// Holds items back for a while, and lets go of them in a random order that puts none more than `bound` behind another.
template <class Source, class TimeOf>
class shuffled_source : public weakened_source<shuffled_source<Source, TimeOf>, Source> {
    using base = weakened_source<shuffled_source<Source, TimeOf>, Source>;

public:
    using typename base::output;
    static constexpr std::string_view name = "shuffled_within";

    shuffled_source(Source from, duration bound, std::uint64_t seed, TimeOf time_of)
        : base(std::move(from)), bound_(bound), random_(seed), time_of_(std::move(time_of)) {}

    void take(output const& item, stamp const& at, auto& out) {
        waiting_item next{item, at, time_of_(item, at), {}};
        if (next.time < watermark_) return out.emit(item, at);  // late already: it must not come later still
        next.texts.own(next.item);
        waiting_.push_back(std::move(next));
        if (waiting_.size() > most_waiting) let_one_go(end_of_time, out);
    }
    /// No item that the watermark passes may come behind it.
    void promise(timestamp w, auto& out) {
        while (let_one_go(w, out)) {}
        watermark_ = std::max(watermark_, w);
        out.watermark(w);
    }
    void before_lane(auto& out) { finish(out); }
    void finish(auto& out) {
        while (let_one_go(end_of_time, out)) {}
    }
    void begin_poll() { gone_.clear(); }
    [[nodiscard]] std::size_t budget(std::size_t given) const noexcept { return given; }
    [[nodiscard]] std::uint64_t held() const noexcept {
        std::uint64_t oldest = nothing_held;
        for (waiting_item const& each : waiting_) oldest = std::min(oldest, each.at.epoch);
        return oldest;
    }

private:
    static constexpr std::size_t most_waiting = 64;

    struct waiting_item {
        output item;
        stamp at;
        timestamp time;
        kept_texts texts;
    };

    /// Lets go of one item before `until`, or of one at any time if that is the end of time; false when there is none.
    bool let_one_go(timestamp until, auto& out) {
        timestamp first = end_of_time;
        for (waiting_item const& each : waiting_) first = std::min(first, each.time);
        timestamp const last = saturating_add(first, bound_);
        std::vector<std::size_t> candidates;
        for (std::size_t i = 0; i < waiting_.size(); ++i)
            if (waiting_[i].time <= last && (until == end_of_time || waiting_[i].time < until)) candidates.push_back(i);
        if (candidates.empty()) return false;
        std::size_t const chosen = candidates[random_() % candidates.size()];
        gone_.push_back(std::move(waiting_[chosen]));
        waiting_.erase(waiting_.begin() + static_cast<std::ptrdiff_t>(chosen));
        out.emit(gone_.back().item, gone_.back().at);
        return true;
    }

    duration bound_;
    std::mt19937_64 random_;
    TimeOf time_of_;
    timestamp watermark_ = beginning_of_time;
    std::vector<waiting_item> waiting_{};
    std::vector<waiting_item> gone_{};  ///< their texts live until the next poll
};

template <class Source>
constexpr broken explain_no_shuffle() {
    static_assert(weir::detail::never<Source>, "weir: `shuffled_within` keeps items for a while, and can keep the texts that they "
                                               "borrow, but this item borrows other memory (a span, a pointer).");
    return {};
}

/// The event time that stands in an item's stamp.
struct time_of_stamp {
    template <class Item>
    [[nodiscard]] timestamp operator()(Item const&, stamp const& at) const noexcept { return at.time; }
};

}  // namespace detail

/// The same stream without batches: polls take one item, and every item is handed over alone. Put it around the source itself:
/// the stages of a pipeline inside it would see its batches.
template <class Source>
[[nodiscard]] auto one_at_a_time(Source from) {
    auto source = detail::as_source(std::move(from));
    return detail::one_at_a_time_source<decltype(source)>(std::move(source));
}

/// The same stream with its watermarks held back to the end: no window closes before, so nothing is late.
///
/// For a stream with event time: `without_watermarks(from(...) | event_time<&click::ts>(...))`. Rows come at the end.
template <class Source>
[[nodiscard]] auto without_watermarks(Source from) {
    auto source = detail::as_source(std::move(from));
    using source_type = decltype(source);
    if constexpr (!weir::detail::stream_of<source_type>::type::is_timed) {
        static_assert(weir::detail::never<Source>,
                      "weir: `without_watermarks` needs a stream that has watermarks: give it a pipeline with event time, "
                      "`without_watermarks(weir::from(...) | weir::event_time<&item::member>(...))`.");
        return broken{};
    } else {
        return detail::without_watermarks_source<source_type>(std::move(source));
    }
}

/// The same items in another order: none comes behind one whose event time is more than `bound` later, unless it did before.
///
/// `time_of(item)` is the event time; without it, the time that the source put into the stamp, or that an `event_time` of the
/// pipeline did. Watermarks and lane events stay where they are among the items that they concern. `seed` makes the order; equal
/// seeds give equal orders. Behind it belongs an `event_time` with at least this bound, or a pipeline that has one before it. It
/// holds at most 64 items; texts that they borrow are copied.
template <class Source, class TimeOf>
[[nodiscard]] auto shuffled_within(Source from, duration bound, std::uint64_t seed, TimeOf time_of) {
    auto source = detail::as_source(std::move(from));
    using source_type = decltype(source);
    using item = typename source_type::output;
    if constexpr (!detail::texts_can_be_kept<item>()) {
        return detail::explain_no_shuffle<Source>();
    } else {
        auto from_item = [time_of = std::move(time_of)](item const& one, stamp const&) -> timestamp {
            return std::invoke(time_of, one);
        };
        return detail::shuffled_source<source_type, decltype(from_item)>(std::move(source), bound, seed, std::move(from_item));
    }
}
template <class Source>
[[nodiscard]] auto shuffled_within(Source from, duration bound, std::uint64_t seed) {
    auto source = detail::as_source(std::move(from));
    using source_type = decltype(source);
    if constexpr (!detail::texts_can_be_kept<typename source_type::output>()) {
        return detail::explain_no_shuffle<Source>();
    } else {
        return detail::shuffled_source<source_type, detail::time_of_stamp>(std::move(source), bound, seed, {});
    }
}

}  // namespace weir::testing
