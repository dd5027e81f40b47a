// SPDX-License-Identifier: Apache-2.0
#include <weir/transform/key_by.hpp>

#include <catch.hpp>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <tuple>
#include <type_traits>

namespace weir_test::transform_key_by {

struct click {
    std::string_view page;
    std::string owned;
    std::optional<std::string> country;
    std::optional<int> city;
    std::uint16_t port;
    [[nodiscard]] std::string const& whose() const { return owned; }
};

struct tagged_click : click {
    int tag;
};

TEST_CASE("one member is a plain key, several are a tuple; texts become views, optionals what they hold") {
    using one = weir::member_key<false, &click::port>;
    static_assert(std::is_same_v<one::type, std::uint16_t>);
    static_assert(std::is_same_v<one::columns, weir::row<weir::column<"port", std::uint16_t>>>);
    using several = weir::member_key<false, &click::page, &click::owned, &click::country>;
    static_assert(std::is_same_v<several::type, std::tuple<std::string_view, std::string_view, std::string_view>>);
    click const c{"/a", "b", "FR", 7, 80};
    CHECK(one::of(c) == 80);
    CHECK(several::of(c) == std::tuple("/a", "b", "FR"));
    CHECK(std::get<1>(several::of(c)).data() == c.owned.data());
    CHECK(one::values(80) == std::tuple<std::uint16_t>(80));
    CHECK(several::values(several::of(c)) == several::of(c));
}

TEST_CASE("a null key part leaves the item without a key; with null_as_key absence is a key of its own") {
    click const c{"/a", "b", std::nullopt, 7, 80};
    using ruled_out = weir::member_key<false, &click::page, &click::country>;
    CHECK_FALSE(ruled_out::has_key(c));
    CHECK(weir::member_key<false, &click::city>::has_key(c));
    using kept = weir::member_key<true, &click::country, &click::city>;
    CHECK(kept::has_key(c));
    static_assert(std::is_same_v<kept::type, std::tuple<std::optional<std::string_view>, std::optional<int>>>);
    CHECK(kept::of(c) == std::tuple(std::optional<std::string_view>(), std::optional<int>(7)));
    static_assert(std::is_same_v<weir::member_key<true, &click::country>::columns,
                                 weir::row<weir::column<"country", std::optional<std::string_view>>>>);
}

TEST_CASE("members of a base are members of the item; those of another type are not") {
    static_assert(weir::member_key<false, &tagged_click::port>::fits<tagged_click>);
    static_assert(weir::member_key<false, &click::port, &tagged_click::tag>::fits<tagged_click>);
    static_assert(!weir::member_key<false, &tagged_click::tag>::fits<click>);
    tagged_click const c{{"/a", "b", std::nullopt, 7, 80}, 3};
    CHECK(weir::member_key<false, &click::port, &tagged_click::tag>::of(c) == std::tuple(80, 3));
}

TEST_CASE("a function's key: its column has the name given, an absent optional is no key") {
    auto const half = [](int n) { return n % 2 == 0 ? std::optional<int>(n / 2) : std::nullopt; };
    weir::detail::bound_function_key<"half", decltype(half), int> const key{half};
    static_assert(std::is_same_v<decltype(key)::columns, weir::row<weir::column<"half", int>>>);
    CHECK(key.has_key(8));
    CHECK_FALSE(key.has_key(7));
    CHECK(key.of(8) == 4);
    auto const view = [](click const& c) { return c.page.substr(1); };
    weir::detail::bound_function_key<"page", decltype(view), click> const text{view};
    static_assert(std::is_same_v<decltype(text)::type, std::string_view>);
    CHECK(text.of(click{"/home", {}, {}, {}, 0}) == "home");
    click const c{"/home", "kept", {}, {}, 0};
    auto const method = &click::whose;
    weir::detail::bound_function_key<"whose", decltype(method), click> const kept{method};
    CHECK(kept.of(c).data() == c.owned.data());
}

TEST_CASE("without a key all items are one group") {
    using total = weir::detail::total_key;
    CHECK(total::has_key(5));
    CHECK(total::of(5) == total::of(6));
    CHECK(total::type::hash(7) == total::type::hash(7));
    static_assert(std::is_same_v<total::columns, weir::row<>>);
}

TEST_CASE("columns by their names make the key that their members would, of structs and of rows") {
    click const c{"/a", "b", "FR", 7, 80};
    using of_click = weir::column_key<click, "page", "owned", "country">;
    using of_members = weir::member_key<false, &click::page, &click::owned, &click::country>;
    static_assert(std::is_same_v<of_click::type, of_members::type>);
    static_assert(std::is_same_v<of_click::columns, of_members::columns>);
    CHECK(of_click::of(c) == of_members::of(c));
    CHECK(of_click::has_key(c));
    CHECK_FALSE(of_click::has_key(click{"/a", "b", std::nullopt, 7, 80}));
    CHECK(of_click::values(of_click::of(c)) == of_click::of(c));

    using row = weir::row<weir::column<"page", std::string_view>, weir::column<"city", std::optional<int>>>;
    using of_row = weir::column_key<row, "city">;
    static_assert(std::is_same_v<of_row::type, int>);
    static_assert(std::is_same_v<of_row::columns, weir::row<weir::column<"city", int>>>);
    CHECK(of_row::of(row{{"/a", 7}}) == 7);
    CHECK(of_row::values(7) == std::tuple<int>(7));
    CHECK_FALSE(of_row::has_key(row{{"/a", std::nullopt}}));
}

}  // namespace weir_test::transform_key_by
