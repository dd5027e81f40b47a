// SPDX-License-Identifier: Apache-2.0
#include <weir/base/columns.hpp>

#include <catch.hpp>
#include <optional>
#include <sstream>
#include <string>
#include <string_view>
#include <type_traits>

namespace weir_test::base_columns {

struct page_minute {
    std::string_view page;
    int clicks;
    std::optional<double> mean;
};
using page_row = weir::row<weir::column<"page", std::string_view>, weir::column<"clicks", int>,
                           weir::column<"mean", std::optional<double>>>;

template <class R>
void check_columns(R made) {
    static_assert(weir::columnar<R>);
    static_assert(weir::column_count<R> == 3);
    static_assert(weir::column_name<R, 0> == "page");
    static_assert(weir::column_name<R, 2> == "mean");
    static_assert(std::is_same_v<weir::column_type<R, 1>, int>);
    static_assert(std::is_same_v<weir::column_type<R, 2>, std::optional<double>>);
    static_assert(weir::column_index<R>("clicks") == 1);
    static_assert(weir::column_index<R>("click") == 3);
    CHECK(weir::column_value<0>(std::as_const(made)) == "/home");
    weir::column_value<1>(made) += 2;
    CHECK(weir::column_value<1>(made) == 7);

    std::ostringstream text;
    weir::visit_columns(std::as_const(made), [&](std::string_view name, auto const& value) {
        text << name << "=";
        if constexpr (requires { value.has_value(); }) text << (value ? "present" : "absent");
        else text << value;
        text << ";";
    });
    CHECK(text.str() == "page=/home;clicks=7;mean=absent;");

    std::size_t sum = 0;
    weir::for_each_column<R>([&](auto i) { sum += i() + 1; });
    CHECK(sum == 6);
}

TEST_CASE("a row's columns, and a plain struct's members, are read the same way") {
    check_columns(page_row{{"/home", 5, std::nullopt}});
    check_columns(page_minute{"/home", 5, std::nullopt});
}

TEST_CASE("what has no columns known to the compiler is not columnar") {
    static_assert(!weir::columnar<int>);
    static_assert(!weir::columnar<std::string>);
    static_assert(weir::columnar<weir::row<>>);
    CHECK(weir::column_count<weir::row<>> == 0);
}

}  // namespace weir_test::base_columns
