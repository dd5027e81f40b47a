// SPDX-License-Identifier: Apache-2.0
#include <weir/base/type_name.hpp>

#include <array>
#include <catch.hpp>
#include <chrono>
#include <cstdint>
#include <cstring>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <tuple>
#include <vector>
#include <weir/base/fixed_string.hpp>

namespace weir_test::base_type_name {

using weir::type_name;

struct click {
    struct part {};
    enum class kind {};
};
namespace {
struct unseen {};
}  // namespace
template <class T, int N>
struct box {
    struct lid {};
    template <class U>
    struct within {};
};
template <auto Value>
struct constant {};
template <class F>
struct filter {
    F f;
};
template <class...>
struct row {};
enum class colour { red };

static_assert(type_name<click> == "click");
static_assert(type_name<click const&> == "click" && type_name<click volatile&&> == "click");
static_assert(type_name<click::part> == "part");
static_assert(type_name<click::kind> == "kind");
static_assert(type_name<unseen> == "unseen");
static_assert(type_name<box<int, 3>> == "box<int, 3>");
static_assert(type_name<box<unseen, -1>> == "box<unseen, -1>");
static_assert(type_name<box<click, 3>::lid> == "lid");
static_assert(type_name<box<click, 3>::within<click::part>> == "within<part>");
static_assert(type_name<constant<colour::red>> == "constant<red>");
static_assert(type_name<constant<'}'>> == "constant<'}'>");
static_assert(type_name<constant<'<'>> == "constant<'<'>");
static_assert(type_name<constant<weir::fixed_string("a::b")>>.find("\"a::b\"") != std::string_view::npos,
              "that is no scope");
static_assert(type_name<row<>> == "row<>");
static_assert(type_name<row<row<click>, row<int>>> == "row<row<click>, row<int>>");

static_assert(type_name<int> == "int" && type_name<bool> == "bool" && type_name<double> == "double");
static_assert(type_name<unsigned> == "unsigned int" && type_name<unsigned char> == "unsigned char");
static_assert(type_name<long> == "long" && type_name<unsigned long> == "unsigned long");
static_assert(type_name<long long> == "long long" && type_name<unsigned long long> == "unsigned long long");
static_assert(type_name<short> == "short" && type_name<unsigned short> == "unsigned short");
static_assert(type_name<std::vector<unsigned long>> == "vector<unsigned long>");
static_assert(type_name<void> == "void");
static_assert(type_name<click*> == "click*" && type_name<click const*> == "const click*");
static_assert(type_name<int[3]> == "int[3]");
static_assert(type_name<void (*)(click)> == "void (*)(click)");

static_assert(type_name<std::string> == "string" && type_name<std::string_view> == "string_view");
static_assert(type_name<std::optional<std::string_view>> == "optional<string_view>");
static_assert(type_name<std::map<std::string, std::vector<click>>> == "map<string, vector<click>>");
static_assert(type_name<std::tuple<int, click>> == "tuple<int, click>");
static_assert(type_name<std::array<click, 2>> == "array<click, 2>");
static_assert(type_name<std::unique_ptr<click>> == "unique_ptr<click>");
static_assert(
    type_name<std::chrono::sys_time<std::chrono::milliseconds>>.starts_with("time_point<system_clock, duration<long"));

template <class T>
std::string_view name_of_local_type() {
    struct local {};
    return type_name<local>;
}

TEST_CASE("type_name of local types and closures") {
    struct local {};
    CHECK(type_name<local> == "local");
    CHECK(type_name<box<local, 1>> == "box<local, 1>");
    CHECK(name_of_local_type<int>() == "local");
    CHECK(name_of_local_type<row<click, unseen>>() == "local");

    auto const closure = [](click const&, std::vector<int>) { return 1; };
    CHECK(type_name<decltype(closure)> == "lambda");
    // Clang spells a closure by the path of its file.
    if (sizeof(__FILE__) < 100) CHECK(type_name<filter<std::remove_const_t<decltype(closure)>>> == "filter<lambda>");
    auto const generic = []<class T>(T&&) {};
    CHECK(type_name<decltype(generic)> == "lambda");
    CHECK(name_of_local_type<decltype(closure)>() == "local");
}

TEST_CASE("type_name keeps the outermost name alone of what would be too long to read") {
    using long_one = row<row<click, click, click, click, click>, row<click, click, click, click, click>>;
    using longer = row<long_one, long_one, long_one, long_one>;
    CHECK(type_name<filter<longer>> == "filter<...>");
    CHECK(type_name<box<longer, 1>::lid> == "lid");
    CHECK(type_name<box<longer, 1>::within<int>> == "box<...>");

    auto const closure = [](row<click, click, click, click>*, row<click, click, click, click>**,
                            row<click, click, click>***) {};
    CHECK(type_name<decltype(closure)> == "lambda");
}

TEST_CASE("type_name ends in a terminator") {
    CHECK(std::strcmp(type_name<click>.data(), "click") == 0);
    CHECK(std::strcmp(type_name<std::optional<int>>.data(), "optional<int>") == 0);
}

}  // namespace weir_test::base_type_name
