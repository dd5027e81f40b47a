// SPDX-License-Identifier: Apache-2.0
#include <weir/window/detail/reorder_buffer.hpp>

#include <algorithm>
#include <catch.hpp>
#include <cstdint>
#include <oracle/random_stream.hpp>
#include <utility>
#include <vector>
#include <weir/window/detail/held_epochs.hpp>

namespace weir_test::window_detail_reorder_buffer {

weir::timestamp at(std::int64_t micros) { return weir::timestamp(weir::duration(micros)); }

TEST_CASE("things leave in the order of their times, and those of one time in the order in which they came") {
    for (std::uint64_t seed = 1; seed <= 200; ++seed) {
        dice roll(seed);
        weir::detail::reorder_buffer<int> buffer;
        std::vector<std::pair<weir::timestamp, int>> oracle;
        std::int64_t const disorder = roll.once_in(4) ? 0 : roll.between(0, 50);
        std::int64_t cursor = -100;
        int came = 0;
        for (int step = 0; step < 600; ++step) {
            if (roll.once_in(2)) {
                cursor += roll.between(0, 3);
                weir::timestamp const time = at(cursor - roll.between(0, disorder));
                buffer.push(time, came);
                auto const behind = std::upper_bound(oracle.begin(), oracle.end(), time,
                                                     [](weir::timestamp t, auto const& each) { return t < each.first; });
                oracle.insert(behind, {time, came++});
            } else if (!oracle.empty()) {
                REQUIRE(buffer.next_time() == oracle.front().first);
                REQUIRE(buffer.pop() == oracle.front().second);
                oracle.erase(oracle.begin());
            }
            REQUIRE(buffer.size() == oracle.size());
            REQUIRE(buffer.empty() == oracle.empty());
            if (!roll.once_in(20)) continue;
            std::vector<std::pair<weir::timestamp, int>> seen;
            buffer.for_each([&](weir::timestamp time, int value) { seen.emplace_back(time, value); });
            REQUIRE(seen == oracle);
        }
    }
}

TEST_CASE("the oldest poll that is needed is never said to be younger than it is, and is exact where polls come in order") {
    for (std::uint64_t seed = 1; seed <= 300; ++seed) {
        dice roll(seed);
        weir::detail::held_epochs held;
        std::vector<std::pair<std::uint64_t, weir::timestamp>> oracle;
        bool const in_order = roll.once_in(2);
        std::uint64_t epoch = 1;
        std::int64_t passed = 0;
        for (int step = 0; step < 300; ++step) {
            if (roll.once_in(3)) ++epoch;
            std::uint64_t const of = in_order || roll.once_in(2) ? epoch : static_cast<std::uint64_t>(roll.between(1, static_cast<std::int64_t>(epoch)));
            weir::timestamp const time = at(passed + roll.between(1, 30));
            held.note(of, time);
            oracle.emplace_back(of, time);
            if (roll.once_in(3)) {
                passed += roll.between(0, 10);
                held.trim(at(passed));
                std::erase_if(oracle, [&](auto const& each) { return each.second <= at(passed); });
            }
            std::uint64_t oldest = ~std::uint64_t{0};
            for (auto const& each : oracle) oldest = std::min(oldest, each.first);
            if (in_order) REQUIRE(held.oldest() == oldest);
            else REQUIRE(held.oldest() <= oldest);
        }
        held.trim(weir::end_of_time);
        REQUIRE(held.oldest() == ~std::uint64_t{0});
    }
}

}  // namespace weir_test::window_detail_reorder_buffer
