// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <weir/base/callback.hpp>
#include <weir/base/detail/order.hpp>
#include <weir/pipeline/job.hpp>

#include <atomic>
#include <chrono>
#include <cstddef>
#include <ctime>
#include <utility>

namespace weir {

namespace detail {

[[nodiscard]] inline timestamp wall_clock() {
    return std::chrono::time_point_cast<duration>(std::chrono::system_clock::now());
}

/// Lets this thread sleep; a signal may wake it early. <thread> would cost every program its compile time for this alone.
inline void sleep(duration pause) {
    auto const seconds = std::chrono::duration_cast<std::chrono::seconds>(pause);
    std::timespec wanted{};
    wanted.tv_sec = static_cast<std::time_t>(seconds.count());
    wanted.tv_nsec = static_cast<long>(std::chrono::nanoseconds(pause - seconds).count());
    ::nanosleep(&wanted, nullptr);
}

}  // namespace detail

/// Settings of `run`.
struct run_options {
    /// Items that one step may take from the source.
    std::size_t budget = 16384;
    /// What time it is; empty: the wall clock.
    callback<timestamp()> clock = detail::wall_clock;
    /// Set it (from a signal handler, say) and the job stops cleanly; null: it runs to its end.
    std::atomic<bool> const* stop = nullptr;
    /// What becomes of windows that are open when `stop` is set.
    stop_mode on_stop = stop_mode::keep_windows;
    /// The longest wait when there is nothing to do.
    duration idle_wait = std::chrono::milliseconds(20);
    /// Called after each step, on this thread; it must not block, and may look at the job: `weir::prometheus::server::poll`,
    /// say. Empty: never.
    callback<void()> each_round = {};
    /// Called about every `progress_every` with how the job stands; empty: never.
    callback<void(report const&)> progress = {};
    duration progress_every = std::chrono::seconds(1);
};

/// Drives a job on this thread until it ends, fails, or is told to stop; returns its report. The opt-in runner: it reads
/// the clock and waits, which the job itself never does.
template <class Source, class Flow>
report run(job<Source, Flow>& work, run_options options = {}) {
    if (!options.clock) options.clock = detail::wall_clock;
    timestamp next_progress = saturating_add(options.clock(), options.progress_every);
    bool stopping = false;
    while (!work.finished()) {
        if (!stopping && options.stop && options.stop->load(std::memory_order_relaxed)) {
            stopping = true;
            work.stop(options.on_stop);
        }
        timestamp const now = options.clock();
        progress const state = work.step(options.budget, now);
        if (options.each_round) options.each_round();
        if (options.progress && now >= next_progress) {
            next_progress = saturating_add(now, options.progress_every);
            options.progress(work.report());
        }
        if (state != progress::idle && state != progress::held_up) continue;
        // A sink that holds the job up, or is still sending, wants to be asked again soon; an idle source can wait longer.
        bool const sending = state == progress::held_up || work.sending();
        duration const longest =
            sending ? detail::min_of<duration>(options.idle_wait, std::chrono::milliseconds(1)) : options.idle_wait;
        timestamp const until = detail::max_of(now, detail::min_of(work.next_wake(), saturating_add(now, longest)));
        duration const pause = until - now;
        if constexpr (requires { work.source().wait(pause); }) {
            if (!sending) {
                work.source().wait(pause);
                continue;
            }
        }
        if (pause > duration::zero()) detail::sleep(pause);
    }
    return work.report();
}

/// The same for a job made in place: `weir::run(from(...) | ... | sink).exit_code()`.
template <class Source, class Flow>
report run(job<Source, Flow>&& work, run_options options = {}) {
    return run(work, std::move(options));
}

/// What was broken at compile time does not run; the error was given where it broke.
inline report run(broken, run_options = {}) { return {}; }

}  // namespace weir
