// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <weir/base/detail/order.hpp>
#include <weir/base/detail/owner.hpp>
#include <weir/pipeline/describe.hpp>
#include <weir/pipeline/explain.hpp>
#include <weir/pipeline/pipe.hpp>
#include <weir/pipeline/report.hpp>
#include <weir/pipeline/detail/ledger_watch.hpp>
#include <weir/pipeline/detail/letter_road.hpp>
#include <weir/pipeline/detail/source_out.hpp>

#include <concepts>
#include <optional>
#include <utility>

namespace weir {

/// How a job stands after a step.
enum class progress {
    ready,    ///< something came in; call again at once
    idle,     ///< nothing to do now: call again when something may have come, at the latest at `next_wake()`
    held_up,  ///< a stage, as a rule a sink, cannot take more now; the source was not polled
    ended,    ///< the source has ended and everything was acknowledged
    failed,   ///< it stopped with an error; see `report()`
};

/// A whole pipeline, from a source to a sink, driven by the host: nothing happens but in `push` and `step`.
///
/// A job starts no thread, never sleeps and reads no clock: `step` is told the time. It may be moved between steps, and
/// be used by one thread at a time.
template <class Source, class Flow>
class job {
public:
    using source_type = Source;
    using flow_type = Flow;

    job(Source source, Flow flow)
        : source_(std::move(source)), flow_(std::move(flow)), shared_(new shared) {
        if constexpr (requires { source_.attach(shared_->context); }) source_.attach(shared_->context);
        flow_.attach(shared_->context);
        shared_->context.dead_letters = [letters = &shared_->letters](dead_letter const& letter) { letters->take(letter); };
    }

#ifdef WEIR_WATCH_LEDGERS
    job(job&&) = default;
    job& operator=(job&&) = default;
    ~job() {
        if (shared_ && detail::watch_ledger) detail::watch_ledger(report());
    }
#endif

    /// Does one round of work: timers, then at most one poll of about `budget` items, then acknowledgements.
    /// `now` is the wall clock, for the future guard, batch ages and retries. Never blocks beyond what a sink's own
    /// configured time-outs say.
    progress step(std::size_t budget, timestamp now) {
        if (finished_) return state();
        job_context& context = shared_->context;
        context.now = now;
        ++context.round;
        shared_->letters.tell();
        flow_.tick();
        shared_->letters.tick();
        if constexpr (requires { source_.on_tick(now); }) source_.on_tick(now);
        if (failed()) return state();
        if (!drained_ && (!flow_.ready() || !shared_->letters.has_room())) {
            settle();  // what a timer let out
            keep_alive();
            if (failed()) return state();
            acknowledge();
            return progress::held_up;
        }
        auto polled = poll_result::idle;
        if (!exhausted_) {
            begin_poll(budget);
            detail::source_out<Flow> out(flow_, in_);
            polled = source_.poll(out);
            settle();
            exhausted_ = polled == poll_result::end ||
                         (flow_.satisfied() && !std::exchange(let_go_, true) && detail::is_over(source_, stop_mode_));
        } else {
            keep_alive();
            settle();
        }
        if (exhausted_) end_of_input();
        if (drained_ && !flow_.busy()) end_of_letters();
        // What a stage has failed with is perhaps held by none.
        if (failed()) return state();
        acknowledge();
        if (letters_ended_ && !flow_.busy() && !shared_->letters.busy()) {
            finish();
            return state();
        }
        return polled == poll_result::ready ? progress::ready : progress::idle;
    }

    /// Hands over one of the host's own events; the job must begin with `from(push<T>())`.
    template <class T>
        requires requires { requires Source::takes_pushes; } && std::convertible_to<T const&, typename Source::output const&>
    void push(T const& item) {
        ++shared_->context.round;
        begin_poll(0);
        detail::source_out<Flow> out(flow_, in_);
        out.emit(static_cast<typename Source::output const&>(item));
        settle();
    }

    /// Hands over many of the host's own events side by side: cheaper than one by one.
    template <class T>
        requires requires { requires Source::takes_pushes; } && std::same_as<T, typename Source::output>
    void push(std::span<T const> items) {
        ++shared_->context.round;
        begin_poll(0);
        detail::source_out<Flow> out(flow_, in_);
        out.emit_batch(items);
        settle();
    }

    /// Stops reading, whatever the source says. Call `step` until the job has finished: sinks send what they hold.
    void stop(stop_mode mode = stop_mode::close_windows) {
        if (drained_) return;
        stop_mode_ = mode;
        // A source that was held up from the start has nothing left to emit, and would not be asked for it.
        bool const unread = shared_->context.epoch == 0 && !flow_.ready();
        if (!unread && detail::stop_source(source_, mode)) return;
        exhausted_ = true;
        end_of_input();
    }

    /// Whether a sink is still sending, or waits to send again.
    [[nodiscard]] bool sending() { return flow_.busy() || shared_->letters.busy(); }

    /// Sends what could not be handled to a sink or chain of `dead_letter`; without it they are counted and the first few
    /// errors are kept in the report. What is refused on that road itself stops the job.
    template <class Branch>
    void dead_letters_to(Branch&& branch) {
        shared_->letters.lead_to(std::forward<Branch>(branch));
    }

    /// Whether it has ended or failed.
    [[nodiscard]] bool finished() const noexcept { return finished_; }

    /// When it wants the next `step` at the latest, even if no input comes.
    [[nodiscard]] timestamp next_wake() {
        timestamp const soonest = detail::min_of(flow_.next_wake(), shared_->letters.next_wake());
        if constexpr (requires { source_.next_wake(); }) return detail::min_of<timestamp>(soonest, source_.next_wake());
        else return soonest;
    }

    /// The ledger, stage by stage, and how the job ended.
    [[nodiscard]] weir::report report() {
        weir::report whole;
        whole.ended = finished_ && !failure_;
        whole.failure = failure_;
        whole.dead_letter_samples = shared_->letters.samples();
        whole.dead_letters = shared_->letters.count();
        whole.stages = visit_stages().lines;
        return whole;
    }

    /// What the open windows wait for: which lane holds the watermark back, by how much, and since when.
    [[nodiscard]] explanation explain() { return explain_about({}); }

    /// The same for the windows that contain this event time.
    [[nodiscard]] explanation explain(timestamp about) { return explain_about(about); }

    /// The stages as text, Mermaid or DOT.
    [[nodiscard]] std::string describe(drawing style = drawing::text) {
        return weir::detail::draw(visit_stages(), style);
    }

    [[nodiscard]] Source& source() noexcept { return source_; }
    [[nodiscard]] Flow& stages() noexcept { return flow_; }

    /// Why it failed, or null.
    [[nodiscard]] error const* failure() const noexcept { return failure_ ? &*failure_ : nullptr; }

    // -- for a stage that drives a job beside its own ------------------------------------------------------------------

    /// Visits all stages, as `flow::account` does.
    void account_stages(auto&& visit_one, int depth) {
        detail::account_source(source_, in_, visit_one, depth);
        flow_.account(in_, visit_one, depth);
    }

    /// Tells `into` what its stages know of time, as `flow::explain` does.
    void explain_inputs(auto& into) {
        job_context const& outside = into.enter(shared_->context);
        detail::explain_source(source_, into);
        flow_.explain(into);
        into.enter(outside);
    }

    /// It is driven in the steps of the job with this context. Dead letters for which no place was named here become those of
    /// that job.
    void go_alongside(job_context const& around) { shared_->context.around = &around; }

    /// It would be over, but dead letters that it has handed on are not stored yet.
    [[nodiscard]] bool waits_for_letters() { return letters_ended_ && !flow_.busy() && shared_->letters.waits_around(); }

private:
    /// What stays where it is when the job is moved.
    struct shared {
        job_context context;
        detail::letter_road letters{context};
    };

    [[nodiscard]] detail::report_lines visit_stages() {
        detail::report_lines all;
        detail::account_source(source_, in_, all, 0);
        flow_.account(in_, all);
        return all;
    }

    [[nodiscard]] explanation explain_about(std::optional<timestamp> about) {
        explanation whole;
        whole.now = shared_->context.now;
        whole.about = about;
        whole.failure = failure_;
        whole.over = drained_ || finished_;
        whole.held_up = !flow_.ready() || !shared_->letters.has_room();
        if (!shared_->letters.has_room()) whole.held_up_by = "dead_letters_to";
        detail::explainer into(whole, shared_->context);
        explain_inputs(into);
        into.finish();
        return whole;
    }

    void begin_poll(std::size_t budget) {
        ++shared_->context.epoch;
        shared_->context.budget = budget;
    }

    void settle() {
        flow_.settle();
        shared_->letters.settle();
    }

    void end_of_input() {
        if (drained_ || flow_.waiting()) return;
        drained_ = true;
        if (stop_mode_ == stop_mode::keep_windows) return flow_.flush();
        if constexpr (detail::stream_of<Source>::type::is_timed) flow_.watermark(end_of_time);
        flow_.end();
    }

    /// Not before the last answer has come: what a server refuses then is a dead letter too.
    void end_of_letters() {
        if (letters_ended_ || shared_->letters.waiting()) return;
        letters_ended_ = true;
        shared_->letters.end(stop_mode_);
    }

    /// The source is not polled now, but not forgotten.
    void keep_alive() {
        if constexpr (requires(timestamp now) { source_.keep_alive(now); }) source_.keep_alive(shared_->context.now);
    }

    void acknowledge() {
        if constexpr (acknowledged_source<Source>) {
            std::uint64_t held = detail::min_of(flow_.oldest_held(), shared_->letters.oldest_held());
            held = detail::min_of(held, shared_->context.epoch + 1);
            if constexpr (requires { source_.oldest_held(); }) held = detail::min_of<std::uint64_t>(held, source_.oldest_held());
            if (held > acknowledged_) source_.acknowledge(acknowledged_ = held);
        }
    }

    bool failed() {
        if (finished_) return failure_.has_value();
        error const* why = flow_.failure();
        if (!why) why = shared_->letters.failure();
        if constexpr (requires { source_.failure(); }) if (!why) why = source_.failure();
        if (!why) return false;
        failure_ = *why;
        finish();
        return true;
    }

    void finish() {
        finished_ = true;
        // A job that runs alongside has its last turn when it is closed.
        ++shared_->context.round;
        shared_->letters.tell();
        flow_.close();
        shared_->letters.close();
        if constexpr (requires { source_.close(); }) source_.close();
    }

    [[nodiscard]] progress state() const noexcept { return failure_ ? progress::failed : progress::ended; }

    Source source_;
    Flow flow_;
    detail::owner<shared> shared_;
    std::optional<error> failure_;
    std::uint64_t in_ = 0;
    std::uint64_t acknowledged_ = 0;
    stop_mode stop_mode_ = stop_mode::close_windows;
    bool let_go_ = false;     ///< nothing more is wanted
    bool exhausted_ = false;  ///< nothing more is to be read
    bool drained_ = false;    ///< and the stages have been told
    bool letters_ended_ = false;  ///< and so has the dead letters' road
    bool finished_ = false;
};

}  // namespace weir
