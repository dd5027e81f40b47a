// SPDX-License-Identifier: Apache-2.0
#include <weir/window/detail/epoch_counts.hpp>

#include <algorithm>
#include <catch.hpp>
#include <cstdint>
#include <map>
#include <oracle/random_stream.hpp>
#include <weir/pipeline/stage.hpp>

namespace weir_test::window_detail_epoch_counts {

/// Things of polls come and go: up to `skipped` polls in a row hold nothing, and one thing in `old_one_in` is of an earlier poll.
void check(std::uint64_t seed, std::int64_t skipped, std::int64_t old_one_in) {
    dice roll(seed);
    weir::detail::epoch_counts counts;
    std::map<std::uint64_t, std::uint64_t> held;
    std::uint64_t epoch = 0, newest = 0;
    auto const pick = [&] {
        auto const first = held.begin()->first, last = held.rbegin()->first;
        auto const found = held.lower_bound(first + static_cast<std::uint64_t>(roll.between(0, static_cast<std::int64_t>(last - first))));
        return found->first;
    };
    for (int round = 0; round < 2000; ++round) {
        if (roll.once_in(3)) epoch += static_cast<std::uint64_t>(1 + roll.between(0, skipped));
        bool const grows = roll.once_in(2) || held.empty();
        std::uint64_t const of = grows && (held.empty() || !roll.once_in(old_one_in)) ? epoch : pick();
        if (grows) {
            counts.add(of);
            ++held[of];
            newest = std::max(newest, of);
        } else if (roll.once_in(4)) {
            std::uint64_t const to = pick();
            counts.move(of, to);
            ++held[to];
            if (--held[of] == 0) held.erase(of);
        } else {
            counts.remove(of);
            if (--held[of] == 0) held.erase(of);
        }
        INFO("seed " << seed << ", round " << round);
        REQUIRE(counts.oldest() == (held.empty() ? weir::nothing_held : held.begin()->first));
        REQUIRE(counts.newest() == newest);
        REQUIRE(counts.size() <= 2 * held.size() + 65);
    }
}

TEST_CASE("the oldest poll of which something is held is that of a map, whether polls that hold nothing are many or none") {
    for (std::uint64_t seed = 1; seed <= 50; ++seed) {
        check(seed, 0, 1'000'000);
        check(seed, 0, 3);
        check(seed, 5, 3);
    }
}

}  // namespace weir_test::window_detail_epoch_counts
