// SPDX-License-Identifier: Apache-2.0
#include <weir/base/hash.hpp>

#include <catch.hpp>
#include <chrono>
#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <string_view>
#include <tuple>
#include <unordered_set>

namespace weir_test::base_hash {

TEST_CASE("bytes: texts of every length, at every place in memory, hash by their content") {
    std::string buffer(200, '.');
    for (std::size_t length = 0; length <= 100; ++length) {
        std::string text;
        for (std::size_t i = 0; i < length; ++i) text += static_cast<char>('a' + (i * 7) % 26);
        std::uint64_t const wanted = weir::hash_bytes(text, 42);
        for (std::size_t place = 0; place < 9; ++place) {
            buffer.replace(place, length, text);
            REQUIRE(weir::hash_bytes(std::string_view(buffer).substr(place, length), 42) == wanted);
        }
        for (std::size_t i = 0; i < length; ++i) {  // every byte counts
            std::string other = text;
            other[i] = static_cast<char>(other[i] ^ 1);
            REQUIRE(weir::hash_bytes(other, 42) != wanted);
        }
        REQUIRE(weir::hash_bytes(text + "a", 42) != wanted);
        REQUIRE(weir::hash_bytes(text, 43) != wanted);
    }
    CHECK(weir::hash_bytes({}, 1) == weir::hash_bytes(std::string_view("x").substr(1), 1));
}

TEST_CASE("hashes of like keys do not crowd: the highest bits, which choose the slot, are spread") {
    for (std::uint64_t const seed : {std::uint64_t{0}, std::uint64_t{1}, weir::process_seed}) {
        for (int const step : {1, 2, 64, 1000, 4096, 65536}) {
            std::unordered_set<std::uint64_t> slots;
            std::unordered_set<std::uint64_t> text_slots;
            for (int i = 0; i < 4096; ++i) {
                slots.insert(weir::hash_key(static_cast<std::uint64_t>(i) * static_cast<std::uint64_t>(step), seed) >>
                             52);
                text_slots.insert(weir::hash_bytes("user-" + std::to_string(i * step), seed) >> 52);
            }
            // 4096 keys in 4096 slots: at random 63 of 100 slots are hit.
            INFO("seed " << seed << ", step " << step);
            CHECK(slots.size() > 1200);
            CHECK(text_slots.size() > 2400);
        }
    }
}

TEST_CASE("equal keys have equal hashes: texts however held, both zeros, optionals, times, durations, tuples") {
    using weir::hash_key;
    CHECK(hash_key(std::string("ab"), 5) == hash_key(std::string_view("ab"), 5));
    CHECK(hash_key(-0.0, 5) == hash_key(0.0, 5));
    CHECK(hash_key(std::numeric_limits<double>::quiet_NaN(), 5) == hash_key(-std::numeric_limits<float>::quiet_NaN(), 5));
    CHECK(weir::same_key(std::numeric_limits<double>::quiet_NaN(), -std::numeric_limits<double>::quiet_NaN()));
    CHECK_FALSE(weir::same_key(std::numeric_limits<double>::quiet_NaN(), 0.0));
    CHECK(hash_key(std::optional<int>(3), 5) == hash_key(3, 5));
    CHECK(hash_key(std::optional<int>(), 5) != hash_key(std::optional<int>(0), 5));
    std::chrono::sys_time<std::chrono::microseconds> const time(std::chrono::microseconds(7));
    CHECK(hash_key(time, 5) == hash_key(std::int64_t{7}, 5));
    CHECK(hash_key(std::chrono::seconds(7), 5) == hash_key(std::int64_t{7}, 5));
    CHECK(hash_key(std::tuple(1, std::string_view("a")), 5) == hash_key(std::tuple(1, std::string_view("a")), 5));
    CHECK(hash_key(std::tuple(1, 2), 5) != hash_key(std::tuple(2, 1), 5));
    CHECK(hash_key(std::tuple(std::string_view("ab"), std::string_view("c")), 5) !=
          hash_key(std::tuple(std::string_view("a"), std::string_view("bc")), 5));
}

TEST_CASE("the process's seed is the same all the time") {
    CHECK(weir::process_seed == weir::process_seed);
    CHECK(weir::process_seed != 0);
}

TEST_CASE("texts of every length are the same only when every byte is, wherever they lie") {
    for (std::size_t length = 0; length <= 80; ++length) {
        std::string const text(length, 'x');
        std::string const elsewhere = "." + text;
        REQUIRE(weir::same_bytes(text, std::string_view(elsewhere).substr(1)));
        REQUIRE_FALSE(weir::same_bytes(text, elsewhere));
        for (std::size_t at = 0; at < length; ++at) {
            std::string other = text;
            other[at] = 'y';
            REQUIRE_FALSE(weir::same_bytes(text, other));
        }
    }
}

TEST_CASE("keys are the same when all their parts are") {
    using key = std::tuple<std::string_view, int, std::optional<std::string_view>>;
    std::string const page = "/cart", copy = page;
    CHECK(weir::same_key(key(page, 1, "DE"), key(copy, 1, "DE")));
    CHECK_FALSE(weir::same_key(key(page, 1, "DE"), key(copy, 2, "DE")));
    CHECK_FALSE(weir::same_key(key(page, 1, "DE"), key(copy, 1, std::nullopt)));
    CHECK_FALSE(weir::same_key(key(page, 1, "DE"), key("/", 1, "DE")));
}

}  // namespace weir_test::base_hash
