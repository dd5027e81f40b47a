// SPDX-License-Identifier: Apache-2.0
#include <weir/base/packed_key.hpp>

#include <catch.hpp>
#include <cstdint>
#include <optional>
#include <oracle/random_stream.hpp>
#include <string>
#include <string_view>
#include <tuple>
#include <vector>

namespace weir_test::base_packed_key {

using visit = std::tuple<std::string_view, std::int64_t, std::string_view>;

static_assert(weir::text_key<std::string_view>);
static_assert(weir::text_key<visit>);
static_assert(weir::text_key<std::tuple<std::optional<int>, std::string_view>>);
static_assert(!weir::text_key<std::tuple<std::optional<std::string_view>, std::string_view>>);  // its text would be borrowed
static_assert(!weir::text_key<std::tuple<char const*, std::string_view>>);
static_assert(!weir::text_key<std::int64_t>);
static_assert(!weir::text_key<std::tuple<int, int>>);
static_assert(sizeof(weir::packed_key<std::string_view>) == 24);
static_assert(sizeof(weir::packed_key<std::tuple<std::string_view, std::string_view>>) == 32);

std::string random_text(dice& roll, std::int64_t longest) {
    std::string text(static_cast<std::size_t>(roll.between(0, longest)), ' ');
    for (char& each : text) each = static_cast<char>(roll.between(-128, 127));
    return text;
}

TEST_CASE("a packed key is the key that it was made of and no other, whatever its texts' lengths") {
    dice roll(1);
    weir::arena names;
    for (int round = 0; round < 20'000; ++round) {
        std::int64_t const longest = roll.between(0, 3) == 0 ? 60 : 14;
        std::string first = random_text(roll, longest);
        std::string second = random_text(roll, longest);
        visit const key(first, roll.between(-3, 3), second);
        weir::packed_key<visit> const packed(key, names);
        REQUIRE(packed == key);
        REQUIRE(visit(packed) == key);

        // One byte, one length, the number, or the border between the texts.
        std::string other_first = first;
        std::string other_second = second;
        visit other = key;
        switch (roll.between(0, 4)) {
            case 0:
                if (!other_first.empty()) other_first[static_cast<std::size_t>(roll.between(0, 1 << 20)) % first.size()] ^= 1;
                break;
            case 1:
                if (!other_second.empty()) other_second[static_cast<std::size_t>(roll.between(0, 1 << 20)) % second.size()] ^= 64;
                break;
            case 2: other_second += 'x'; break;
            case 3: std::get<1>(other) += 1; break;
            default:
                other_first += other_second.substr(0, 1);
                other_second.erase(0, 1);
        }
        std::get<0>(other) = other_first;
        std::get<2>(other) = other_second;
        REQUIRE((packed == other) == (other == key));

        // Nothing of it is borrowed from the key.
        std::string const kept_first = first;
        std::string const kept_second = second;
        first.assign(first.size(), '#');
        second.assign(second.size(), '#');
        REQUIRE(std::get<0>(visit(packed)) == kept_first);
        REQUIRE(std::get<2>(visit(packed)) == kept_second);
    }
}

TEST_CASE("texts that fit into a packed key ask the arena for nothing") {
    weir::arena names;
    std::string const text(weir::packed_key<std::string_view>::room, 'a');
    CHECK(weir::packed_key<std::string_view>(text, names) == std::string_view(text));
    CHECK(names.capacity() == 0);
    std::string const longer = text + 'b';
    CHECK(weir::packed_key<std::string_view>(longer, names) == std::string_view(longer));
    CHECK(names.capacity() > 0);
}

}  // namespace weir_test::base_packed_key
