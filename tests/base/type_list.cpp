// SPDX-License-Identifier: Apache-2.0
#include <weir/base/type_list.hpp>

#include <catch.hpp>
#include <type_traits>

namespace weir_test::base_type_list {

using weir::type_at;
using weir::type_list;

struct incomplete;

using several = type_list<int, bool, int, incomplete, void, int&, int[3], type_list<>>;

static_assert(type_list<>::size == 0 && several::size == 8);
static_assert(std::is_same_v<type_at<0, several>, int>);
static_assert(std::is_same_v<type_at<1, several>, bool>);
static_assert(std::is_same_v<type_at<2, several>, int>, "the same type twice");
static_assert(std::is_same_v<type_at<3, several>, incomplete>);
static_assert(std::is_same_v<type_at<4, several>, void>);
static_assert(std::is_same_v<type_at<5, several>, int&>);
static_assert(std::is_same_v<type_at<6, several>, int[3]>);
static_assert(std::is_same_v<type_at<7, several>, type_list<>>);

TEST_CASE("type_list is nothing but its types") { CHECK(sizeof(several) == 1); }

}  // namespace weir_test::base_type_list
