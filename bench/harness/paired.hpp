// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <sched.h>

#include <algorithm>
#include <cstddef>
#include <ctime>
#include <functional>
#include <stdexcept>
#include <string>
#include <vector>

#include "answer.hpp"

namespace bench {

/// One side of a comparison: computes the whole answer afresh, state included, each time it is called.
using side = std::function<answer()>;

/// Which clock judges. Work on one thread is judged by that thread's processor time, which leaves out what the
/// scheduler gave to others meanwhile; work that threads of a library share in is judged by the wall.
enum class time_kind { thread_cpu, wall };

/// How far two answers must agree. `items_only` is for a rival that does a part of the work on purpose.
enum class agreement { whole_answer, items_only };

struct paired_options {
    std::size_t pairs = 7;  ///< at least 7 are run, whatever is asked for
    time_kind time = time_kind::thread_cpu;
    agreement agree = agreement::whole_answer;
    bool pin = true;  ///< threads started by a library inherit the mask, so comparisons that start threads turn it off
};

struct paired_result {
    std::size_t pairs = 0;
    double ratio = 0;         ///< median over the pairs of time(ours) / time(rival)
    double lowest_ratio = 0;  ///< of all pairs, to show the noise
    double highest_ratio = 0;
    double other_ratio = 0;    ///< median by the other clock: the wall, or the whole process's processor time
    double our_seconds = 0;    ///< median
    double rival_seconds = 0;  ///< median
    answer ours;
    answer rival;
};

/// Answers differ: no number that comes from such a run means anything.
struct answers_differ : std::runtime_error {
    using std::runtime_error::runtime_error;
};

inline double median(std::vector<double> values) {
    auto const middle = values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2);
    std::nth_element(values.begin(), middle, values.end());
    if (values.size() % 2 == 1) return *middle;
    return (*middle + *std::max_element(values.begin(), middle)) / 2;
}

/// Keeps the calling thread on one processor while it lives: the last one allowed, since the first serves most
/// interrupts.
class pinned_thread {
public:
    explicit pinned_thread(bool wanted) {
        if (!wanted || sched_getaffinity(0, sizeof before_, &before_) != 0) return;
        for (int cpu = CPU_SETSIZE - 1; cpu >= 0; --cpu) {
            if (!CPU_ISSET(static_cast<std::size_t>(cpu), &before_)) continue;
            cpu_set_t one;
            CPU_ZERO(&one);
            CPU_SET(static_cast<std::size_t>(cpu), &one);
            pinned_ = sched_setaffinity(0, sizeof one, &one) == 0;
            return;
        }
    }
    pinned_thread(pinned_thread const&) = delete;
    pinned_thread& operator=(pinned_thread const&) = delete;
    ~pinned_thread() {
        if (pinned_) sched_setaffinity(0, sizeof before_, &before_);
    }

private:
    cpu_set_t before_{};
    bool pinned_ = false;
};

inline double seconds_on(clockid_t clock) {
    timespec now{};
    clock_gettime(clock, &now);
    return static_cast<double>(now.tv_sec) + 1e-9 * static_cast<double>(now.tv_nsec);
}

/// What a run took by the clock that judges, and by the other one.
struct seconds_spent {
    double judged = 0;
    double other = 0;
};

inline seconds_spent seconds_of(side const& run, time_kind kind, answer& into) {
    bool const by_wall = kind == time_kind::wall;
    clockid_t const judge = by_wall ? CLOCK_MONOTONIC : CLOCK_THREAD_CPUTIME_ID;
    clockid_t const other = by_wall ? CLOCK_PROCESS_CPUTIME_ID : CLOCK_MONOTONIC;
    double const other_before = seconds_on(other);
    double const before = seconds_on(judge);
    into = run();
    double const judged = seconds_on(judge) - before;
    return {judged, seconds_on(other) - other_before};
}

inline std::string in_words(answer const& a) {
    return "items " + std::to_string(a.items) + ", rows " + std::to_string(a.rows) + ", checksum " +
           std::to_string(a.checksum) + ", late " + std::to_string(a.late);
}

inline void require_agreement(answer const& ours, answer const& rival, agreement wanted) {
    bool const agree = wanted == agreement::items_only ? ours.items == rival.items : ours == rival;
    if (!agree) throw answers_differ("answers differ: ours {" + in_words(ours) + "}, rival {" + in_words(rival) + "}");
}

/// Runs ours, rival, ours, rival … after a warm-up of one pair, and compares the answers of every pair.
inline paired_result run_paired(side const& ours, side const& rival, paired_options const& options = {}) {
    pinned_thread const pin(options.pin);
    paired_result result;
    result.pairs = std::max<std::size_t>(options.pairs, 7);
    std::vector<double> our_seconds, rival_seconds, ratios, other_ratios;
    for (std::size_t pair = 0; pair <= result.pairs; ++pair) {
        auto const a = seconds_of(ours, options.time, result.ours);
        auto const b = seconds_of(rival, options.time, result.rival);
        require_agreement(result.ours, result.rival, options.agree);
        if (pair == 0) continue;
        our_seconds.push_back(a.judged);
        rival_seconds.push_back(b.judged);
        ratios.push_back(a.judged / b.judged);
        other_ratios.push_back(a.other / b.other);
    }
    result.ratio = median(ratios);
    result.other_ratio = median(other_ratios);
    result.lowest_ratio = *std::min_element(ratios.begin(), ratios.end());
    result.highest_ratio = *std::max_element(ratios.begin(), ratios.end());
    result.our_seconds = median(our_seconds);
    result.rival_seconds = median(rival_seconds);
    return result;
}

/// One way of writing the rival, under the name that the report shows.
struct variant {
    std::string name;
    side run;
};

struct chosen_variant {
    variant best;
    std::string measured;  ///< every variant with its median time, for the report
};

/// The fastest of several ways to write the rival by hand, so that weir is held against the rival at its best on this
/// machine. All must give the same answer. Runs take turns, `rounds` each after a warm-up; the lowest median wins.
inline chosen_variant fastest_of(std::vector<variant> variants, paired_options const& options, std::size_t rounds = 5) {
    pinned_thread const pin(options.pin);
    std::vector<std::vector<double>> seconds(variants.size());
    answer first;
    for (std::size_t round = 0; round <= rounds; ++round) {
        for (std::size_t at = 0; at < variants.size(); ++at) {
            answer got;
            double const spent = seconds_of(variants[at].run, options.time, got).judged;
            if (round == 0 && at == 0) first = got;
            require_agreement(got, first, agreement::whole_answer);
            if (round > 0) seconds[at].push_back(spent);
        }
    }
    std::size_t best = 0;
    std::string measured;
    for (std::size_t at = 0; at < variants.size(); ++at) {
        if (median(seconds[at]) < median(seconds[best])) best = at;
        if (at > 0) measured += ", ";
        measured += variants[at].name + " " + std::to_string(median(seconds[at]) * 1e3).substr(0, 5) + " ms";
    }
    return {std::move(variants[best]), measured};
}

}  // namespace bench
