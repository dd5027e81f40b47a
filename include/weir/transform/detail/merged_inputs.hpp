// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <weir/base/detail/order.hpp>
#include <weir/base/detail/owner.hpp>
#include <weir/pipeline/open_pipeline.hpp>

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>
#include <tuple>
#include <type_traits>
#include <utility>
#include <vector>

namespace weir::detail {

/// What a merge knows of one of its inputs.
///
/// The input has a context of its own, so that its stages see its own lanes, numbered and named as it numbers and names
/// them; behind the merge, lane `l` of input `i` of `n` is lane `l * n + i`.
class merged_input {
public:
    merged_input(std::uint32_t number, std::uint32_t of) : number_(number), of_(of) {}

    /// Sends what the input puts aside to the job's dead letters, with the place as it was and the lane renumbered.
    void attach(job_context& outer) {
        outer_ = &outer;
        context_->dead_letters = [&outer, number = number_, of = of_](dead_letter const& letter) {
            if (!outer.dead_letters) return;
            dead_letter renumbered = letter;
            renumbered.at.lane = letter.at.lane * of + number;
            outer.dead_letters(renumbered);
        };
    }

    job_context& context() noexcept { return *context_; }

    void begin_poll(job_context const& outer, std::size_t budget) {
        context_->now = outer.now;
        context_->epoch = outer.epoch;
        context_->letters_ready = outer.letters_ready;
        context_->budget = budget;
        take_news(outer);
    }
    /// The job is over: what has become of the dead letters of its last poll.
    void begin_close() {
        if (outer_) take_news(*outer_);
    }

    [[nodiscard]] WEIR_INLINE std::uint32_t outer_lane(std::uint32_t lane) const noexcept {
        return lane * of_ + number_;
    }

    /// Notes what happened to one of its lanes.
    void note(lane_event event) {
        if (event.lane >= lanes_.size()) lanes_.resize(event.lane + std::size_t{1});
        bool const live = event.what == lane_event::kind::opened;
        if (lanes_[event.lane] != live) live_ += live ? std::size_t{1} : ~std::size_t{0};
        lanes_[event.lane] = live;
        heard_ = true;
    }

    void note(timestamp w) { watermark_ = max_of(watermark_, w); }
    void end() { ended_ = true; }
    void pause(bool now) { paused_ = now; }
    /// It is not polled, but looked after.
    void pass_over(timestamp now) { context_->now = now; }
    /// When it should be looked after again: its own timers stand still while it is paused.
    [[nodiscard]] timestamp next_look() const noexcept { return saturating_add(context_->now, std::chrono::milliseconds(100)); }

    /// Whether it is not polled for now, so that it gets neither ahead nor any time to wait.
    [[nodiscard]] bool paused() const noexcept { return paused_; }

    /// Whether it has said anything of lanes.
    [[nodiscard]] bool heard() const noexcept { return heard_; }
    [[nodiscard]] bool ended() const noexcept { return ended_; }
    /// Whether the watermark must wait for it: not when it has ended, nor when each of its lanes is idle or has ended.
    [[nodiscard]] bool holds_back() const noexcept { return expects_more() && (!heard_ || live_ != 0); }
    /// False once its last event time has passed, which it says shortly before it ends.
    [[nodiscard]] bool expects_more() const noexcept { return !ended_ && watermark_ != end_of_time; }
    [[nodiscard]] timestamp watermark() const noexcept { return watermark_; }
    [[nodiscard]] lane_status status() const noexcept {
        return holds_back() ? lane_status::live : expects_more() ? lane_status::idle : lane_status::ended;
    }

private:
    void take_news(job_context const& outer) {
        context_->round = outer.round;
        context_->letters_held = outer.letters_held;
    }

    std::uint32_t number_;
    std::uint32_t of_;
    job_context const* outer_ = nullptr;
    owner<job_context> context_{new job_context};
    std::vector<bool> lanes_{};  ///< which are live
    std::size_t live_ = 0;
    timestamp watermark_ = beginning_of_time;
    bool heard_ = false;
    bool ended_ = false;
    bool paused_ = false;
};

/// The `out` of one input of a merge.
template <class Merge, class Out>
class merge_out {
public:
    merge_out(Merge& owner, merged_input& input, Out& out) noexcept : owner_(&owner), input_(&input), out_(&out) {}

    template <class T>
    WEIR_INLINE void emit(T const& item, stamp at) {
        at.lane = input_->outer_lane(at.lane);
        out_->emit(item, at);
    }
    template <class T>
    WEIR_INLINE void emit_batch(std::span<T const> items, stamp at) {
        if constexpr (self_stamped<T>) {
            for (T const& item : items) emit(item, stamp_of(item, at));
        } else {
            at.lane = input_->outer_lane(at.lane);
            out_->emit_batch(items, at);
        }
    }
    void watermark(timestamp w) {
        // While another input is further behind, this one moves nothing.
        bool const may_move = input_->watermark() <= owner_->watermark() || !input_->holds_back();
        input_->note(w);
        if (may_move) owner_->advance(*out_);
    }
    void lane(lane_event event) { owner_->pass_on(event, *input_, *out_); }
    void name_lane(std::uint32_t lane, std::string_view name) { out_->name_lane(input_->outer_lane(lane), name); }
    [[nodiscard]] timestamp now() const { return out_->now(); }

private:
    Merge* owner_;
    merged_input* input_;
    Out* out_;
};

template <class S>
concept waiting_source = requires(S& input, duration longest) { input.wait(longest); };

/// An input that is not polled may still have to be told that nobody has forgotten it.
void keep_alive_input(auto& input, merged_input& state, timestamp now) {
    state.pass_over(now);
    if constexpr (requires { input.keep_alive(now); }) input.keep_alive(now);
}

/// Several inputs as one source, but for how they are polled.
template <class Stream, class... Inputs>
class merged_inputs {
public:
    using output = typename Stream::item;
    using output_stream = Stream;
    static constexpr bool merges_inputs = true;

    explicit merged_inputs(Inputs... inputs) : inputs_(std::move(inputs)...) {}

    void attach(job_context& context) {
        each([&](auto& input, merged_input& state) {
            state.attach(context);
            input.attach(state.context());
        });
    }

    void stop(stop_mode mode) {
        each([&](auto& input, merged_input&) { input.stop(mode); });
    }
    void close() {
        each([](auto& input, merged_input& state) {
            state.begin_close();
            input.close();
        });
    }
    void acknowledge(std::uint64_t epoch)
        requires(acknowledged_source<Inputs> || ...)
    {
        each([&](auto& input, merged_input&) {
            if constexpr (requires { input.acknowledge(epoch); }) input.acknowledge(epoch);
        });
    }
    void on_tick(timestamp now) {
        each([&](auto& input, merged_input&) {
            if constexpr (requires { input.on_tick(now); }) input.on_tick(now);
        });
    }
    void keep_alive(timestamp now) {
        each([&](auto& input, merged_input& state) { keep_alive_input(input, state, now); });
    }
    /// Each input that can wait gets its part of the time.
    void wait(duration longest)
        requires(waiting_source<Inputs> || ...)
    {
        each([&](auto& input, merged_input& state) {
            if constexpr (waiting_source<std::remove_reference_t<decltype(input)>>)
                if (!state.ended() && !state.paused()) input.wait(longest / static_cast<std::int64_t>(sizeof...(Inputs)));
        });
    }

    /// An input that cannot tell has caught up when it has ended.
    [[nodiscard]] bool caught_up()
        requires(catching_up_source<Inputs> || ...)
    {
        return [&]<std::size_t... I>(std::index_sequence<I...>) {
            auto const one = [](auto& input, merged_input const& state) {
                if constexpr (catching_up_source<std::remove_cvref_t<decltype(input)>>) return state.ended() || input.caught_up();
                else return state.ended();
            };
            return (one(std::get<I>(inputs_), states_[I]) && ...);
        }(std::index_sequence_for<Inputs...>{});
    }

    [[nodiscard]] std::uint64_t oldest_held() {
        std::uint64_t oldest = nothing_held;
        each([&](auto& input, merged_input&) { oldest = min_of(oldest, input.oldest_held()); });
        return oldest;
    }
    [[nodiscard]] timestamp next_wake() {
        timestamp soonest = end_of_time;
        each([&](auto& input, merged_input& state) {
            if (state.ended()) return;
            timestamp const wake = input.next_wake();
            soonest = min_of(soonest, state.paused() ? max_of(wake, state.next_look()) : wake);
        });
        return soonest;
    }
    [[nodiscard]] error const* failure() {
        error const* first = nullptr;
        each([&](auto& input, merged_input&) { first = first ? first : input.failure(); });
        return first;
    }

    /// Passes a lane's event on, renumbered.
    void pass_on(lane_event event, merged_input& input, auto& out) {
        bool const first = !input.heard();
        input.note(event);
        out.lane({input.outer_lane(event.lane), event.what});
        // Lane 0 stood for the input until it said which lanes it has.
        if (first && event.lane != 0) out.lane({input.outer_lane(0), lane_event::kind::ended});
        advance(out);
    }

    [[nodiscard]] timestamp watermark() const noexcept { return watermark_; }

    /// Passes on the least watermark of the inputs that it has to wait for.
    void advance(auto& out) {
        timestamp const least = least_watermark();
        if (least <= watermark_ || least == end_of_time) return;
        watermark_ = least;
        out.watermark(least);
    }

protected:
    /// Opens a lane for each input before any of them is read: the watermark of the merged stream waits for all of
    /// them.
    void announce(auto& out) {
        if (std::exchange(announced_, true)) return;
        for (merged_input const& state : states_) out.lane({state.outer_lane(0), lane_event::kind::opened});
    }

    [[nodiscard]] timestamp least_watermark() const {
        bool const any = holds_for_any(states_, [](auto const& s) { return s.holds_back(); });
        timestamp least = end_of_time;
        for (merged_input const& state : states_)
            if (any ? state.holds_back() : state.expects_more()) least = min_of(least, state.watermark());
        return least;
    }

    /// How many items each input may emit in this poll, if those that are polled share its budget.
    [[nodiscard]] std::size_t share_of(std::size_t budget) const {
        std::size_t polled = 0;
        for (merged_input const& state : states_) polled += state.ended() || state.paused() ? 0u : 1u;
        return max_of<std::size_t>(budget / max_of<std::size_t>(polled, 1), 1);
    }

    /// Nothing will follow from an input.
    void end_input(merged_input& state, auto& out) {
        if (!state.heard()) out.lane({state.outer_lane(0), lane_event::kind::ended});
        state.end();
        advance(out);
    }
    [[nodiscard]] bool all_ended() const {
        return holds_for_all(states_, [](merged_input const& state) { return state.ended(); });
    }

    /// Visits the stages of all inputs; returns how many items came out of them.
    std::uint64_t account_each(auto& visit_one, int depth) {
        std::uint64_t sum = 0;
        each([&](auto& input, merged_input&) { sum += input.account_inputs(visit_one, depth + 1); });
        return sum;
    }

    void explain_each(std::string_view name, auto& into) {
        std::array<std::size_t, sizeof...(Inputs)> made_by{};
        std::size_t number = 0;
        each([&](auto& input, merged_input&) { made_by[number++] = into.input(input); });
        if constexpr (Stream::is_timed) {
            into.named(name);
            into.makes_watermarks(watermark_, {});
            for (std::size_t i = 0; i < states_.size(); ++i)
                into.merged(i, states_.size(), states_[i].status(), states_[i].watermark(), made_by[i]);
        }
    }

    template <class Call>
    void each(Call&& call) {
        [&]<std::size_t... I>(std::index_sequence<I...>) {
            (call(std::get<I>(inputs_), states_[I]), ...);
        }(std::index_sequence_for<Inputs...>{});
    }

    static constexpr std::size_t count = sizeof...(Inputs);
    [[nodiscard]] merged_input& state(std::size_t number) noexcept { return states_[number]; }

private:
    [[nodiscard]] static std::array<merged_input, sizeof...(Inputs)> make_states() {
        return []<std::size_t... I>(std::index_sequence<I...>) {
            return std::array{merged_input(I, sizeof...(Inputs))...};
        }(std::index_sequence_for<Inputs...>{});
    }

    std::tuple<Inputs...> inputs_;
    std::array<merged_input, sizeof...(Inputs)> states_ = make_states();
    timestamp watermark_ = beginning_of_time;
    bool announced_ = false;
};

template <class Input>
struct is_pipeline : std::false_type {};
template <class Source, class Stream, class... Stages>
struct is_pipeline<pipeline<Source, Stream, Stages...>> : std::true_type {};

/// A pipeline, or a source alone, as an open pipeline.
template <class Input>
constexpr auto opened(Input&& input) {
    using input_type = std::remove_cvref_t<Input>;
    if constexpr (std::is_same_v<input_type, broken>) {
        return broken{};
    } else if constexpr (is_pipeline<input_type>::value) {
        return input_type(std::forward<Input>(input)).open();
    } else if constexpr (source<input_type>) {
        return from(std::forward<Input>(input)).open();
    } else {
        static_assert(never<input_type>, "weir: `merge` takes pipelines without a sink, and sources.");
        return broken{};
    }
}

/// The inputs put together as a `Merged`, if they fit together.
template <template <class, class...> class Merged, class First, class... Rest>
constexpr auto merge_opened(First first, Rest... rest) {
    using stream_type = typename First::output_stream;
    if constexpr (!(std::is_same_v<typename First::output, typename Rest::output> && ...)) {
        static_assert(never<First>,
                      "weir: the inputs of `merge` emit different types of items. Bring them to one type by "
                      "`| weir::map(...)` first.");
        return broken{};
    } else if constexpr (!(std::is_same_v<typename stream_type::time, typename Rest::output_stream::time> && ...)) {
        static_assert(never<First>,
                      "weir: some inputs of `merge` have event time and others have not. Put `event_time` into each "
                      "of them, or once behind the merge.");
        return broken{};
    } else if constexpr (!(std::is_same_v<stream_type, typename Rest::output_stream> && ...)) {
        static_assert(never<First>, "weir: some inputs of `merge` can take rows back and others cannot.");
        return broken{};
    } else {
        return Merged<stream_type, First, Rest...>(std::move(first), std::move(rest)...);
    }
}

/// Whether any of the inputs was refused already.
template <class... Inputs>
inline constexpr bool any_broken = (std::is_same_v<decltype(opened(std::declval<Inputs>())), broken> || ...);

}  // namespace weir::detail
