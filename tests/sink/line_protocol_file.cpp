// SPDX-License-Identifier: Apache-2.0
#include <weir/sink/line_protocol_file.hpp>

#include <catch.hpp>
#include <algorithm>
#include <chrono>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <string_view>
#include <support/branch.hpp>

namespace weir_test::sink_line_protocol_file {

using namespace std::chrono_literals;
using Catch::Matchers::ContainsSubstring;

struct view {
    weir::timestamp at;
    std::string_view page;
    int n;
};

struct scratch_file {
    std::string path =
        (std::filesystem::temp_directory_path() / ("weir_line_protocol_file_" + std::to_string(std::rand()))).string();
    ~scratch_file() { std::remove(path.c_str()); }
    [[nodiscard]] std::string content() const {
        std::ifstream in(path, std::ios::binary);
        return {std::istreambuf_iterator<char>(in), {}};
    }
};

TEST_CASE("rows become lines of a file, and what cannot be said is put aside") {
    scratch_file file;
    auto sink = drive<view>(weir::line_protocol_file(file.path, {.measurement = "views"}));
    sink.tick(weir::timestamp(12h));
    sink.poll(view{weir::timestamp(1us), "/a", 1}, view{weir::timestamp(2us), "/b\n", 2},
              view{weir::timestamp(3us), "/c", 3});
    sink.end();
    REQUIRE_FALSE(sink.flow().failure());
    CHECK(file.content() == "views,page=/a n=1i 1\nviews,page=/c n=3i 3\n");
    CHECK(sink.reasons().size() == 1);
    CHECK(sink.account().balanced());
}

TEST_CASE("records become lines too") {
    scratch_file file;
    auto sink = drive<weir::record>(weir::line_protocol_file(file.path, {.measurement = "views", .tags = {"status"}}));
    sink.tick(weir::timestamp(12h));
    weir::record row;
    row.add("status", std::int64_t{200});
    row.add("at", weir::timestamp(1us));
    row.add("events", std::uint64_t{7});
    sink.poll(row);
    sink.end();
    CHECK(file.content() == "views,status=200 events=7i 1\n");
}

TEST_CASE("options that do not fit the row stop the job, and name the file") {
    scratch_file file;
    auto sink = drive<view>(weir::line_protocol_file(file.path, {.measurement = "views", .tags = {"pages"}}));
    REQUIRE(sink.flow().failure());
    CHECK(sink.flow().failure()->place == file.path);
    CHECK_THAT(sink.flow().failure()->cause, ContainsSubstring("'pages'"));
}

}  // namespace weir_test::sink_line_protocol_file
