// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <weir/base/detail/invoke.hpp>
#include <weir/base/detail/order.hpp>
#include <weir/base/detail/prefetch.hpp>
#include <weir/pipeline/emitter.hpp>
#include <weir/pipeline/pipe.hpp>
#include <weir/time/parse_time.hpp>
#include <weir/time/watermark.hpp>

#include <array>
#include <concepts>
#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <type_traits>
#include <utility>

namespace weir {

/// Settings of `event_time` beside the watermark.
struct event_time_options {
    /// An event more than this ahead of the host's clock is set aside as `future`: counted, sent to the dead letters, and
    /// it does not move the watermark. `no_future_guard` switches it off.
    duration max_ahead = std::chrono::minutes(5);
    /// When every lane has proven that it is idle, time moves by the clock minus the bound. Off: windows wait. A watermark
    /// strategy of one's own needs `duration bound() const` for it.
    bool advance_when_idle = false;
};

/// The value of `event_time_options::max_ahead` that takes every event for plausible.
inline constexpr duration no_future_guard = duration::max();

/// The time that the source gave the record itself (Kafka's record timestamp). A record without one is a dead letter.
struct record_time_t {};
inline constexpr record_time_t record_time{};

namespace detail {

template <auto Member>
struct member_time {
    template <class Item>
        requires requires(Item const& item) { { item.*Member } -> std::convertible_to<timestamp>; }
    WEIR_INLINE timestamp operator()(Item const& item) const { return item.*Member; }
};

/// Where every time is taken for plausible.
struct unchecked_times {};

template <class Strategy>
inline constexpr bool is_bounded = std::is_same_v<Strategy, bounded_out_of_orderness>;
template <class Strategy>
inline constexpr bool is_punctuated = false;
template <class Function>
inline constexpr bool is_punctuated<punctuated<Function>> = true;

/// Sets each item's event time, and makes watermarks of what it sees. `Plausible` is `unchecked_times` or `time_range`.
template <class Item, class Stream, class Extract, class Strategy, class Plausible>
class event_time_stage {
    static constexpr bool by_record_time = std::is_same_v<Extract, record_time_t>;
    template <class Out>
    static constexpr bool next_takes_times = Out::template takes_timed_batch<Item>() || Out::template takes_paced_batch<Item>();
    static constexpr bool bounded = is_bounded<Strategy>;
    static constexpr bool checked = !std::is_same_v<Plausible, unchecked_times>;

public:
    using output = Item;
    using output_stream = stream<Item, timed, typename Stream::key, typename Stream::window, typename Stream::change>;
    static constexpr std::string_view name = "event_time";
    static constexpr bool makes_watermarks = true;

    event_time_stage(Extract extract, Strategy strategy, event_time_options options, Plausible plausible)
        : extract_(std::move(extract)), watermarks_(start(std::move(strategy))), options_(options), plausible_(plausible) {
        if (watermarks_.bound().count() < 0)
            failure_ = error{.component = "event_time",
                             .cause = "bounded_out_of_orderness is negative",
                             .advice = "give how far behind an event may come: zero or more"};
        if (options_.advance_when_idle && !bounded && !has_bound)
            failure_ = error{.component = "event_time",
                             .cause = "advance_when_idle is set, but the watermark strategy does not say how far behind the clock "
                                      "events may come",
                             .advice = "give it a member `weir::duration bound() const`"};
    }

    WEIR_INLINE void on_item(Item const& item, auto& out) {
        if constexpr (by_record_time) {
            if (out.at().time == beginning_of_time) [[unlikely]] return refuse(out.apart());
            take(item, out.at().time, out);
        } else {
            take(item, detail::invoke(extract_, item), out);
        }
    }

    /// Where the next stage takes items with their times: it gets all at once between which no watermark moves, or, if it
    /// takes watermarks too, all of one lane.
    void on_batch(std::span<Item const> items, auto& out)
        requires(bounded && !checked && !by_record_time && !self_stamped<Item> && next_takes_times<std::remove_cvref_t<decltype(out)>>)
    {
        constexpr bool paced = std::remove_cvref_t<decltype(out)>::template takes_paced_batch<Item>();
        constexpr std::size_t longest = paced ? longest_paced_run : longest_run;
        std::array<timestamp, longest> times;
        for (std::size_t first = 0; first < items.size(); first += longest) {
            std::span<Item const> const part = items.subspan(first, min_of(longest, items.size() - first));
            timestamp latest = beginning_of_time;
            bool rising = true;
            std::size_t const count = part.size();
            Item const* const all = part.data();  // GCC does not unroll a loop that asks the span
#pragma GCC unroll 8
            for (std::size_t i = 0; i < count; ++i) {
                // This loop is over before the memory of its items could come; the stages behind take longer. One that takes
                // watermarks too asks for the items of the next run as it works at these.
                if (!paced && (sizeof(Item) >= cache_line || i % (cache_line / sizeof(Item)) == 0))
                    prefetch_behind(all + i, sizeof(Item) * longest);
                timestamp const time = detail::invoke(extract_, all[i]);
                times[i] = time;
                rising &= latest <= time;
                latest = time;
            }
            std::span<timestamp const> const taken = std::span(times).first(part.size());
            stamp const at = stamp_of(part.front(), first, out.at());
            if constexpr (paced) take_paced(part, taken, rising, at, out);
            else take_part(part, taken, at, out);
        }
    }

    void on_lane(lane_event event, auto& out) {
        lane_ = no_lane;
        if (watermarks_.note(event)) out.watermark(watermarks_.watermark());
    }

    void on_tick(timestamp now, auto& out) {
        watermarks_.note_clock(now);
        latest_plausible_ = options_.max_ahead == no_future_guard ? end_of_time : saturating_add(now, options_.max_ahead);
        uneventful_ = min_of(uneventful_, latest_plausible_);
        if (options_.advance_when_idle && watermarks_.all_idle() &&
            watermarks_.advance_to(saturating_subtract(now, watermarks_.bound())))
            out.watermark(watermarks_.watermark());
    }

    void on_end(auto& out) {
        if (watermarks_.advance_to(end_of_time)) out.watermark(end_of_time);
    }

    [[nodiscard]] error const* failure() const noexcept { return failure_ ? &*failure_ : nullptr; }

    void account(tally& count) const {
        count.future = future_;
        count.dead_lettered = refused_;
        count.passed = count.emitted = count.in - future_ - refused_;
    }

    void explain(auto& into) const {
        into.makes_watermarks(watermarks_.watermark(), watermarks_.bound()).advance_when_idle = options_.advance_when_idle;
        watermarks_.each_lane([&](auto const&... lane) { into.lane(lane...); });
        into.future(future_, last_future_);
    }

private:
    static constexpr std::uint32_t no_lane = ~std::uint32_t{0};
    static constexpr std::size_t longest_run = 64;
    static constexpr std::size_t longest_paced_run = items_ahead;

    static constexpr bool has_bound = requires(Strategy const& strategy) {
        { strategy.bound() } -> std::convertible_to<duration>;
    };

    [[nodiscard]] static constexpr auto start(Strategy strategy) {
        if constexpr (bounded) return strategy.bound;
        else return strategy;
    }

    WEIR_INLINE void take(Item const& item, timestamp time, auto& out) {
        if constexpr (checked)
            if (!plausible_.contains(time)) [[unlikely]] return refuse_time_of(time, out.apart());
        if constexpr (bounded) take_bounded(item, time, out);
        else take_by_strategy(item, time, out);
    }

    void take_by_strategy(Item const& item, timestamp time, auto& out) {
        if (time > latest_plausible_) [[unlikely]] return set_aside(time, out.apart());
        if (watermarks_.rests(out.at().lane)) [[unlikely]] tell_opened(out.apart());
        if (watermarks_.enter(out.at().lane)) out.watermark(watermarks_.watermark());
        out.emit(item, out.at().with_time(time));
        // Behind the item: what an item says of those to come need not hold of itself.
        if (watermarks_.observe(time, item)) out.watermark(watermarks_.watermark());
    }

    WEIR_INLINE void take_bounded(Item const& item, timestamp time, auto& out) {
        if (time > uneventful_ || out.at().lane != lane_) [[unlikely]] {
            if (time > latest_plausible_) [[unlikely]] return set_aside(time, out.apart());
            lane_ = out.at().lane;
            if (watermarks_.rests(lane_)) [[unlikely]] tell_opened(out.apart());
            if (watermarks_.observe(lane_, time)) out.watermark(watermarks_.watermark());
            uneventful_ = min_of(watermarks_.greatest(), latest_plausible_);
        }
        out.emit(item, out.at().with_time(time));
    }

    WEIR_INLINE void take_part(std::span<Item const> items, std::span<timestamp const> times, stamp const& first, auto& out) {
        for (std::size_t i = 0; i < items.size(); ++i) {
            std::size_t const begin = i;
            if (first.lane == lane_)
                while (i < items.size() && times[i] <= uneventful_) ++i;
            std::size_t const count = i - begin;
            if (count != 0)
                out.emit_timed_batch(items.subspan(begin, count), times.subspan(begin, count), stamp_of(items[begin], begin, first));
            if (i == items.size()) return;
            auto own = out.with(stamp_of(items[i], i, first));
            take(items[i], times[i], own);
        }
    }

    WEIR_INLINE void take_paced(std::span<Item const> items, std::span<timestamp const> times, bool rising, stamp const& first,
                                auto& out) {
        if (rising && first.lane == lane_ && times.back() <= latest_plausible_ &&
            watermarks_.observe_rising(lane_, times.front(), times.back())) [[likely]] {
            uneventful_ = times.back();
            return out.emit_paced_batch(items, times, times, first);
        }
        take_unevenly(items, times, first, out.apart());
    }

    [[gnu::noinline]] void take_unevenly(std::span<Item const> items, std::span<timestamp const> times, stamp first, auto out) {
        std::array<timestamp, longest_paced_run> watermarks;
        for (std::size_t i = 0; i < items.size();) {
            std::size_t const begin = i;
            if (first.lane == lane_)
                while (i < items.size() && times[i] <= latest_plausible_) ++i;
            if (std::size_t const count = i - begin; count != 0) {
                watermarks_.observe_all(times.subspan(begin, count), std::span(watermarks).subspan(begin, count));
                uneventful_ = min_of(watermarks_.greatest(), latest_plausible_);
                out.emit_paced_batch(items.subspan(begin, count), times.subspan(begin, count),
                                     std::span<timestamp const>(watermarks).subspan(begin, count), stamp_of(items[begin], begin, first));
            }
            if (i == items.size()) return;
            auto own = out.with(stamp_of(items[i], i, first));
            take(items[i], times[i], own);
            ++i;
        }
    }

    // What follows takes `out` by value: a reference would force every item's stamp into memory.

    /// A lane comes back by its item: the stages behind hear of it before that, as where its source says so.
    [[gnu::noinline]] void tell_opened(auto out) { out.lane({out.at().lane, lane_event::kind::opened}); }

    [[gnu::noinline]] void set_aside(timestamp time, auto out) {
        ++future_;
        last_future_ = out.at().with_time(time);
        duration const difference = saturating_subtract(time, out.now().time_since_epoch()).time_since_epoch();
        auto const ahead = std::chrono::duration_cast<std::chrono::seconds>(difference);
        out.dead_letter(error{.component = "event_time",
                              .cause = "the event is " + std::to_string(ahead.count()) + " s ahead of the clock",
                              .advice = "check the clock and the unit of the field; event_time_options::max_ahead sets how far "
                                        "ahead is plausible"},
                        {});
    }

    [[gnu::noinline]] void refuse(auto out) {
        ++refused_;
        out.dead_letter(error{.component = "event_time",
                              .cause = "the source gave this record no time",
                              .advice = "take the event time from a member: event_time<&item::member>(...)"},
                        {});
    }

    [[gnu::noinline]] void refuse_time_of(timestamp time, auto out) {
        ++refused_;
        error why = refuse_time(std::to_string(time.time_since_epoch().count()), epoch::microseconds, plausible_, {.time = time});
        why.component = "event_time";
        out.dead_letter(why, {});
    }

    Extract extract_;
    std::conditional_t<bounded, lane_watermarks, strategy_watermarks<Strategy>> watermarks_;
    event_time_options options_;
    [[no_unique_address]] Plausible plausible_;
    timestamp latest_plausible_ = end_of_time;
    timestamp uneventful_ = beginning_of_time;  ///< an event of `lane_` up to this time moves nothing and is plausible
    std::uint32_t lane_ = no_lane;              ///< that the last event came by
    std::uint64_t future_ = 0;
    stamp last_future_{};
    std::uint64_t refused_ = 0;
    std::optional<error> failure_;
};

template <class Extract, class Strategy, class Plausible = unchecked_times>
struct event_time_blueprint {
    using is_blueprint = void;
    Extract extract;
    Strategy strategy;
    event_time_options options;
    Plausible plausible{};

    template <class Stream>
    constexpr auto bind(Stream&) && {
        using item = typename Stream::item;
        if constexpr (!std::is_same_v<Extract, record_time_t> && !std::is_invocable_r_v<timestamp, Extract const&, item const&>) {
            static_assert(never<Stream>, "weir: `event_time` needs a `weir::timestamp` of each item: a member, as in "
                                         "`event_time<&click::ts>(...)`, or a function `timestamp(item const&)`, as in "
                                         "`event_time(f, ...)`.");
            return broken{};
        } else if constexpr (is_bounded<Strategy> || watermark_strategy_for<Strategy, item>) {
            return event_time_stage<item, Stream, Extract, Strategy, Plausible>(std::move(extract), std::move(strategy), options,
                                                                                plausible);
        } else if constexpr (is_punctuated<Strategy>) {
            static_assert(never<Stream>, "weir: the function given to `punctuated` must take the item and return a "
                                         "`std::optional<weir::timestamp>`: the watermark that this item carries, if any.");
            return broken{};
        } else {
            static_assert(never<Stream>, "weir: `event_time` needs a watermark strategy: `bounded_out_of_orderness(10s)`, "
                                         "`punctuated(f)`, or a struct that can be copied with `void observe(weir::timestamp)` "
                                         "and `weir::timestamp watermark() const`.");
            return broken{};
        }
    }
};

}  // namespace detail

/// Takes the event time from a member: `event_time<&click::ts>(bounded_out_of_orderness(10s))`. In place of the bound may
/// stand `ascending_timestamps`, `punctuated(f)`, or a watermark strategy of one's own (time/watermark.hpp).
template <auto Member, class Strategy>
    requires std::is_member_object_pointer_v<decltype(Member)>
[[nodiscard]] constexpr auto event_time(Strategy strategy, event_time_options options = {}) {
    return detail::event_time_blueprint<detail::member_time<Member>, Strategy>{{}, std::move(strategy), options};
}

/// The same for times that were not checked yet, by a host that filled the items in itself: those outside of `plausible`
/// are dead letters whose advice says which unit would fit. `time_range{}` is 1990 to 2100.
template <auto Member, class Strategy>
    requires std::is_member_object_pointer_v<decltype(Member)>
[[nodiscard]] constexpr auto event_time(Strategy strategy, event_time_options options, time_range plausible) {
    return detail::event_time_blueprint<detail::member_time<Member>, Strategy, time_range>{
        {}, std::move(strategy), options, plausible};
}

/// Takes the event time from a function of the item, or from the record itself: `event_time(record_time, ...)`.
template <class Extract, class Strategy>
[[nodiscard]] constexpr auto event_time(Extract extract, Strategy strategy, event_time_options options = {}) {
    return detail::event_time_blueprint<Extract, Strategy>{std::move(extract), std::move(strategy), options};
}
template <class Extract, class Strategy>
[[nodiscard]] constexpr auto event_time(Extract extract, Strategy strategy, event_time_options options, time_range plausible) {
    return detail::event_time_blueprint<Extract, Strategy, time_range>{std::move(extract), std::move(strategy), options, plausible};
}

}  // namespace weir
