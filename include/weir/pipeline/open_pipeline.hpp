// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <weir/base/detail/order.hpp>
#include <weir/pipeline/describe.hpp>
#include <weir/pipeline/explain.hpp>
#include <weir/pipeline/detail/source_out.hpp>
#include <weir/pipeline/pipe.hpp>

#include <cstdint>
#include <utility>

namespace weir {

/// A pipeline without a sink, as a source: what comes out of its last stage is what it emits.
///
/// `std::move(pipeline).open()` makes it; `from`, `merge` and `any_stream` take it. Its stages stay fused with what
/// follows. Event time goes on behind it; a key is chosen anew. It announces each lane before its first item, when it
/// comes back after it was idle, and when it ends, also for a source that says nothing of lanes.
template <class Source, class Stream, class Flow>
class open_pipeline {
public:
    using output = typename Stream::item;
    using output_stream = stream<output, typename Stream::time, unkeyed, unwindowed, typename Stream::change>;
    static constexpr std::string_view name = "open_pipeline";

    static_assert(
        !requires { requires Source::takes_pushes; },
        "weir: `push` cannot stand inside a merge or an any_stream, because nobody could push into it there. Begin the "
        "job itself with `weir::from(weir::push<T>())`.");

    open_pipeline(Source source, Flow stages) : source_(std::move(source)), flow_(std::move(stages)) {}

    void attach(job_context& context) {
        if constexpr (requires { source_.attach(context); }) source_.attach(context);
        flow_.attach(context);
    }

    poll_result poll(auto& out) {
        flow_.tick(out);
        if (over_) end_of_input(out);
        if constexpr (requires { source_.keep_alive(out.now()); })
            if (over_ || !flow_.ready()) source_.keep_alive(out.now());
        if (!drained_ && !flow_.ready()) {
            flow_.settle(out);  // what a timer let out
            return poll_result::idle;
        }
        auto polled = poll_result::idle;
        if (!drained_ && !over_) {
            detail::source_out<Flow, std::remove_reference_t<decltype(out)>> into(flow_, in_, out, &lanes_);
            polled_ = true;
            polled = source_.poll(into);
            flow_.settle(out);
            if (polled == poll_result::end ||
                (flow_.satisfied() && !std::exchange(let_go_, true) && detail::is_over(source_, stop_mode_))) {
                over_ = true;
                end_of_input(out);
            }
        } else {
            flow_.settle(out);
        }
        if (!drained_) return over_ ? poll_result::idle : polled;
        return flow_.busy() ? poll_result::idle : poll_result::end;
    }

    void stop(stop_mode mode) {
        stop_mode_ = mode;
        // One that was held up from the start has nothing left to emit, and would not be asked for it.
        bool const unread = !polled_ && !flow_.ready();
        if (unread || !detail::stop_source(source_, mode)) over_ = true;
    }
    void close() {
        flow_.close();
        if constexpr (requires { source_.close(); }) source_.close();
    }

    void acknowledge(std::uint64_t epoch)
        requires acknowledged_source<Source>
    {
        source_.acknowledge(epoch);
    }
    void on_tick(timestamp now)
        requires requires(Source& s) { s.on_tick(now); }
    {
        source_.on_tick(now);
    }
    void keep_alive(timestamp now)
        requires requires(Source& s) { s.keep_alive(now); }
    {
        source_.keep_alive(now);
    }
    void wait(duration longest)
        requires requires(Source& s) { s.wait(longest); }
    {
        source_.wait(longest);
    }

    /// Its source has caught up, and nothing waits in its stages; or it has ended.
    [[nodiscard]] bool caught_up()
        requires catching_up_source<Source>
    {
        return drained_ || (source_.caught_up() && !flow_.waiting());
    }

    [[nodiscard]] std::uint64_t oldest_held() {
        if constexpr (requires { source_.oldest_held(); })
            return detail::min_of<std::uint64_t>(source_.oldest_held(), flow_.oldest_held());
        else return flow_.oldest_held();
    }
    [[nodiscard]] timestamp next_wake() {
        timestamp const soonest = flow_.next_wake();
        if constexpr (requires { source_.next_wake(); }) return detail::min_of<timestamp>(soonest, source_.next_wake());
        else return soonest;
    }
    [[nodiscard]] error const* failure() {
        if constexpr (requires { source_.failure(); })
            if (error const* why = source_.failure()) return why;
        return flow_.failure();
    }

    /// Visits its source and its stages; returns how many items came out.
    std::uint64_t account_inputs(auto& visit_one, int depth) {
        detail::account_source(source_, in_, visit_one, depth);
        return flow_.account(in_, visit_one, depth);
    }

    void explain_inputs(auto& into) {
        job_context const& outside = into.enter(flow_.context());
        detail::explain_source(source_, into);
        flow_.explain(into);
        into.enter(outside);
    }

private:
    void end_of_input(auto& out) {
        if (drained_ || flow_.waiting()) return;
        drained_ = true;
        if (stop_mode_ == stop_mode::keep_windows) return flow_.flush();
        if constexpr (detail::stream_of<Source>::type::is_timed) flow_.watermark(end_of_time, out);
        lanes_.end_all([&](std::uint32_t lane) { flow_.lane({lane, lane_event::kind::ended}, out); });
        flow_.end(out);
    }

    Source source_;
    Flow flow_;
    detail::lane_book lanes_;
    std::uint64_t in_ = 0;
    stop_mode stop_mode_ = stop_mode::close_windows;
    bool polled_ = false;
    bool let_go_ = false;  ///< nothing more is wanted of the source
    bool over_ = false;    ///< the source has nothing left
    bool drained_ = false;
};

}  // namespace weir
