// SPDX-License-Identifier: Apache-2.0
#include <weir/base/row.hpp>

#include <catch.hpp>
#include <string_view>
#include <type_traits>

namespace weir_test::base_row {

using page_clicks = weir::row<weir::column<"page", std::string_view>, weir::column<"clicks", int>>;

TEST_CASE("a row's column is read, and written, by its name") {
    page_clicks row{{"/home", 3}};
    CHECK(row.get<"page">() == "/home");
    row.get<"clicks">() += 4;
    CHECK(std::as_const(row).get<"clicks">() == 7);
    static_assert(std::is_same_v<decltype(row.get<"clicks">()), int&>);
    static_assert(std::is_same_v<decltype(std::as_const(row).get<"clicks">()), int const&>);
}

TEST_CASE("a column's number is found by its name; a name that is not there gives the number of columns") {
    static_assert(page_clicks::index_of("page") == 0);
    static_assert(page_clicks::index_of("clicks") == 1);
    static_assert(page_clicks::index_of("click") == 2);
    static_assert(page_clicks::index_of("") == 2);
    static_assert(weir::row<>::index_of("page") == 0);
    CHECK(page_clicks::index_of("clicks") == 1);
}

TEST_CASE("rows are equal when their values are") {
    CHECK(page_clicks{{"/home", 3}} == page_clicks{{"/home", 3}});
    CHECK_FALSE(page_clicks{{"/home", 3}} == page_clicks{{"/home", 4}});
}

TEST_CASE("rows are put side by side, in order; a row without columns adds none") {
    using users = weir::row<weir::column<"users", long>>;
    static_assert(std::is_same_v<weir::concatenate_rows<users, weir::row<>, page_clicks>,
                                 weir::row<weir::column<"users", long>, weir::column<"page", std::string_view>,
                                           weir::column<"clicks", int>>>);
    CHECK(weir::concatenate_rows<users, page_clicks>::index_of("clicks") == 2);
}

}  // namespace weir_test::base_row
