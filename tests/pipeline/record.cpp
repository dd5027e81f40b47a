// SPDX-License-Identifier: Apache-2.0
#include <weir/pipeline/record.hpp>

#include <catch.hpp>
#include <sstream>
#include <string_view>
#include <type_traits>

namespace weir_test::pipeline_record {

TEST_CASE("a record's columns are chosen at run time and visited in order, each value in its own type") {
    weir::record record;
    record.add("page", std::string_view("/home"));
    record.add("clicks", std::uint64_t{3});
    record.add("change", std::int64_t{-3});
    record.add("mean", 0.5);
    record.add("bot", false);
    record.add("at", weir::timestamp(weir::duration(9)));
    record.add("nothing", std::monostate{});
    std::ostringstream text;
    weir::visit_columns(record, [&](std::string_view name, auto const& value) {
        using type = std::remove_cvref_t<decltype(value)>;
        text << name << "=";
        if constexpr (std::is_same_v<type, std::monostate>) text << "none";
        else if constexpr (std::is_same_v<type, weir::timestamp>) text << value.time_since_epoch().count() << "us";
        else text << value;
        text << ";";
    });
    CHECK(text.str() == "page=/home;clicks=3;change=-3;mean=0.5;bot=0;at=9us;nothing=none;");
    weir::record other = record;
    CHECK(other == record);
    other.columns[1].second = std::uint64_t{4};
    CHECK_FALSE(other == record);
}

}  // namespace weir_test::pipeline_record
