// SPDX-License-Identifier: Apache-2.0
#include <weir/base/borrows.hpp>

#include <array>
#include <atomic>
#include <catch.hpp>
#include <chrono>
#include <filesystem>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <ranges>
#include <set>
#include <span>
#include <string>
#include <tuple>
#include <utility>
#include <variant>
#include <vector>

namespace weir_test::base_borrows {

using weir::borrows;
using weir::first_borrowed_member;
using view = std::string_view;

enum class colour { red };

struct owning {
    int n;
    std::string text;
    std::vector<std::map<int, std::optional<std::string>>> deep;
    std::array<colour, 3> colours;
    int numbers[4];
    std::chrono::sys_time<std::chrono::milliseconds> ts;
    std::unique_ptr<int> own;
};
struct click {
    int n;
    std::string_view page;
    std::string_view country;
};
struct outer {
    owning first;
    std::vector<click> clicks;
};
struct in_array {
    std::string s;
    char const* names[2];
};

// Types that hold themselves.
struct tree {
    std::string name;
    std::vector<tree> branches;
};
struct borrowing_tree {
    std::vector<borrowing_tree> branches;
    std::map<int, borrowing_tree> by_number;
    std::string_view name;
};
struct hen;
struct egg {
    std::vector<hen> hens;
};
struct hen {
    std::vector<egg> eggs;
    std::string_view name;
};
struct linked {
    int n;
    linked* next;
};

// Classes that weir cannot look into.
class unknown {
    [[maybe_unused]] std::string_view hidden_;

public:
    explicit unknown(int) {}
};
class own_view {
    [[maybe_unused]] char const* text_ = nullptr;

public:
    explicit own_view(int) {}
};
class like_json {
    [[maybe_unused]] int n_ = 0;

public:
    using value_type = like_json;
};
struct with_own_view {
    int n;
    std::optional<own_view> seen;
};
struct pinned {
    std::string_view literal;
};
struct with_pinned {
    pinned p;
    int n;
};
class listing {
    std::string_view page_;
    [[maybe_unused]] std::string_view not_listed_;

public:
    static constexpr auto weir_members = weir::members(weir::member<"page", &listing::page_>);
};
class listing_owners {
    int n_ = 0;

public:
    static constexpr auto weir_members = weir::members(weir::member<"n", &listing_owners::n_>);
};

}  // namespace weir_test::base_borrows

template <>
struct weir::borrows_memory<weir_test::base_borrows::own_view> : std::true_type {};
template <>
struct weir::borrows_memory<weir_test::base_borrows::pinned> : std::false_type {};

namespace weir_test::base_borrows {

template <class... T>
inline constexpr bool all_borrow = (borrows<T> && ...);
template <class... T>
inline constexpr bool none_borrows = !(borrows<T> || ...);

static_assert(all_borrow<view, std::span<int>, std::span<int, 3>, std::u16string_view, int*, char const*, void*, int&,
                         int const&>);
static_assert(all_borrow<view const, char const* const, std::reference_wrapper<int>, std::ranges::subrange<int*>>);
static_assert(none_borrows<int, bool, double, colour, void (*)(), std::nullptr_t, int owning::*, std::string,
                           std::filesystem::path>);
static_assert(none_borrows<std::chrono::seconds, std::chrono::sys_days, std::monostate, std::function<void()>,
                           std::unique_ptr<int>>);

static_assert(all_borrow<std::optional<view>, std::vector<view>, std::vector<int*>, std::set<view>, std::map<view, int>,
                         std::map<int, view>, std::array<view, 2>, view[2], view[2][3], std::atomic<int*>>);
static_assert(none_borrows<std::optional<int>, std::vector<std::string>, std::set<int>, std::map<int, std::string>,
                           std::array<int, 2>, int[2], std::atomic<int>, std::vector<bool>>);
static_assert(all_borrow<std::pair<int, view>, std::pair<view, int>, std::tuple<int, int, view>,
                         std::variant<int, view>, std::optional<std::pair<int, std::vector<std::tuple<view>>>>>);
static_assert(
    none_borrows<std::pair<int, std::string>, std::tuple<>, std::tuple<int, int>, std::variant<int, std::string>>);

static_assert(all_borrow<click, click const, outer, in_array, std::vector<outer>>);
static_assert(none_borrows<owning, owning const, std::optional<owning>>);
static_assert(all_borrow<borrowing_tree, hen, egg, linked> && none_borrows<tree>);
static_assert(none_borrows<unknown, std::vector<unknown>, like_json, pinned, with_pinned, listing_owners>);
static_assert(all_borrow<own_view, with_own_view, std::vector<own_view>, listing>);

static_assert(first_borrowed_member<click> == "page");
static_assert(first_borrowed_member<click const> == "page");
static_assert(first_borrowed_member<outer> == "clicks");
static_assert(first_borrowed_member<in_array> == "names");
static_assert(first_borrowed_member<borrowing_tree> == "name");
static_assert(first_borrowed_member<with_own_view> == "seen");
static_assert(first_borrowed_member<listing> == "page");
static_assert(first_borrowed_member<owning>.empty() && first_borrowed_member<with_pinned>.empty());
static_assert(first_borrowed_member<view>.empty() && first_borrowed_member<int>.empty());

TEST_CASE("first_borrowed_member names a member for a message") {
    CHECK("the item borrows memory: " + std::string(first_borrowed_member<click>) == "the item borrows memory: page");
}

}  // namespace weir_test::base_borrows
