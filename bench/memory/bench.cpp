// SPDX-License-Identifier: Apache-2.0
// Problem: what does a key cost? A million 64-bit keys, each with a count, in an open window. And
// what does it cost in windows that overlap?

#include "../harness/suite.hpp"
#include "weir.hpp"

namespace bench {

suite problems() {
    constexpr std::uint64_t keys = 1'000'000;
    suite all;
    all.measurements.push_back({"memory/count_of_1000000_keys", 64, "bytes/key",
                                [] { return static_cast<double>(memory::count_keys(keys).live) / keys; },
                                "whole job, window open; aim 48"});
    all.measurements.push_back({"memory/count_of_1000000_keys_peak", 0, "bytes/key",
                                [] { return static_cast<double>(memory::count_keys(keys).peak) / keys; },
                                "the most while the table grew; no gate"});
    all.measurements.push_back({"memory/hopping_60_windows_of_100000_keys_peak", 1.5, "x",
                                [] { return memory::peak_of_hopping_windows(100'000, 60); },
                                "of what must be held: a key and a count for each key and pane"});
    return all;
}

}  // namespace bench
