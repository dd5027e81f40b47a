// SPDX-License-Identifier: Apache-2.0
#include <weir/base/key_columns.hpp>

#include <catch.hpp>
#include <string_view>

namespace weir_test::base_key_columns {

template <weir::fixed_string Name, class T>
struct key : weir::column<Name, T> {
    static constexpr bool is_key = true;
};
template <weir::fixed_string Name, class T>
struct no_key : weir::column<Name, T> {
    static constexpr bool is_key = false;
};
struct plain {
    int n;
};

using keyed = weir::row<weir::column<"window_start", int>, key<"page", std::string_view>, no_key<"clicks", int>>;
using keyless = weir::row<weir::column<"window_start", int>, no_key<"clicks", int>>;

TEST_CASE("a row says which of its columns are its key") {
    STATIC_REQUIRE_FALSE(weir::is_key_column<keyed, 0>);
    STATIC_REQUIRE(weir::is_key_column<keyed, 1>);
    STATIC_REQUIRE_FALSE(weir::is_key_column<keyed, 2>);
    STATIC_REQUIRE(weir::knows_its_key<keyed>);
}

TEST_CASE("of a row that says nothing, and of a plain struct, the key is not known") {
    STATIC_REQUIRE_FALSE(weir::knows_its_key<keyless>);
    STATIC_REQUIRE_FALSE(weir::knows_its_key<plain>);
    STATIC_REQUIRE_FALSE(weir::is_key_column<plain, 0>);
}

}  // namespace weir_test::base_key_columns
