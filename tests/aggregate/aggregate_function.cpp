// SPDX-License-Identifier: Apache-2.0
#include <weir/aggregate/aggregate_function.hpp>

#include <catch.hpp>
#include <cstdint>
#include <string_view>
#include <type_traits>

namespace weir_test::aggregate_aggregate_function {

struct visit {
    int stay;
};

struct longest {
    static constexpr std::string_view name = "longest";
    [[nodiscard]] int init() const { return 0; }
    void add(int& state, visit const& v) const { state = state < v.stay ? v.stay : state; }
    void merge(int& into, int other) const { into = into < other ? other : into; }
    [[nodiscard]] int result(int state) const { return state; }
};

/// Says by `false` that its state is full, and wants memory.
struct at_most_three {
    static constexpr std::string_view name = "at_most_three";
    [[nodiscard]] int* init() const { return nullptr; }
    bool add(int*& state, visit const&, weir::arena& memory) const {
        if (!state) *(state = memory.allocate<int>(1)) = 0;
        return ++*state <= 3;
    }
    bool merge(int*& into, int* const& from, weir::arena&) const { return (*into += *from) <= 3; }
    [[nodiscard]] int result(int* const& state) const { return *state; }
};

struct without_merge {
    static constexpr std::string_view name = "without_merge";
    [[nodiscard]] int init() const { return 0; }
    void add(int&, visit const&) const {}
    [[nodiscard]] int result(int state) const { return state; }
};

struct changes_itself {
    [[nodiscard]] int init() const { return 0; }
    void add(int&, visit const&) {}
    [[nodiscard]] int result(int state) const { return state; }
};

static_assert(weir::aggregate_function<longest, visit>);
static_assert(weir::aggregate_function<at_most_three, visit>);
static_assert(weir::aggregate_function<without_merge, visit>);
static_assert(!weir::aggregate_function<longest, int>, "it does not take that item");
static_assert(!weir::aggregate_function<changes_itself, visit>, "its members must be const");
static_assert(!weir::aggregate_function<int, visit>);
static_assert(weir::mergeable_aggregate<longest>);
static_assert(weir::mergeable_aggregate<at_most_three>);
static_assert(!weir::mergeable_aggregate<without_merge>);
static_assert(std::is_same_v<weir::aggregate_state<at_most_three>, int*>);

TEST_CASE("add and merge may return nothing, or false when the state cannot hold the result, and may ask for memory") {
    weir::arena memory;
    int state = longest{}.init();
    CHECK(weir::add_to(longest{}, state, visit{5}, memory));
    CHECK(weir::merge_into(longest{}, state, 7, memory));
    CHECK(state == 7);

    int* full = at_most_three{}.init();
    for (int i = 1; i <= 3; ++i) CHECK(weir::add_to(at_most_three{}, full, visit{1}, memory));
    CHECK_FALSE(weir::add_to(at_most_three{}, full, visit{1}, memory));
    int* other = at_most_three{}.init();
    CHECK(weir::add_to(at_most_three{}, other, visit{1}, memory));
    CHECK_FALSE(weir::merge_into(at_most_three{}, other, full, memory));
}

TEST_CASE("any aggregate function's column can be named") {
    auto const named = weir::as<"stay">(longest{});
    CHECK(named.name == "stay");
    CHECK(decltype(named)::column_name.view() == "stay");
    static_assert(weir::aggregate_function<std::remove_const_t<decltype(named)>, visit>);
    int state = named.init();
    named.add(state, visit{3});
    CHECK(named.result(state) == 3);
}

}  // namespace weir_test::aggregate_aggregate_function
