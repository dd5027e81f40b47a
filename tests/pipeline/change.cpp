// SPDX-License-Identifier: Apache-2.0
#include <weir/pipeline/change.hpp>

#include <catch.hpp>
#include <string>
#include <string_view>
#include <vector>
#include <weir/base/enum_name.hpp>
#include <weir/base/row.hpp>

namespace weir_test::pipeline_change {

using clicks = weir::row<weir::column<"page", std::string_view>, weir::column<"clicks", int>>;

TEST_CASE("a change reads its row's columns by name, and two are equal when kind, row and what an update replaces are") {
    weir::change<clicks> const update{weir::change_kind::update, {{"/", 2}}, {{"/", 1}}};
    CHECK(update.get<"clicks">() == 2);
    CHECK(update.get<"page">() == "/");
    CHECK(update != weir::change<clicks>{weir::change_kind::update, {{"/", 2}}, {{"/", 0}}});
    weir::change<clicks> const insert{weir::change_kind::insert, {{"/", 2}}, {}};
    CHECK(update != insert);
    // What stands in `before` of anything but an update is nobody's business.
    CHECK(insert == weir::change<clicks>{weir::change_kind::insert, {{"/", 2}}, {{"/old", 1}}});
    CHECK(insert != weir::change<clicks>{weir::change_kind::erase, {{"/", 2}}, {}});
}

TEST_CASE("as columns a change is what it does, and then its row") {
    using change = weir::change<clicks>;
    STATIC_REQUIRE(weir::columnar<change>);
    STATIC_REQUIRE(weir::column_count<change> == 3);
    change const erased{weir::change_kind::erase, {{"/", 2}}, {}};
    std::vector<std::string> names, values;
    weir::visit_columns(erased, [&](std::string_view name, auto const& value) {
        names.emplace_back(name);
        if constexpr (std::is_same_v<decltype(value), weir::change_kind const&>) values.emplace_back(weir::enum_name(value));
        else if constexpr (std::is_same_v<decltype(value), int const&>) values.push_back(std::to_string(value));
        else values.emplace_back(value);
    });
    CHECK(names == std::vector<std::string>{"change", "page", "clicks"});
    CHECK(values == std::vector<std::string>{"erase", "/", "2"});
}

}  // namespace weir_test::pipeline_change
