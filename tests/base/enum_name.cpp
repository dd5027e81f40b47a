// SPDX-License-Identifier: Apache-2.0
#include <weir/base/enum_name.hpp>

#include <catch.hpp>
#include <cstdint>
#include <cstring>
#include <string>
#include <weir/base/fixed_string.hpp>

namespace weir_test::base_enum_name {

enum class colour { red, green, blue };
enum class with_gaps : std::uint8_t { one = 1, two, five = 5, far = 100, beyond = 200 };
enum class below_zero : std::int8_t { far = -100, minus_one = -1, zero, most = 127 };
enum class twice { first, second, also_first = first };
enum class none {};
enum class lies : bool { no, yes };
enum class letter : char { a = 'a', b = 'b' };
enum class wide : std::uint64_t { zero, ninety_nine = 99, huge = ~std::uint64_t{0} };
enum class signed_wide : std::int64_t { lowest = INT64_MIN, zero = 0 };
enum class http_status { ok = 200, not_found = 404, last = 599, outside = 600 };
enum class around_tens { a = -1, b = 9, c = 10, d = 99, e, f = 127 };
enum class on_both_sides { a = -1000, b = -101, c = -100, d = -99, e = -10, f = -9, g = 0, h = 7, i = 1000 };
enum unscoped { unscoped_a, unscoped_b, unscoped_nine = 9 };
enum negative_unscoped { minus_five = -5, plus_four = 4 };
enum fixed_unscoped : short { fixed_three = 3 };
enum { unnamed_value = 2 };
namespace {
enum class unseen { x, y1 = 100, underscore_ = 101 };
enum unseen_unscoped { u, uu = 10, v = 100 };
}  // namespace
struct holder {
    enum class scoped { in };
    enum plain { out = 4 };
};
template <class T, auto V>
struct box {
    enum class scoped { p, q, r = 50 };
    enum plain { s = 7 };
};

}  // namespace weir_test::base_enum_name

template <>
struct weir::enum_range<weir_test::base_enum_name::http_status> {
    static constexpr int min = 100;
    static constexpr int max = 599;
};
template <>
struct weir::enum_range<weir_test::base_enum_name::with_gaps> {
    static constexpr int min = 2;
    static constexpr int max = 1000;
};
template <>
struct weir::enum_range<weir_test::base_enum_name::below_zero> {
    static constexpr int min = -1000;
    static constexpr int max = -1;
};
template <>
struct weir::enum_range<weir_test::base_enum_name::on_both_sides> {
    static constexpr int min = -1000;
    static constexpr int max = 1000;
};
template <>
struct weir::enum_range<weir_test::base_enum_name::negative_unscoped> {
    static constexpr int min = -100;
    static constexpr int max = 300;
};

namespace weir_test::base_enum_name {

using weir::enum_from_name;
using weir::enum_name;
using weir::enum_names;
using weir::enum_values;

static_assert(enum_name(colour::red) == "red" && enum_name(colour::green) == "green" &&
              enum_name(colour::blue) == "blue");
static_assert(enum_name(static_cast<colour>(3)).empty() && enum_name(static_cast<colour>(-1)).empty());
static_assert(enum_from_name<colour>("green") == colour::green);
static_assert(!enum_from_name<colour>("Green") && !enum_from_name<colour>("") && !enum_from_name<colour>("gree"));
static_assert(!enum_from_name<colour>("colour::green") && !enum_from_name<colour>("1"));

template <class E>
consteval std::string_view listed(std::size_t i) {
    return enum_name(enum_values<E>[i]) == enum_names<E>[i] ? enum_names<E>[i] : "enum_name is wrong";
}

static_assert(enum_values<with_gaps>.size() == 4, "1 is outside of enum_range, and 1000 is no std::uint8_t");
static_assert(listed<with_gaps>(0) == "two" && listed<with_gaps>(1) == "five" && listed<with_gaps>(3) == "beyond");
static_assert(enum_name(with_gaps::one).empty() && !enum_from_name<with_gaps>("one"));
static_assert(enum_name(static_cast<with_gaps>(3)).empty() && enum_name(static_cast<with_gaps>(255)).empty());
static_assert(enum_values<below_zero>.size() == 2 && listed<below_zero>(0) == "far" &&
              listed<below_zero>(1) == "minus_one");
static_assert(enum_name(below_zero::zero).empty());
static_assert(enum_values<twice>.size() == 2 && enum_name(twice::also_first) == "first");
static_assert(enum_values<none>.empty() && enum_name(none{}).empty() && !enum_from_name<none>(""));
static_assert(enum_values<lies>.size() == 2 && enum_name(lies::yes) == "yes");
static_assert(enum_values<letter>.size() == 2 && enum_name(letter::b) == "b");
static_assert(enum_values<wide>.size() == 2 && listed<wide>(1) == "ninety_nine");
static_assert(enum_name(wide::huge).empty() && enum_name(static_cast<wide>(std::uint64_t{1} << 63)).empty());
static_assert(enum_values<signed_wide>.size() == 1 && enum_name(signed_wide::lowest).empty());
static_assert(enum_values<http_status>.size() == 3 && enum_name(http_status::not_found) == "not_found");
static_assert(enum_name(http_status::outside).empty() && enum_from_name<http_status>("last") == http_status::last);
static_assert(enum_values<unscoped>.size() == 3 && enum_name(unscoped_nine) == "unscoped_nine");
static_assert(enum_values<negative_unscoped>.size() == 2 && enum_name(minus_five) == "minus_five");
static_assert(enum_values<fixed_unscoped>.size() == 1 && enum_name(fixed_three) == "fixed_three");
static_assert(enum_name(unnamed_value) == "unnamed_value");
static_assert(enum_values<unseen>.size() == 3 && listed<unseen>(1) == "y1" && listed<unseen>(2) == "underscore_");
static_assert(enum_values<unseen_unscoped>.size() == 3 && listed<unseen_unscoped>(0) == "u" &&
              listed<unseen_unscoped>(2) == "v");
static_assert(enum_name(holder::scoped::in) == "in" && enum_name(holder::out) == "out");
// Nothing before this line names an enumerator of these: a compiler may not have looked at them yet.
static_assert(enum_values<box<int, 1>::scoped>.size() == 3 && listed<box<int, 1>::scoped>(2) == "r");
static_assert(enum_values<box<box<int, 2>, '{'>::scoped>.size() == 3);
static_assert(enum_values<box<box<int, 2>, '('>::plain>.size() == 1);
static_assert(enum_values<box<int, '\\'>::scoped>.size() == 3 && enum_values<box<int, '\''>::scoped>.size() == 3);
static_assert(enum_values<box<int, '\n'>::scoped>.size() == 3 && enum_values<box<int, '\1'>::scoped>.size() == 3);
static_assert(enum_values<box<int, '"'>::scoped>.size() == 3 && enum_values<box<int, '\\'>::plain>.size() == 1);
static_assert(enum_values<box<int, weir::fixed_string("'")>::plain>.size() == 1);
static_assert(enum_values<box<int, weir::fixed_string("{\"(")>::scoped>.size() == 3);

TEST_CASE("enum_name and enum_from_name are each other's inverse") {
    std::string names;
    for (around_tens const value : enum_values<around_tens>) {
        REQUIRE(enum_from_name<around_tens>(enum_name(value)) == value);
        names += std::to_string(static_cast<int>(value)) + std::string(enum_name(value)) + ' ';
    }
    CHECK(names == "-1a 9b 10c 99d 100e 127f ");

    names.clear();
    for (on_both_sides const value : enum_values<on_both_sides>) {
        REQUIRE(enum_from_name<on_both_sides>(enum_name(value)) == value);
        names += std::to_string(static_cast<int>(value)) + std::string(enum_name(value)) + ' ';
    }
    CHECK(names == "-1000a -101b -100c -99d -10e -9f 0g 7h 1000i ");
}

std::string_view name_by_hand(with_gaps value) {
    switch (value) {
        case with_gaps::two:
            return "two";
        case with_gaps::five:
            return "five";
        case with_gaps::far:
            return "far";
        case with_gaps::beyond:
            return "beyond";
        case with_gaps::one:
            break;  // outside of enum_range
    }
    return "";
}

TEST_CASE("enum_name agrees with a switch for every value there is") {
    for (int i = 0; i < 256; ++i) {
        auto const value = static_cast<with_gaps>(i);
        REQUIRE(enum_name(value) == name_by_hand(value));
    }
    for (int i = -128; i < 128; ++i) {
        auto const value = static_cast<below_zero>(i);
        REQUIRE(enum_name(value) == (i == -100 ? "far" : i == -1 ? "minus_one" : ""));
    }
}

template <class T>
void names_of_local_enums() {
    enum class scoped { z, yy = 10 };
    enum plain { inside_a_template = 4 };
    CHECK(enum_values<scoped>.size() == 2);
    CHECK(enum_name(scoped::yy) == "yy");
    CHECK(enum_values<plain>.size() == 1);
    CHECK(enum_name(inside_a_template) == "inside_a_template");
}

TEST_CASE("enum_name of local enums") {
    enum class scoped { a, b = 99 };
    enum plain { inside_a_function };
    CHECK(enum_values<scoped>.size() == 2);
    CHECK(enum_name(scoped::b) == "b");
    CHECK(enum_name(inside_a_function) == "inside_a_function");
    names_of_local_enums<int>();
    names_of_local_enums<box<int, ')'>>();
    CHECK([] {
        enum class inside { m, n };
        return enum_name(inside::n);
    }() == "n");
}

TEST_CASE("enum_names end in a terminator") {
    CHECK(std::strcmp(enum_name(colour::green).data(), "green") == 0);
    CHECK(std::strcmp(enum_name(colour::blue).data(), "blue") == 0);
}

}  // namespace weir_test::base_enum_name
