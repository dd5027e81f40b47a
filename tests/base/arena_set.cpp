// SPDX-License-Identifier: Apache-2.0
#include <weir/base/arena_set.hpp>

#include <catch.hpp>
#include <algorithm>
#include <cstdint>
#include <oracle/random_stream.hpp>
#include <string>
#include <string_view>
#include <unordered_set>
#include <vector>

namespace weir_test::base_arena_set {

TEST_CASE("an arena_set holds each value once, in first-seen order: numbers against the standard library's set") {
    for (std::uint64_t seed = 1; seed <= 200; ++seed) {
        dice roll(seed);
        weir::arena memory;
        weir::arena_set<std::uint64_t> set;
        std::unordered_set<std::uint64_t> oracle;
        std::vector<std::uint64_t> order;
        std::int64_t const range = roll.between(1, std::int64_t{1} << roll.between(1, 40));
        std::int64_t const inserts = roll.once_in(5) ? 2000 : roll.between(0, 40);
        for (std::int64_t i = 0; i < inserts; ++i) {
            auto const value = static_cast<std::uint64_t>(roll.between(0, range)) * 0x100000001;
            bool const fresh = oracle.insert(value).second;
            if (fresh) order.push_back(value);
            INFO("seed " << seed << ", insert " << i);
            REQUIRE(set.insert(value, memory) == fresh);
            REQUIRE(set.size() == order.size());
        }
        REQUIRE(std::vector<std::uint64_t>(set.values().begin(), set.values().end()) == order);
    }
}

TEST_CASE("an arena_set copies texts into its arena") {
    weir::arena memory;
    weir::arena_set<std::string_view> set;
    std::vector<std::string> order;
    for (int i = 0; i < 500; ++i) {
        std::string text = i == 7 ? "" : "user-" + std::to_string(i * i % 301);
        bool const fresh = std::find(order.begin(), order.end(), text) == order.end();
        REQUIRE(set.insert(text, memory) == fresh);
        if (fresh) order.push_back(text);
        text.assign(text.size(), '#');
    }
    REQUIRE(set.size() == order.size());
    for (std::size_t i = 0; i < order.size(); ++i) REQUIRE(set.values()[i] == order[i]);
}

TEST_CASE("an arena_set takes bytes and negative zero as their equals say") {
    weir::arena memory;
    weir::arena_set<std::uint8_t> bytes;
    for (int i = 0; i < 512; ++i) CHECK(bytes.insert(static_cast<std::uint8_t>(i), memory) == (i < 256));
    weir::arena_set<double> numbers;
    for (int i = 0; i < 20; ++i) numbers.insert(i, memory);
    CHECK_FALSE(numbers.insert(-0.0, memory));
    CHECK(numbers.size() == 20);
}

TEST_CASE("an arena_set wastes at most as much again as it holds") {
    weir::arena memory;
    weir::arena_set<std::uint64_t> set;
    for (std::uint64_t i = 0; i < 100'000; ++i) set.insert(i, memory);
    // Values 8 bytes in a list filled by half or more, index 4 bytes filled by a quarter or more, all of it once more.
    CHECK(memory.capacity() < 100'000u * 2 * (2 * 8 + 4 * 4) + (std::size_t{1} << 20));
}

}  // namespace weir_test::base_arena_set
