// SPDX-License-Identifier: Apache-2.0
#include <weir/base/member_name.hpp>

#include <array>
#include <catch.hpp>
#include <cstring>
#include <map>
#include <string>
#include <type_traits>

namespace weir_test::base_member_name {

using weir::member_class;
using weir::member_name;
using weir::member_type;

struct click {
    std::string_view user_id;
    std::string_view page;
    int const n = 0;
    std::array<int, 3> shades;
    int bytes[4];
    struct part {
        double x_0;
        struct {
            int deep;
        } unnamed;
    } nested;
    union {
        int as_int;
        float as_float;
    };
    void (*callback)(click const&);
};
struct base {
    int inherited;
};
struct derived : base {
    int own;
};
template <class T, int N>
struct box {
    T content;
    struct lid {
        std::map<T, int> hinge;
    };
};
namespace {
struct unseen {
    int hidden;
};
}  // namespace
class account {
    int id_ = 0;

public:
    static constexpr std::string_view id_name = member_name<&account::id_>;
};

static_assert(member_name<&click::user_id> == "user_id");
static_assert(member_name<&click::page> == "page");
static_assert(member_name<&click::n> == "n");
static_assert(member_name<&click::shades> == "shades");
static_assert(member_name<&click::bytes> == "bytes");
static_assert(member_name<&click::nested> == "nested");
static_assert(member_name<&click::part::x_0> == "x_0");
static_assert(member_name<&decltype(click::part::unnamed)::deep> == "deep");
static_assert(member_name<&click::as_float> == "as_float");
static_assert(member_name<&click::callback> == "callback");
static_assert(member_name<&derived::inherited> == "inherited");
static_assert(member_name<&derived::own> == "own");
static_assert(member_name<&box<int, 3>::content> == "content");
static_assert(member_name<&box<box<std::string, 1>, -3>::content> == "content");
static_assert(member_name<&box<int, '}'>::lid::hinge> == "hinge");
static_assert(member_name<&unseen::hidden> == "hidden");
static_assert(account::id_name == "id_");

static_assert(std::is_same_v<member_class<&click::page>, click>);
static_assert(std::is_same_v<member_class<&click::part::x_0>, click::part>);
static_assert(std::is_same_v<member_class<&derived::own>, derived>);
static_assert(std::is_same_v<member_class<&derived::inherited>, base>, "as for C++ itself");
static_assert(std::is_same_v<member_type<&click::page>, std::string_view>);
static_assert(std::is_same_v<member_type<&click::n>, int>, "without const");
static_assert(std::is_same_v<member_type<&click::bytes>, int[4]>);
static_assert(std::is_same_v<member_type<&click::callback>, void (*)(click const&)>);
static_assert(std::is_same_v<member_type<&box<bool, 1>::content>, bool>);

template <auto Member>
concept has_name = requires { member_name<Member>; };
struct with_function {
    void call();
    int data;
};
static_assert(has_name<&with_function::data>);
static_assert(!has_name<&with_function::call> && !has_name<3>);

template <class T>
void names_in_a_local_type() {
    struct local {
        T first;
        T second;
    };
    CHECK(member_name<&local::first> == "first");
    CHECK(member_name<&local::second> == "second");
}

TEST_CASE("member_name of members of local types") {
    struct local {
        int one;
        std::string two;
    };
    CHECK(member_name<&local::one> == "one");
    CHECK(member_name<&local::two> == "two");
    names_in_a_local_type<int>();
    names_in_a_local_type<click>();
    auto const closure = [] {
        struct inside {
            int three;
        };
        return member_name<&inside::three>;
    };
    CHECK(closure() == "three");
}

TEST_CASE("member_name ends in a terminator") {
    CHECK(std::strlen(member_name<&click::user_id>.data()) == 7);
    CHECK(std::strcmp(member_name<&derived::inherited>.data(), "inherited") == 0);
}

}  // namespace weir_test::base_member_name
