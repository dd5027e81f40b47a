// SPDX-License-Identifier: Apache-2.0
#include <weir/base/fixed_string.hpp>

#include <catch.hpp>
#include <cstring>
#include <string>
#include <type_traits>

namespace weir_test::base_fixed_string {

using weir::fixed_string;

template <fixed_string Name>
struct named {
    static constexpr std::string_view name = Name.view();
};

static_assert(std::is_same_v<decltype(fixed_string("clicks")), fixed_string<7>>);
static_assert(named<"clicks">::name == "clicks");
static_assert(std::is_same_v<named<"clicks">, named<"clicks">>);
static_assert(!std::is_same_v<named<"clicks">, named<"click">>);
static_assert(!std::is_same_v<named<"clicks">, named<"Clicks">>);
static_assert(named<"">::name.empty());
static_assert(fixed_string("").empty() && fixed_string("").size() == 0 && !fixed_string(" ").empty());
static_assert(fixed_string("clicks").size() == 6);
static_assert(fixed_string("a\0b").view() == std::string_view("a\0b", 3), "a zero inside belongs to the text");

static_assert(fixed_string("abc") == fixed_string("abc"));
static_assert(fixed_string("abc") != fixed_string("abd"));
static_assert(fixed_string("abc") != fixed_string("abcd"));
static_assert(fixed_string("abc") < fixed_string("abcd") && fixed_string("b") > fixed_string("abcd"));
static_assert(fixed_string("abc") == "abc" && "abc" == fixed_string("abc") && fixed_string("abc") < "abd");

consteval auto joined_by_hand() {
    char characters[4]{};
    for (int i = 0; i < 3; ++i) characters[i] = static_cast<char>('x' + i);
    return fixed_string(characters);
}
static_assert(std::is_same_v<named<joined_by_hand()>, named<"xyz">>);

TEST_CASE("fixed_string gives its text to C as well") {
    CHECK(std::strlen(fixed_string("clicks").c_str()) == 6);
    CHECK(std::string(fixed_string("clicks").c_str()) == "clicks");
}

TEST_CASE("fixed_string as a template argument lives as long as the program") {
    std::string_view const first = named<"clicks">::name;
    std::string_view const second = named<"clicks">::name;
    CHECK(first == "clicks");
    CHECK(first.data() == second.data());
}

}  // namespace weir_test::base_fixed_string
