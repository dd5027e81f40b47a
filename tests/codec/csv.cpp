// SPDX-License-Identifier: Apache-2.0
#include <weir/codec/csv.hpp>

#include <catch.hpp>
#include <chrono>
#include <cmath>
#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <vector>

namespace weir_test::codec_csv {

using namespace std::chrono_literals;

enum class device { phone, desktop };

struct click {
    std::string_view page;
    std::int32_t count;
    std::optional<double> price;
    weir::timestamp time;
    device where;
    bool paid;
    friend bool operator==(click const&, click const&) = default;
};

auto const noon = weir::timestamp(std::chrono::sys_days(2015y / 5 / 17) + 12h);

template <class Row>
std::string written(std::vector<Row> const& rows, weir::csv_format format = {}) {
    auto writer = weir::csv(format);
    weir::byte_buffer to;
    weir::error why;
    if (!rows.empty()) writer.begin(rows.front(), to);
    for (Row const& row : rows) REQUIRE(writer.encode(row, to, why));
    return std::string(to.view());
}

TEST_CASE("rows are written with a header, CR LF, and quotes only where they are needed") {
    CHECK(written<click>({{"/a", -3, 1.5, noon, device::desktop, true},
                          {"/b,\"c\"", 0, std::nullopt, noon + 250ms, device::phone, false}}) ==
          "page,count,price,time,where,paid\r\n"
          "/a,-3,1.5,2015-05-17T12:00:00Z,desktop,true\r\n"
          "\"/b,\"\"c\"\"\",0,,2015-05-17T12:00:00.250Z,phone,false\r\n");
    CHECK(written<click>({{"/a", 1, 2.0, noon, device::phone, true}},
                         {.separator = ';', .header = false, .line_end = "\n"}) ==
          "/a;1;2;2015-05-17T12:00:00Z;phone;true\n");
}

using odd_row = weir::row<weir::column<"a,b", std::string_view>, weir::column<"n", double>,
                          weir::column<"t", std::int8_t>, weir::column<"d", std::chrono::milliseconds>>;

TEST_CASE("odd values are written in a way that reads back") {
    CHECK(written<odd_row>({{{"", std::numeric_limits<double>::infinity(), -7, 250ms}},
                            {{"line\nbreak", NAN, 9, 0ms}},
                            {{"\r", 0.1, 0, 1ms}},
                            {{" blank ", -0.0, 0, 1ms}}}) ==
          "\"a,b\",n,t,d\r\n\"\",inf,-7,250\r\n\"line\nbreak\",nan,9,0\r\n\"\r\",0.1,0,1\r\n blank ,-0,0,1\r\n");
}

TEST_CASE("records are written as long as they have the same columns") {
    auto writer = weir::csv();
    weir::byte_buffer to;
    weir::error why;
    weir::record row;
    row.add("page", std::string_view("/a"));
    row.add("none", std::monostate{});
    row.add("n", std::int64_t{-1});
    writer.begin(row, to);
    CHECK(writer.encode(row, to, why));
    CHECK(to.view() == "page,none,n\r\n/a,,-1\r\n");
    row.columns[1].first = "other";
    CHECK_FALSE(writer.encode(row, to, why));
    CHECK(why.cause == "the record has other columns than the first one");
    row.columns.pop_back();
    CHECK_FALSE(writer.encode(row, to, why));
}

}  // namespace weir_test::codec_csv
