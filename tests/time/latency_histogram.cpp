// SPDX-License-Identifier: Apache-2.0
#include <weir/time/latency_histogram.hpp>

#include <algorithm>
#include <catch.hpp>
#include <chrono>
#include <cstdint>
#include <random>
#include <vector>

namespace weir_test::time_latency_histogram {

using namespace std::chrono_literals;
using weir::latency_histogram;

TEST_CASE("a duration falls into the first bucket whose bound it does not exceed") {
    latency_histogram seen;
    for (weir::duration const bound : latency_histogram::bounds) {
        seen.note(bound);
        seen.note(bound + 1us);
    }
    CHECK(seen.in_bucket(0) == 1);
    for (std::size_t bucket = 1; bucket + 1 < latency_histogram::size; ++bucket) CHECK(seen.in_bucket(bucket) == 2);
    CHECK(seen.in_bucket(latency_histogram::size - 1) == 1);
    CHECK(seen.count() == 2 * (latency_histogram::size - 1));
}

TEST_CASE("a histogram counts a clock that was set back as nothing, and holds a sum that is too large") {
    latency_histogram seen;
    seen.note(-5s);
    CHECK(seen.in_bucket(0) == 1);
    CHECK(seen.sum() == 0s);
    seen.note(weir::duration::max());
    seen.note(weir::duration::max());
    CHECK(seen.sum() == weir::duration::max());
    CHECK(seen.count() == 3);
}

TEST_CASE("two histograms merge into that of all their durations, as counted one by one") {
    std::mt19937_64 random(7);
    latency_histogram whole, one, other;
    std::vector<weir::duration> all;
    for (int i = 0; i < 2000; ++i) {
        weir::duration const took(static_cast<std::int64_t>(random() >> (24 + random() % 40)));
        all.push_back(took);
        whole.note(took);
        (i % 3 == 0 ? one : other).note(took);
    }
    one.merge(other);
    weir::duration sum{};
    for (weir::duration const took : all) sum += took;
    CHECK(one.sum() == sum);
    CHECK(whole.sum() == sum);
    std::uint64_t below = 0;
    for (std::size_t bucket = 0; bucket < latency_histogram::size; ++bucket) {
        below += one.in_bucket(bucket);
        CHECK(one.in_bucket(bucket) == whole.in_bucket(bucket));
        if (bucket + 1 == latency_histogram::size) break;
        auto const within = std::count_if(all.begin(), all.end(),
                                          [&](weir::duration took) { return took <= latency_histogram::bounds[bucket]; });
        CHECK(below == static_cast<std::uint64_t>(within));
    }
}

}  // namespace weir_test::time_latency_histogram
