// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "paired.hpp"

namespace bench {

/// The two sides of a comparison, ready to run; they own the data, which lives as long as they do.
struct sides {
    side ours;
    chosen_variant rival;
    std::uint64_t items = 0;  ///< items a run reads: what "M/s" counts
};

/// A comparison with a rival. The gate is the highest median ratio of time(weir) / time(rival) that passes; 0: it is
/// only reported.
struct comparison {
    std::string name;
    double gate = 0;
    std::function<sides(paired_options const&)> prepare;
    paired_options options{};
};

/// A number without a rival, such as bytes per key. The gate is the highest value that passes; 0: it is only reported.
struct measurement {
    std::string name;
    double gate = 0;
    std::string unit;
    std::function<double()> measure;
    std::string remark;
};

/// What one executable measures. Names are `problem/variation`.
struct suite {
    std::vector<comparison> comparisons;
    std::vector<measurement> measurements;
};

/// Each problem's bench.cpp defines this; harness/main.cpp registers the suite with Google Benchmark and runs it.
suite problems();

}  // namespace bench
