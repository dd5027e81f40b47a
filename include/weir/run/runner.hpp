// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <weir/pipeline/job.hpp>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstddef>
#include <functional>
#include <thread>
#include <utility>

namespace weir {

/// Settings of `run`.
struct run_options {
    /// Items that one step may take from the source.
    std::size_t budget = 16384;
    /// The wall clock.
    std::function<timestamp()> clock = [] { return std::chrono::time_point_cast<duration>(std::chrono::system_clock::now()); };
    /// Set it (from a signal handler, say) and the job stops cleanly; null: it runs to its end.
    std::atomic<bool> const* stop = nullptr;
    /// What becomes of windows that are open when `stop` is set.
    stop_mode on_stop = stop_mode::keep_windows;
    /// The longest wait when there is nothing to do.
    duration idle_wait = std::chrono::milliseconds(20);
    /// Called about every `progress_every` with how the job stands; empty: never.
    std::function<void(report const&)> progress = {};
    duration progress_every = std::chrono::seconds(1);
};

/// Drives a job on this thread until it ends, fails, or is told to stop; returns its report. The opt-in runner: it reads
/// the clock and waits, which the job itself never does.
template <class Source, class Flow>
report run(job<Source, Flow>& work, run_options options = {}) {
    timestamp next_progress = saturating_add(options.clock(), options.progress_every);
    bool stopping = false;
    while (!work.finished()) {
        if (!stopping && options.stop && options.stop->load(std::memory_order_relaxed)) {
            stopping = true;
            work.stop(options.on_stop);
        }
        timestamp const now = options.clock();
        progress const state = work.step(options.budget, now);
        if (options.progress && now >= next_progress) {
            next_progress = saturating_add(now, options.progress_every);
            options.progress(work.report());
        }
        if (state != progress::idle && state != progress::held_up) continue;
        // A sink that holds the job up, or is still sending, wants to be asked again soon; an idle source can wait longer.
        bool const sending = state == progress::held_up || work.sending();
        duration const longest = sending ? std::min<duration>(options.idle_wait, std::chrono::milliseconds(1)) : options.idle_wait;
        timestamp const until = std::clamp(work.next_wake(), now, std::max(now, saturating_add(now, longest)));
        duration const pause = until - now;
        if constexpr (requires { work.source().wait(pause); }) {
            if (!sending) {
                work.source().wait(pause);
                continue;
            }
        }
        if (pause > duration::zero()) std::this_thread::sleep_for(pause);
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
