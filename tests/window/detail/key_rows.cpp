// SPDX-License-Identifier: Apache-2.0
#include <weir/window/detail/key_rows.hpp>

#include <catch.hpp>
#include <cstdint>
#include <map>
#include <oracle/random_stream.hpp>
#include <utility>
#include <vector>

namespace weir_test::window_detail_key_rows {

TEST_CASE("keys get rows from 1 on in their order, and what is kept moves up, whatever lies between the keys") {
    for (std::uint64_t seed = 1; seed <= 60; ++seed) {
        dice roll(seed);
        weir::detail::key_rows<std::uint64_t> rows;
        std::vector<std::uint64_t> oracle;  // by row, from 0 on
        std::map<std::uint64_t, std::uint32_t> row_of;
        std::uint64_t const stride = std::uint64_t{1} << (seed % 5 * 10);
        std::uint64_t newest = static_cast<std::uint64_t>(roll.between(0, 3)) * 0x7fff'ffff'ffff;
        for (int round = 0; round < 12; ++round) {
            for (std::int64_t more = roll.between(0, seed % 7 == 0 ? 9000 : 400); more > 0; --more) {
                std::uint64_t const key = (newest -= static_cast<std::uint64_t>(roll.between(-1, 2))) * stride;
                auto const known = row_of.find(key);
                auto const wanted = known == row_of.end() ? static_cast<std::uint32_t>(oracle.size() + 1) : known->second;
                std::uint32_t const likely = rows.likely_row(key);
                if (known == row_of.end()) {
                    REQUIRE(likely == rows.none);
                    oracle.push_back(key);
                    row_of[key] = wanted;
                } else if (likely != rows.none) REQUIRE(likely == wanted);
                REQUIRE(rows.find_or_insert(key) == wanted);
            }
            REQUIRE(rows.end() == oracle.size() + 1);
            REQUIRE(rows.room() >= rows.end());
            for (std::uint32_t row = 1; row < rows.end(); ++row) REQUIRE(rows.key(row) == oracle[row - 1]);
            if (roll.once_in(2)) continue;

            std::int64_t const of = roll.between(1, 30);
            std::vector<std::uint32_t> moved(oracle.size() + 2, 0);
            std::vector<std::uint64_t> kept;
            std::vector<bool> stays;
            for (std::size_t row = 1; row <= oracle.size(); ++row) {
                stays.push_back(roll.once_in(of));
                if (!stays.back()) continue;
                moved[row] = 1;
                kept.push_back(oracle[row - 1]);
            }
            rows.keep(moved.data());
            row_of.clear();
            std::uint32_t next = 1;
            for (std::size_t row = 1; row <= oracle.size(); ++row) {
                REQUIRE(moved[row] == next);
                if (stays[row - 1]) row_of[oracle[row - 1]] = next++;
            }
            REQUIRE(moved[oracle.size() + 1] == next);
            oracle = std::move(kept);
        }
    }
}

TEST_CASE("keys of every integer type have rows, also the one that unused memory holds") {
    weir::detail::key_rows<std::int32_t> rows;
    for (std::int32_t const key : {0, -1, 1, INT32_MIN, INT32_MAX}) {
        CHECK(rows.likely_row(key) == rows.none);
        std::uint32_t const row = rows.find_or_insert(key);
        CHECK(rows.find_or_insert(key) == row);
        CHECK(rows.key(row) == key);
    }
}

TEST_CASE("keys that are numbers given out one after the other, or far apart, are nearly all found at the first look") {
    for (std::uint64_t const stride : std::vector<std::uint64_t>{1, 2, 8, 100, 1024, 4096, 1 << 20, 1'000'003}) {
        weir::detail::key_rows<std::uint64_t> rows;
        constexpr std::uint64_t keys = 100'000;
        for (std::uint64_t i = 0; i < keys; ++i) (void)rows.find_or_insert(i * stride);
        std::uint64_t at_once = 0;
        for (std::uint64_t i = 0; i < keys; ++i) at_once += rows.likely_row(i * stride) != rows.none ? 1U : 0U;
        CAPTURE(stride);
        CHECK(at_once > keys * 3 / 4);
    }
}

TEST_CASE("memory goes back when few keys are left") {
    weir::detail::key_rows<std::uint64_t> rows;
    for (std::uint64_t key = 0; key < 1'000'000; ++key) (void)rows.find_or_insert(key);
    CHECK(rows.memory() > 8'000'000);
    for (int times = 0; times < 10; ++times) {
        std::vector<std::uint32_t> moved(rows.end() + 1, 0);
        moved[1] = 1;
        rows.keep(moved.data());
        for (std::uint64_t key = 1; key < 10; ++key) (void)rows.find_or_insert(key);
    }
    CHECK(rows.memory() < 100'000);
    CHECK(rows.end() == 11);
    CHECK(rows.find_or_insert(0) == 1);
    CHECK(rows.find_or_insert(9) == 10);
    CHECK(rows.find_or_insert(10) == 11);
}

}  // namespace weir_test::window_detail_key_rows
