// SPDX-License-Identifier: Apache-2.0
#include <weir/base/member.hpp>

#include <catch.hpp>
#include <cstring>
#include <string>
#include <type_traits>

namespace weir_test::base_member {

using weir::epoch;
using weir::member;
using weir::members;
using weir::unrenamed;

struct click {
    std::string user_id;
    long ts;
    double price;
};

/// What the author of a codec adds.
struct decimal {
    int precision = 0;
    int scale = 0;
    friend constexpr bool operator==(decimal const&, decimal const&) = default;
};
struct low_cardinality {};

constexpr auto plain = member<"userId", &click::user_id>;
static_assert(plain.name == "userId" && plain.pointer == &click::user_id);
static_assert(std::is_same_v<decltype(plain)::type, std::string>);
static_assert(!plain.annotations.unit && !plain.annotations.text);
static_assert(!plain.annotations.has<decimal> && plain.annotations.get<decimal>() == decimal{});
static_assert(plain.annotations.get(decimal{5, 1}) == decimal{5, 1}, "what to take otherwise");

constexpr auto time_of_click = member<"ts", &click::ts>.in(epoch::milliseconds);
static_assert(time_of_click.annotations.unit == epoch::milliseconds && !time_of_click.annotations.text);
static_assert(time_of_click.in(epoch::iso8601).annotations.unit == epoch::iso8601, "the last one counts");

constexpr auto price =
    member<"price", &click::price>.as_text().with(decimal{10, 2}).in(epoch::seconds).with(low_cardinality{});
static_assert(price.name == "price" && price.annotations.text && price.annotations.unit == epoch::seconds);
static_assert(price.annotations.has<decimal> && price.annotations.has<low_cardinality> && !price.annotations.has<int>);
static_assert(price.annotations.get<decimal>() == decimal{10, 2});
static_assert(price.annotations.get(decimal{1, 1}) == decimal{10, 2});

static_assert(unrenamed<&click::user_id>.name == "user_id" && unrenamed<&click::user_id>.pointer == &click::user_id);
static_assert(unrenamed<&click::ts>.in(epoch::nanoseconds).annotations.unit == epoch::nanoseconds);

constexpr auto list = members(plain, time_of_click, price);
static_assert(list.size == 3 && members().size == 0);
static_assert(weir::detail::find_member<1>(list.all).annotations.unit == epoch::milliseconds);
static_assert(weir::detail::find_member<2>(list.all).annotations.get<decimal>().scale == 2);

class account {
    int id_ = 0;
    long since_ = 0;

public:
    // The class is not complete here yet.
    static constexpr auto weir_members =
        members(member<"id", &account::id_>, member<"since", &account::since_>.as_text());
};
static_assert(account::weir_members.size == 2);

TEST_CASE("a described member's name ends in a terminator") {
    CHECK(std::strcmp(plain.name.data(), "userId") == 0);
    CHECK(std::strcmp(unrenamed<&click::ts>.name.data(), "ts") == 0);
}

TEST_CASE("member reaches the member it describes") {
    click const c{"ann", 7, 0.5};
    CHECK(c.*plain.pointer == "ann");
    CHECK(c.*time_of_click.pointer == 7);
}

}  // namespace weir_test::base_member
