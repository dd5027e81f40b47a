// SPDX-License-Identifier: Apache-2.0
#include <weir/base/dense_table.hpp>

#include <catch.hpp>
#include <cstdint>
#include <map>
#include <oracle/random_stream.hpp>
#include <support/first_seen_order.hpp>
#include <vector>

namespace weir_test::base_dense_table {

/// Counts keys in a table and in the standard library's map; they must agree, in first-seen order, round after round.
template <class Key, class NextKey>
void compare_with_map(dice& roll, NextKey next_key) {
    weir::dense_table<Key, std::uint64_t> table;
    weir::arena unused;
    auto entrance = table.enter();
    for (int round = 0; round < 4; ++round) {
        std::map<Key, std::uint64_t> oracle;
        std::vector<Key> order;
        std::int64_t const steps = roll.between(1, 3000);
        for (std::int64_t i = 0; i < steps; ++i) {
            Key const key = next_key();
            if (++oracle[key] == 1) order.push_back(key);
            auto const make = [&] {
                if (table.grew()) entrance = table.enter();
                return std::uint64_t{0};
            };
            std::uint64_t const hash = table.hash(key);
            if (roll.once_in(3)) ++table.find_or_insert(key, hash, unused, make).state;
            else if (roll.once_in(2)) ++table.find_or_insert(entrance, key, hash, unused, make).state;
            else ++table.find_or_insert(table.approach(entrance, key, hash), key, unused, make).state;
        }
        REQUIRE(holds(table, order, oracle));
        table.clear();
        REQUIRE(table.size() == 0);
        table.for_each([](auto const&) { FAIL("a cleared table is empty"); });
    }
}

TEST_CASE("a dense_table is a map in first-seen order, for every value of a key of one or two bytes") {
    for (std::uint64_t seed = 1; seed <= 40; ++seed) {
        INFO("seed " << seed);
        dice roll(seed);
        compare_with_map<bool>(roll, [&] { return roll.once_in(2); });
        compare_with_map<std::uint8_t>(roll, [&] { return static_cast<std::uint8_t>(roll.between(0, 255)); });
        compare_with_map<std::int8_t>(roll, [&] { return static_cast<std::int8_t>(roll.between(-128, 127)); });
        std::int64_t const limit = std::int64_t{1} << roll.between(1, 16);
        compare_with_map<std::uint16_t>(roll, [&] { return static_cast<std::uint16_t>(roll.between(0, limit - 1)); });
        compare_with_map<std::int16_t>(roll, [&] { return static_cast<std::int16_t>(roll.between(-32768, 32767)); });
    }
}

enum class device : std::uint8_t { phone, desktop };

TEST_CASE("a dense_table takes enums of a fixed type; it has as many slots as the greatest key asks for") {
    weir::dense_table<device, std::uint64_t> devices;
    weir::arena unused;
    auto const zero = [] { return std::uint64_t{0}; };
    for (int i = 255; i >= 0; --i) devices.find_or_insert(static_cast<device>(i), 0, unused, zero).state = 1;
    CHECK(devices.size() == 256);
    CHECK_FALSE(devices.large());

    weir::dense_table<std::uint16_t, std::uint64_t> statuses;
    for (std::uint16_t status : std::initializer_list<std::uint16_t>{200, 404, 503}) ++statuses.find_or_insert(status, 0, unused, zero).state;
    CHECK(statuses.enter().count == 512);
    CHECK(statuses.memory() < 20'000);
    CHECK(statuses.grew());
    CHECK_FALSE(statuses.grew());
}

}  // namespace weir_test::base_dense_table
