// SPDX-License-Identifier: Apache-2.0
#include <weir/base/reflect.hpp>

#include <any>
#include <array>
#include <atomic>
#include <bitset>
#include <catch.hpp>
#include <chrono>
#include <cstdint>
#include <cstring>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <tuple>
#include <utility>
#include <variant>
#include <vector>

namespace weir_test::base_reflect {

using weir::describable;
using weir::epoch;
using weir::member_count;
using weir::member_names;
using weir::member_options;
using weir::member_ref;
using weir::member_types;
using weir::type_at;
using weir::visit_members;

enum class device { phone, desktop };

struct position {
    double x, y;
};

struct everything {
    int count;
    bool flag;
    device kind;
    std::string text;
    std::string_view view;
    std::optional<int> maybe;
    std::optional<std::string_view> maybe_view;
    std::vector<std::string> list;
    std::array<int, 3> three;
    std::array<position, 2> positions;
    int c_array[4];
    char name[16];
    position matrix[2][3];
    position nested;
    std::chrono::sys_time<std::chrono::milliseconds> ts;
    std::chrono::seconds span;
    double const constant;
    std::variant<int, std::string> either;
    std::map<std::string, int> counts;
    std::int64_t last = 5;
};

using everything_types = weir::type_list<int, bool, device, std::string, std::string_view, std::optional<int>,
                                         std::optional<std::string_view>, std::vector<std::string>, std::array<int, 3>,
                                         std::array<position, 2>, int[4], char[16], position[2][3], position,
                                         std::chrono::sys_time<std::chrono::milliseconds>, std::chrono::seconds, double,
                                         std::variant<int, std::string>, std::map<std::string, int>, std::int64_t>;

static_assert(describable<everything> && describable<everything const>);
static_assert(member_count<everything> == 20 && member_count<everything const> == 20);
static_assert(std::is_same_v<member_types<everything>, everything_types>);
static_assert(member_names<everything> ==
              std::array<std::string_view, 20>{
                  "count",   "flag", "kind",   "text",   "view", "maybe", "maybe_view", "list",   "three",  "positions",
                  "c_array", "name", "matrix", "nested", "ts",   "span",  "constant",   "either", "counts", "last"});

// Of each type alone, twice and between others: exactly that many members are found, and the right ones.
template <class M>
struct alone {
    M a;
};
template <class M>
struct twice {
    M a;
    M b;
};
template <class M>
struct between {
    int first;
    M a;
    bool last;
};

template <class M>
consteval bool counted() {
    return member_count<alone<M>> == 1 && member_count<twice<M>> == 2 && member_count<between<M>> == 3 &&
           std::is_same_v<member_types<between<M>>, weir::type_list<int, std::remove_cv_t<M>, bool>> &&
           member_names<alone<M>>[0] == "a" && member_names<twice<M>>[1] == "b" && member_names<between<M>>[1] == "a" &&
           member_names<between<M>>[2] == "last";
}
template <class... M>
inline constexpr bool all_counted = (counted<M>() && ...);

struct none {};
struct no_default {
    explicit no_default(int) {}
};
struct explicit_default {
    explicit explicit_default() = default;
};
struct from_anything {
    template <class T>
    from_anything(T&&) {}  // NOLINT: greedy on purpose
};
struct from_list {
    from_list(std::initializer_list<int>) {}
};
struct unmovable {
    unmovable() = default;
    unmovable(unmovable const&) = delete;
};
union either_of {
    int i;
    double d;
};
struct without_address {
    int i;
    void operator&() const = delete;
};

static_assert(all_counted<int, bool, char, double, device, std::byte, int*, char const*, void (*)(), int none::*,
                          std::nullptr_t>);
static_assert(all_counted<std::string, std::string_view, std::vector<int>, std::vector<bool>, std::deque<int>,
                          std::set<int>, std::map<int, std::string>>);
static_assert(all_counted<std::optional<int>, std::optional<std::string>, std::optional<std::any>, std::any,
                          std::tuple<int>, std::tuple<std::any>, std::tuple<>, std::pair<int, std::string>,
                          std::variant<std::monostate, std::any>>);
static_assert(all_counted<std::array<int, 3>, std::array<int, 1>, std::array<int, 0>, std::array<std::array<int, 2>, 3>,
                          std::array<std::string, 2>, int[2], int[1], int[2][3], std::string[2], position[2]>);
static_assert(all_counted<std::unique_ptr<int>, std::shared_ptr<int>, std::function<void()>, std::atomic<int>,
                          std::mutex, std::bitset<4>, std::span<int>, std::chrono::year_month_day>);
static_assert(all_counted<int const, std::string const, position const, none, position, alone<none>, twice<alone<int>>,
                          either_of>);
static_assert(all_counted<no_default, explicit_default, from_anything, from_list, unmovable, without_address,
                          std::span<char, 3>, std::reference_wrapper<int>>);
static_assert(all_counted<everything>);

struct with_defaults {
    int a = 3;
    std::string b = "b";
    no_default c = no_default(1);
    std::array<int, 2> d = {1, 2};
    std::optional<no_default> e = no_default(1);
};
static_assert(member_count<with_defaults> == 5 && member_names<with_defaults>[4] == "e");

struct with_defaults_at_the_end {
    int a;
    int b[2] = {1, 2};
    std::string c = "c";
};
static_assert(member_count<with_defaults_at_the_end> == 3);

// Here an array cannot be told from several members. It is left alone rather than taken for what it is not.
struct array_beside_no_default {
    int a[2];
    no_default b;
};
struct default_beside_array {
    no_default a = no_default(1);
    int b[2] = {1, 2};
};
static_assert(!describable<array_beside_no_default> && !describable<default_beside_array>);

static_assert(describable<none> && member_count<none> == 0 && member_names<none>.empty());
static_assert(std::is_same_v<member_types<none>, weir::type_list<>>);

namespace {
struct unseen {
    int hidden;
    std::string_view too;
};
}  // namespace
static_assert(member_names<unseen>[1] == "too");

template <class T>
struct holder {
    struct content {
        T value;
        std::vector<T> more;
    };
};
static_assert(member_names<holder<int>::content>[1] == "more");
static_assert(member_names<holder<std::map<int, unseen>>::content>[0] == "value");

// What is no plain struct.
struct base {
    int x;
};
struct tag {};
struct derived : base {
    int y;
};
struct tagged : tag {
    int x, y;
};
struct derived_from_two : base, tag {};
struct with_reference {
    int const& r;
    int y;
};
struct with_mutable_reference {
    int x;
    int& r;
};
struct with_rvalue_reference {
    int&& r;
};
struct with_bit_field {
    int x : 3;
    int y;
};
struct with_bit_field_behind {
    std::string s;
    bool b : 1;
};
class with_private {
    [[maybe_unused]] int x = 0;

public:
    int y = 0;
};
struct with_constructor {
    with_constructor() {}
    int x = 0;
};
struct with_virtual {
    virtual ~with_virtual() = default;
    int x = 0;
};

template <class... T>
inline constexpr bool none_describable = !(describable<T> || ...);
static_assert(none_describable<derived, tagged, derived_from_two>);
static_assert(none_describable<with_reference, with_mutable_reference, with_rvalue_reference>);
static_assert(none_describable<with_bit_field, with_bit_field_behind>);
static_assert(none_describable<with_private, with_constructor, with_virtual>);
static_assert(none_describable<int, int*, int[3], int&, position&, void, device, either_of, void()>);
static_assert(none_describable<std::string, std::string_view, std::optional<int>, std::vector<int>, std::array<int, 3>,
                               std::pair<int, int>, std::tuple<int>, std::chrono::seconds>);

// Up to 64 members, and not one more.
#define EIGHT(letter)              \
    int letter##0;                 \
    std::string_view letter##1;    \
    double letter##2;              \
    std::optional<long> letter##3; \
    std::array<int, 2> letter##4;  \
    int letter##5 [3];             \
    std::string letter##6;         \
    bool letter##7;
struct with_63 {
    EIGHT(a) EIGHT(b) EIGHT(c) EIGHT(d) EIGHT(e) EIGHT(f) EIGHT(g) int h0, h1, h2, h3, h4, h5, h6;
};
struct with_64 {
    EIGHT(a) EIGHT(b) EIGHT(c) EIGHT(d) EIGHT(e) EIGHT(f) EIGHT(g) EIGHT(h)
};
struct with_65 {
    EIGHT(a) EIGHT(b) EIGHT(c) EIGHT(d) EIGHT(e) EIGHT(f) EIGHT(g) EIGHT(h) int i0;
};
#undef EIGHT
static_assert(member_count<with_63> == 63 && member_names<with_63>[62] == "h6");
static_assert(member_count<with_64> == 64 && member_names<with_64>[63] == "h7" && member_names<with_64>[0] == "a0");
static_assert(member_names<with_64>[37] == "e5" && std::is_same_v<type_at<37, member_types<with_64>>, int[3]>);
static_assert(!describable<with_65>);

// Around the numbers where the search for the count changes its step.
#define SOME(count, ...)  \
    struct with_##count { \
        int __VA_ARGS__;  \
    };                    \
    static_assert(member_count<with_##count> == (count) && member_names<with_##count>.back() == "z");
SOME(1, z)
SOME(2, a, z)
SOME(3, a, b, z)
SOME(4, a, b, c, z)
SOME(5, a, b, c, d, z)
SOME(6, a, b, c, d, e, z)
SOME(7, a, b, c, d, e, f, z)
SOME(8, a, b, c, d, e, f, g, z)
SOME(9, a, b, c, d, e, f, g, h, z)
SOME(15, a, b, c, d, e, f, g, h, i, j, k, l, m, n, z)
SOME(16, a, b, c, d, e, f, g, h, i, j, k, l, m, n, o, z)
SOME(17, a, b, c, d, e, f, g, h, i, j, k, l, m, n, o, p, z)
SOME(23, a, b, c, d, e, f, g, h, i, j, k, l, m, n, o, p, q, r, s, t, u, v, z)
SOME(24, a, b, c, d, e, f, g, h, i, j, k, l, m, n, o, p, q, r, s, t, u, v, w, z)
SOME(25, a, b, c, d, e, f, g, h, i, j, k, l, m, n, o, p, q, r, s, t, u, v, w, x, z)
#undef SOME

// Members that are listed.
struct annotation {
    int value = 0;
};
struct renamed {
    std::string user_id;
    std::chrono::sys_time<std::chrono::microseconds> ts;
    int left_out = 0;
    double price;
};
class account {
    int id_ = 1;
    std::string owner_ = "ann";

public:
    static constexpr auto weir_members =
        weir::members(weir::member<"owner", &account::owner_>, weir::unrenamed<&account::id_>);
    [[nodiscard]] int id() const { return id_; }
};
struct extended : base {
    int y;
};
struct nothing_listed {
    int x;
    static constexpr auto weir_members = weir::members();
};
struct listed_twice {
    int x;
    static constexpr auto weir_members = weir::members(weir::member<"inside", &listed_twice::x>);
};

}  // namespace weir_test::base_reflect

template <>
struct weir::members_of<weir_test::base_reflect::renamed> {
    using type = weir_test::base_reflect::renamed;
    static constexpr auto value = weir::members(
        weir::member<"userId", &type::user_id>, weir::member<"price", &type::price>.as_text(),
        weir::member<"ts", &type::ts>.in(weir::epoch::milliseconds).with(weir_test::base_reflect::annotation{7}));
};
template <>
struct weir::members_of<weir_test::base_reflect::extended> {
    using type = weir_test::base_reflect::extended;
    static constexpr auto value = weir::members(weir::unrenamed<&type::y>, weir::unrenamed<&type::x>);
};
template <>
struct weir::members_of<weir_test::base_reflect::listed_twice> {
    static constexpr auto value = weir::members(weir::member<"outside", &weir_test::base_reflect::listed_twice::x>);
};

namespace weir_test::base_reflect {

static_assert(describable<renamed> && member_count<renamed> == 3);
static_assert(member_names<renamed> == std::array<std::string_view, 3>{"userId", "price", "ts"});
static_assert(std::is_same_v<member_types<renamed>,
                             weir::type_list<std::string, double, std::chrono::sys_time<std::chrono::microseconds>>>);
static_assert(!member_options<renamed, 0>.unit && !member_options<renamed, 0>.text);
static_assert(member_options<renamed, 1>.text && !member_options<renamed, 1>.unit);
static_assert(member_options<renamed, 2>.unit == epoch::milliseconds && !member_options<renamed, 2>.text);
static_assert(member_options<renamed, 2>.get<annotation>().value == 7);
static_assert(member_options<renamed, 2>.has<annotation> && !member_options<renamed, 1>.has<annotation>);
static_assert(member_names<account> == std::array<std::string_view, 2>{"owner", "id_"});
static_assert(describable<nothing_listed> && member_count<nothing_listed> == 0);
static_assert(member_names<listed_twice>[0] == "outside", "the specialisation counts");
static_assert(!member_options<everything, 3>.unit && !member_options<everything, 3>.text);

static_assert(weir::member_index<everything>("three") == 8 && weir::member_index<everything>("last") == 19);
static_assert(weir::member_index<everything>("Three") == 20 && weir::member_index<none>("x") == 0);
static_assert(weir::member_index<renamed>("user_id") == 3 && weir::member_index<renamed>("userId") == 0);

// At compile time as well.
consteval double sum_of(position p) {
    double sum = 0;
    visit_members(p, [&](auto, double value) { sum += value; });
    member_ref<0>(p) = 10;
    return sum + member_ref<0>(p);
}
static_assert(sum_of({1, 2}) == 13);
static_assert(noexcept(member_ref<0>(std::declval<position&>())));
static_assert(std::is_same_v<decltype(member_ref<1>(std::declval<position&>())), double&>);
static_assert(std::is_same_v<decltype(member_ref<1>(std::declval<position const&>())), double const&>);
static_assert(std::is_same_v<decltype(member_ref<16>(std::declval<everything&>())), double const&>);
static_assert(std::is_same_v<decltype(member_ref<0>(std::declval<renamed const&>())), std::string const&>);

everything make_everything() {
    everything e{1,
                 true,
                 device::desktop,
                 "text",
                 "view",
                 {},
                 "maybe",
                 {"a", "b"},
                 {1, 2, 3},
                 {{{1, 2}, {3, 4}}},
                 {5, 6, 7, 8},
                 "name",
                 {},
                 {9, 10},
                 {},
                 std::chrono::seconds(11),
                 12.5,
                 "either",
                 {{"k", 13}}};
    return e;
}

TEST_CASE("visit_members gives each member by number, in the order of declaration") {
    everything e = make_everything();
    std::vector<void const*> addresses;
    std::vector<std::size_t> numbers;
    visit_members(e, [&]<class M>(auto index, M& member) {
        static_assert(std::is_same_v<std::remove_const_t<M>, type_at<index, member_types<everything>>>);
        static_assert(!member_names<everything>[index].empty());
        addresses.push_back(&member);
        numbers.push_back(index);
    });
    std::vector<void const*> const expected{
        &e.count,   &e.flag, &e.kind,   &e.text,   &e.view, &e.maybe, &e.maybe_view, &e.list,   &e.three,  &e.positions,
        &e.c_array, &e.name, &e.matrix, &e.nested, &e.ts,   &e.span,  &e.constant,   &e.either, &e.counts, &e.last};
    CHECK(addresses == expected);
    for (std::size_t i = 0; i < numbers.size(); ++i) CHECK(numbers[i] == i);
}

TEST_CASE("visit_members keeps const and lets the rest be changed") {
    position p{1, 2};
    visit_members(p, [](auto index, double& value) { value += static_cast<double>(index) + 10; });
    CHECK(p.x == 11);
    CHECK(p.y == 13);
    position const fixed{3, 4};
    visit_members(fixed, []<class M>(auto, M&) { static_assert(std::is_const_v<M>); });
    int calls = 0;
    visit_members(position{5, 6}, [&](auto, double) { return ++calls; });
    CHECK(calls == 2);
    visit_members(none{}, [&](auto, auto&) { ++calls; });
    CHECK(calls == 2);
}

struct counter {
    int calls = 0;
    template <class I, class M>
    void operator()(I, M&) & {
        ++calls;
    }
};

TEST_CASE("visit_members calls the visitor itself, not a copy") {
    position p{1, 2};
    counter count;
    visit_members(p, count);
    CHECK(count.calls == 2);
}

TEST_CASE("visit_member reaches the member of a number known at run time") {
    everything e = make_everything();
    for (std::size_t wanted = 0; wanted < member_count<everything>; ++wanted) {
        std::size_t calls = 0;
        void const* reached = nullptr;
        bool const found = weir::visit_member(e, wanted, [&](auto index, auto& member) {
            ++calls;
            reached = &member;
            CHECK(index == wanted);
        });
        CHECK(found);
        CHECK(calls == 1);
        void const* expected = nullptr;
        visit_members(e, [&](std::size_t index, auto& member) {
            if (index == wanted) expected = &member;
        });
        CHECK(reached == expected);
    }
    CHECK_FALSE(weir::visit_member(e, member_count<everything>, [](auto, auto&) { FAIL("there is no such member"); }));
    CHECK_FALSE(weir::visit_member(none{}, 0, [](auto, auto&) { FAIL("there is no member"); }));

    position p{1, 2};
    CHECK(weir::visit_member(p, weir::member_index<position>("y"), [](auto, double& value) { value = 20; }));
    CHECK(p.y == 20);
    CHECK(p.x == 1);
}

TEST_CASE("member_ref is the member") {
    everything e = make_everything();
    CHECK(&member_ref<0>(e) == &e.count);
    CHECK(&member_ref<10>(e) == &e.c_array);
    CHECK(&member_ref<19>(std::as_const(e)) == &e.last);
    member_ref<3>(e) = "changed";
    CHECK(e.text == "changed");

    with_64 many{};
    many.h7 = true;
    many.e0 = 5;
    CHECK(member_ref<63>(many));
    CHECK(member_ref<32>(many) == 5);
}

TEST_CASE("listed members are reached under their names, private ones too") {
    renamed r{"ann", {}, 3, 2.5};
    std::string seen;
    visit_members(r, [&](auto index, auto& member) {
        seen += std::string(member_names<renamed>[index]) + ' ';
        if constexpr (member_options<renamed, index>.unit == epoch::milliseconds)
            member = std::chrono::sys_time<std::chrono::microseconds>(std::chrono::milliseconds(5));
    });
    CHECK(seen == "userId price ts ");
    CHECK(r.ts.time_since_epoch().count() == 5000);
    CHECK(member_ref<1>(r) == 2.5);

    account a;
    member_ref<1>(a) = 42;
    CHECK(a.id() == 42);
    CHECK(weir::visit_member(a, 0, []<class M>(auto, M& owner) {
        CHECK(std::is_same_v<M, std::string>);
        static_cast<void>(owner);
    }));

    extended e{{1}, 2};
    CHECK(member_ref<0>(e) == 2);
    CHECK(member_ref<1>(e) == 1);
    CHECK(member_names<extended>[1] == "x");
}

template <class T>
void members_of_a_local_type() {
    struct local {
        T first;
        std::string second;
    };
    CHECK(member_count<local> == 2);
    CHECK(member_names<local>[0] == "first");
    CHECK(member_names<local>[1] == "second");
}

TEST_CASE("members of local types") {
    struct local {
        int one;
        std::vector<int> two;
    };
    CHECK(member_names<local>[0] == "one");
    CHECK(member_names<local>[1] == "two");
    local value{1, {2}};
    CHECK(&member_ref<1>(value) == &value.two);
    members_of_a_local_type<int>();
    members_of_a_local_type<local>();
    CHECK([] {
        struct inside {
            int three;
        };
        return member_names<inside>[0];
    }() == "three");
}

TEST_CASE("member_names end in a terminator") {
    for (std::string_view const name : member_names<everything>) CHECK(std::strlen(name.data()) == name.size());
    for (std::string_view const name : member_names<renamed>) CHECK(std::strlen(name.data()) == name.size());
}

}  // namespace weir_test::base_reflect
