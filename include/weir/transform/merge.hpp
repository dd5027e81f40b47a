// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <weir/base/detail/order.hpp>
#include <weir/base/detail/owner.hpp>
#include <weir/pipeline/open_pipeline.hpp>

#include <array>
#include <cstddef>
#include <cstdint>
#include <tuple>
#include <type_traits>
#include <utility>
#include <vector>

namespace weir {

namespace detail {

/// What a merge knows of one of its inputs.
///
/// The input has a context of its own, so that its stages see its own lanes, numbered and named as it numbers and names
/// them; behind the merge, lane `l` of input `i` of `n` is lane `l * n + i`.
class merged_input {
public:
    merged_input(std::uint32_t number, std::uint32_t of) : number_(number), of_(of) {}

    /// Sends what the input puts aside to the job's dead letters, with the place as it was and the lane renumbered.
    void attach(job_context& outer) {
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
        context_->budget = budget;
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
    std::uint32_t number_;
    std::uint32_t of_;
    owner<job_context> context_{new job_context};
    std::vector<bool> lanes_{};  ///< which are live
    std::size_t live_ = 0;
    timestamp watermark_ = beginning_of_time;
    bool heard_ = false;
    bool ended_ = false;
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

/// Polls its inputs in turn and passes on what each of them emits.
template <class Stream, class... Inputs>
class merge_source {
public:
    using output = typename Stream::item;
    using output_stream = Stream;
    static constexpr std::string_view name = "merge";
    static constexpr bool merges_inputs = true;

    explicit merge_source(Inputs... inputs) : inputs_(std::move(inputs)...) {}

    void attach(job_context& context) {
        each([&](auto& input, merged_input& state) {
            state.attach(context);
            input.attach(state.context());
        });
    }

    poll_result poll(auto& out) {
        if (!announced_) announce(out);
        std::size_t open = 0;
        for (merged_input const& state : states_) open += state.ended() ? 0u : 1u;
        std::size_t const share = max_of<std::size_t>(out.budget() / max_of<std::size_t>(open, 1), 1);
        bool any_ready = false;
        each([&](auto& input, merged_input& state) {
            if (state.ended()) return;
            state.begin_poll(out.context(), share);
            merge_out<merge_source, std::remove_reference_t<decltype(out)>> through(*this, state, out);
            poll_result const polled = input.poll(through);
            any_ready = any_ready || polled == poll_result::ready;
            if (polled != poll_result::end) return;
            --open;
            if (!state.heard()) out.lane({state.outer_lane(0), lane_event::kind::ended});
            state.end();
            advance(out);
        });
        return open == 0 ? poll_result::end : any_ready ? poll_result::ready : poll_result::idle;
    }

    void stop(stop_mode mode) {
        each([&](auto& input, merged_input&) { input.stop(mode); });
    }
    void close() {
        each([](auto& input, merged_input&) { input.close(); });
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
        each([&](auto& input, merged_input&) {
            if constexpr (requires { input.keep_alive(now); }) input.keep_alive(now);
        });
    }
    /// Each input that can wait gets its part of the time.
    void wait(duration longest)
        requires(waiting_source<Inputs> || ...)
    {
        each([&](auto& input, merged_input& state) {
            if constexpr (waiting_source<std::remove_reference_t<decltype(input)>>)
                if (!state.ended()) input.wait(longest / static_cast<std::int64_t>(sizeof...(Inputs)));
        });
    }

    [[nodiscard]] std::uint64_t oldest_held() {
        std::uint64_t oldest = nothing_held;
        each([&](auto& input, merged_input&) { oldest = min_of(oldest, input.oldest_held()); });
        return oldest;
    }
    [[nodiscard]] timestamp next_wake() {
        timestamp soonest = end_of_time;
        each([&](auto& input, merged_input& state) {
            if (!state.ended()) soonest = min_of(soonest, input.next_wake());
        });
        return soonest;
    }
    [[nodiscard]] error const* failure() {
        error const* first = nullptr;
        each([&](auto& input, merged_input&) { first = first ? first : input.failure(); });
        return first;
    }

    std::uint64_t account_inputs(auto& visit_one, int depth) {
        std::uint64_t sum = 0;
        each([&](auto& input, merged_input&) { sum += input.account_inputs(visit_one, depth + 1); });
        visit_one(std::as_const(*this), tally{.in = sum, .passed = sum, .emitted = sum}, depth);
        return sum;
    }

    void explain_inputs(auto& into) {
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
        bool const any = holds_for_any(states_, [](auto const& s) { return s.holds_back(); });
        timestamp least = end_of_time;
        for (merged_input const& state : states_)
            if (any ? state.holds_back() : state.expects_more()) least = min_of(least, state.watermark());
        if (least <= watermark_ || least == end_of_time) return;
        watermark_ = least;
        out.watermark(least);
    }

private:
    /// Opens a lane for each input before any of them is read: the watermark of the merged stream waits for all of
    /// them.
    void announce(auto& out) {
        announced_ = true;
        for (merged_input const& state : states_) out.lane({state.outer_lane(0), lane_event::kind::opened});
    }

    template <class Call>
    void each(Call&& call) {
        [&]<std::size_t... I>(std::index_sequence<I...>) {
            (call(std::get<I>(inputs_), states_[I]), ...);
        }(std::index_sequence_for<Inputs...>{});
    }

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

template <class First, class... Rest>
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
        return merge_source<stream_type, First, Rest...>(std::move(first), std::move(rest)...);
    }
}

}  // namespace detail

/// Joins several streams of one item type into one: a source for `from`. The inputs are pipelines without a sink, or
/// sources.
///
/// Each poll of it polls every input with an equal part of the budget, in the order in which they stand here, so equal
/// input gives equal output. Their lanes stay apart and keep their names. Where the inputs have event time, the
/// watermark is the least over the inputs; one that has ended, or whose lanes have all proven to be idle, no longer
/// holds it back. Where they have none, an `event_time` behind the merge sees all their lanes. A key is chosen anew.
/// Items that carry their own stamp (Kafka records) are passed on one by one: decode them before the merge where speed
/// matters.
template <class... Inputs>
[[nodiscard]] constexpr auto merge(Inputs&&... inputs) {
    static_assert(sizeof...(Inputs) > 0, "weir: `merge` needs an input.");
    if constexpr ((std::is_same_v<decltype(detail::opened(std::forward<Inputs>(inputs))), broken> || ...))
        return broken{};
    else return detail::merge_opened(detail::opened(std::forward<Inputs>(inputs))...);
}

}  // namespace weir
