// SPDX-License-Identifier: Apache-2.0
// Problem: what does a key cost? A million 64-bit keys, each with a count, in an open window.

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
    return all;
}

}  // namespace bench
