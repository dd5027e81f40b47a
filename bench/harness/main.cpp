// SPDX-License-Identifier: Apache-2.0
//
// Google Benchmark gives the command line, the filter and the JSON. The runs themselves are driven by run_paired,
// because a gate on a ratio needs the two sides interleaved on a noisy machine, and Google Benchmark runs one after
// the other. So a benchmark here is one iteration with a manual time (the median run of weir's side), and the
// comparison is in its counters: ratio, weir_Mps, rival_Mps.
//
// Options besides Google Benchmark's: --table=FILE appends a tab-separated row a problem; --pairs=N (at least 7);
// --attempts=N (default 3): a problem over its gate is measured again, and the row says which attempt it shows.

#include <benchmark/benchmark.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <exception>
#include <fstream>
#include <iostream>
#include <string>
#include <string_view>

#include "suite.hpp"

namespace {

struct settings {
    std::string table;
    std::size_t pairs = 7;
    std::size_t attempts = 3;
};

struct outcome {
    bool failed = false;
    std::string rows;  ///< problem, weir, rival, ratio, gate, verdict, remark: tab-separated
};

std::string number(double value, char const* format) {
    char text[32];
    std::snprintf(text, sizeof text, format, value);
    return text;
}

void add_row(outcome& into, std::string const& name, std::string const& ours, std::string const& rival,
             std::string const& ratio, std::string const& gate, bool passed, std::string const& remark) {
    into.failed = into.failed || !passed;
    into.rows += name + '\t' + ours + '\t' + rival + '\t' + ratio + '\t' + gate + '\t' + (passed ? "pass" : "FAIL") +
                 '\t' + remark + '\n';
}

void run_comparison(benchmark::State& state, bench::comparison const& wanted, settings const& set, outcome& into) {
    bool const gated = wanted.gate > 0;
    std::string const gate = gated ? number(wanted.gate, "%.2f") : "-";
    auto options = wanted.options;
    options.pairs = set.pairs;
    bench::paired_result best;
    std::size_t shown = 0;
    bench::sides prepared;
    for ([[maybe_unused]] auto iteration : state) {
        try {
            prepared = wanted.prepare(options);
            for (std::size_t attempt = 1; attempt <= set.attempts; ++attempt) {
                auto const result = bench::run_paired(prepared.ours, prepared.rival.best.run, options);
                if (shown == 0 || result.ratio < best.ratio) {
                    best = result;
                    shown = attempt;
                }
                if (!gated || best.ratio <= wanted.gate) break;
            }
        } catch (std::exception const& error) {
            add_row(into, wanted.name, "-", "-", "-", gate, false, error.what());
            state.SkipWithError(error.what());
            return;
        }
        state.SetIterationTime(best.our_seconds);
    }
    auto const millions = static_cast<double>(prepared.items) / 1e6;
    state.counters["ratio"] = best.ratio;
    state.counters["gate"] = wanted.gate;
    state.counters["weir_Mps"] = millions / best.our_seconds;
    state.counters["rival_Mps"] = millions / best.rival_seconds;
    state.SetLabel(prepared.rival.measured);
    std::string const remark =
        "median of " + std::to_string(best.pairs) + " pairs, attempt " + std::to_string(shown) + ", pairs " +
        number(best.lowest_ratio, "%.2f") + " to " + number(best.highest_ratio, "%.2f") +
        (wanted.options.time == bench::time_kind::wall ? ", by processor time " : ", by the wall ") +
        number(best.other_ratio, "%.2f") + "; rival: " + prepared.rival.best.name;
    add_row(into, wanted.name, number(millions / best.our_seconds, "%.1f M/s"),
            number(millions / best.rival_seconds, "%.1f M/s"), number(best.ratio, "%.3f"), gate,
            !gated || best.ratio <= wanted.gate, remark);
}

void run_measurement(benchmark::State& state, bench::measurement const& wanted, outcome& into) {
    double value = 0;
    for ([[maybe_unused]] auto iteration : state) {
        try {
            value = wanted.measure();
        } catch (std::exception const& error) {
            add_row(into, wanted.name, "-", "-", "-", number(wanted.gate, "%g"), false, error.what());
            state.SkipWithError(error.what());
            return;
        }
        state.SetIterationTime(1e-9);
    }
    state.counters[wanted.unit] = value;
    bool const gated = wanted.gate > 0;
    add_row(into, wanted.name, number(value, "%.1f ") + wanted.unit, "-", "-", gated ? number(wanted.gate, "%g") : "-",
            !gated || value <= wanted.gate, wanted.remark);
}

bool take(std::string_view argument, std::string_view option, std::string& value) {
    if (!argument.starts_with(option)) return false;
    value = argument.substr(option.size());
    return true;
}

settings take_settings(int& argc, char** argv) {
    settings set;
    int kept = 1;
    for (int at = 1; at < argc; ++at) {
        std::string value;
        if (take(argv[at], "--table=", value)) set.table = value;
        else if (take(argv[at], "--pairs=", value)) set.pairs = std::strtoull(value.c_str(), nullptr, 10);
        else if (take(argv[at], "--attempts=", value))
            set.attempts = std::max<std::size_t>(1, std::strtoull(value.c_str(), nullptr, 10));
        else argv[kept++] = argv[at];
    }
    argc = kept;
    return set;
}

}  // namespace

int main(int argc, char** argv) {
    auto const set = take_settings(argc, argv);
    benchmark::Initialize(&argc, argv);
    if (benchmark::ReportUnrecognizedArguments(argc, argv)) return 2;
    auto const suite = bench::problems();
    outcome all;
    for (auto const& each : suite.comparisons)
        benchmark::RegisterBenchmark(each.name.c_str(), [&](benchmark::State& s) { run_comparison(s, each, set, all); })
            ->Iterations(1)
            ->UseManualTime()
            ->Unit(benchmark::kMillisecond);
    for (auto const& each : suite.measurements)
        benchmark::RegisterBenchmark(each.name.c_str(), [&](benchmark::State& s) { run_measurement(s, each, all); })
            ->Iterations(1)
            ->UseManualTime();
    benchmark::RunSpecifiedBenchmarks();
    benchmark::Shutdown();
    if (set.table.empty()) std::cout << '\n' << all.rows;
    else std::ofstream(set.table, std::ios::app) << all.rows;
    return all.failed ? 1 : 0;
}
