// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <weir/base/error.hpp>
#include <weir/transform/detail/merged_inputs.hpp>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>
#include <type_traits>
#include <utility>

namespace weir {

namespace detail {

/// Polls its inputs in turn and passes on what each of them emits.
template <class Stream, class... Inputs>
class merge_source : public merged_inputs<Stream, Inputs...> {
public:
    static constexpr std::string_view name = "merge";

    using merged_inputs<Stream, Inputs...>::merged_inputs;

    /// Lets no input get further ahead of the least than this.
    void align(duration max_ahead) {
        max_ahead_ = max_ahead;
        // Even the least would be further ahead than that: nothing would be read any more.
        if (max_ahead.count() < 0)
            failure_ = error{.component = "merge", .cause = "the span given to aligned is negative", .advice = "give zero or more"};
    }

    [[nodiscard]] error const* failure() { return failure_ ? &*failure_ : merged_inputs<Stream, Inputs...>::failure(); }

    poll_result poll(auto& out) {
        this->announce(out);
        pause_those_ahead();
        std::size_t const share = this->share_of(out.budget());
        bool any_ready = false;
        this->each([&](auto& input, merged_input& state) {
            if (state.ended() || state.paused()) return keep_alive_input(input, state, out.now());
            state.begin_poll(out.context(), share);
            merge_out<merge_source, std::remove_reference_t<decltype(out)>> through(*this, state, out);
            poll_result const polled = input.poll(through);
            any_ready = any_ready || polled == poll_result::ready;
            if (polled == poll_result::end) this->end_input(state, out);
        });
        return this->all_ended() ? poll_result::end : any_ready ? poll_result::ready : poll_result::idle;
    }

    void explain_inputs(auto& into) { this->explain_each(name, into); }

    std::uint64_t account_inputs(auto& visit_one, int depth) {
        std::uint64_t const sum = this->account_each(visit_one, depth);
        visit_one(std::as_const(*this), tally{.in = sum, .passed = sum, .emitted = sum}, depth);
        return sum;
    }

private:
    void pause_those_ahead() {
        if (max_ahead_ == duration::max()) return;
        timestamp const farthest = saturating_add(this->least_watermark(), max_ahead_);
        this->each([&](auto&, merged_input& state) { state.pause(state.holds_back() && state.watermark() > farthest); });
    }

    duration max_ahead_ = duration::max();
    std::optional<error> failure_;
};

}  // namespace detail

/// Of the inputs of a merge, none is read further than this ahead of the one that is furthest behind:
/// `merge(aligned(1min), a, b)`.
struct aligned {
    duration max_ahead{};

    constexpr explicit aligned(duration how_far) : max_ahead(how_far) {}
};

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
    if constexpr (detail::any_broken<Inputs...>) return broken{};
    else return detail::merge_opened<detail::merge_source>(detail::opened(std::forward<Inputs>(inputs))...);
}

/// The same for inputs with event time, read side by side: one whose watermark is more than `how.max_ahead` ahead of the
/// least is not polled until the others have come after it. So a backlog read as fast as it goes keeps no more windows
/// open than that. An input is read by the poll, so it may get further ahead by what it emits in one.
template <class... Inputs>
[[nodiscard]] constexpr auto merge(aligned how, Inputs&&... inputs) {
    static_assert(sizeof...(Inputs) > 0, "weir: `merge` needs an input.");
    if constexpr (detail::any_broken<Inputs...>) {
        return broken{};
    } else {
        auto merged = detail::merge_opened<detail::merge_source>(detail::opened(std::forward<Inputs>(inputs))...);
        if constexpr (std::is_same_v<decltype(merged), broken>) {
            return broken{};
        } else if constexpr (!decltype(merged)::output_stream::is_timed) {
            static_assert(detail::never<decltype(merged)>,
                          "weir: `aligned` compares event times, but the inputs of this `merge` have none. Put `event_time` "
                          "into each of them.");
            return broken{};
        } else {
            merged.align(how.max_ahead);
            return merged;
        }
    }
}

}  // namespace weir
