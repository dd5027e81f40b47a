// SPDX-License-Identifier: Apache-2.0
#include <weir/sink/held_rows.hpp>

#include <catch.hpp>
#include <chrono>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace weir_test::sink_held_rows {

struct click {
    std::string_view page;
    std::optional<std::string_view> country;
    std::string user;
    int n;
};

TEST_CASE("held rows outlive what they borrowed") {
    weir::held_rows<click> held;
    CHECK(held.empty());
    CHECK(held.oldest() == weir::nothing_held);
    for (int i = 0; i < 1000; ++i) {
        std::string page = "/page/" + std::to_string(i);
        std::string country = "country " + std::to_string(i);
        held.hold(
            {page, i % 2 == 0 ? std::optional<std::string_view>(country) : std::nullopt, "user" + std::to_string(i), i},
            {.position = static_cast<std::uint64_t>(i), .epoch = static_cast<std::uint64_t>(2000 - i)});
        page.assign(page.size(), '#');
        country.assign(country.size(), '#');
    }
    CHECK(held.size() == 1000);
    CHECK(held.oldest() == 1001);
    CHECK(held.first().page == "/page/0");
    int i = 0;
    held.release([&](click const& row, weir::stamp const& at) {
        REQUIRE(row.page == "/page/" + std::to_string(i));
        REQUIRE(row.country.has_value() == (i % 2 == 0));
        if (row.country) REQUIRE(*row.country == "country " + std::to_string(i));
        REQUIRE(row.user == "user" + std::to_string(i));
        REQUIRE(row.n == i);
        REQUIRE(at.position == static_cast<std::uint64_t>(i));
        ++i;
    });
    CHECK(i == 1000);
    CHECK(held.empty());
    CHECK(held.oldest() == weir::nothing_held);
}

TEST_CASE("held records outlive the names and texts that they borrowed") {
    weir::held_rows<weir::record> held;
    {
        std::string name = "page";
        std::string text = "/home";
        weir::record row;
        row.add(name, std::string_view(text));
        row.add("n", std::int64_t{5});
        held.hold(row, {.epoch = 3});
        name = text = "####";
    }
    weir::record const& row = held.first();
    CHECK(row.columns.at(0).first == "page");
    CHECK(row.columns.at(0).second == weir::record::value(std::string_view("/home")));
    CHECK(row.columns.at(1).second == weir::record::value(std::int64_t{5}));
    CHECK(held.oldest() == 3);
}

}  // namespace weir_test::sink_held_rows
