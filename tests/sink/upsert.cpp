// SPDX-License-Identifier: Apache-2.0
#include <weir/sink/upsert.hpp>

#include <catch.hpp>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <tuple>
#include <weir/aggregate/count.hpp>
#include <weir/pipeline/job.hpp>
#include <weir/run/runner.hpp>
#include <weir/source/values.hpp>
#include <weir/transform/event_time.hpp>
#include <weir/transform/filter.hpp>
#include <weir/transform/key_by.hpp>
#include <weir/transform/to.hpp>
#include <weir/window/aggregate.hpp>
#include <weir/window/tumbling.hpp>

namespace weir_test::sink_upsert {

[[nodiscard]] constexpr weir::timestamp at(std::int64_t micros) { return weir::timestamp(weir::duration(micros)); }

struct click {
    std::string_view page;
    std::int64_t time;
};
struct page_count {
    weir::timestamp window_start;
    std::string page;
    std::uint64_t count;

    friend bool operator==(page_count const&, page_count const&) = default;
};
using table = std::map<std::tuple<weir::timestamp, std::string>, page_count>;

[[nodiscard]] auto counts() {
    return weir::from(weir::values<click>({{"/", 1}, {"/a", 2}, {"/", 3}, {"/", 11}})) |
           weir::event_time([](click const& each) { return at(each.time); }, weir::bounded_out_of_orderness(weir::duration(5))) |
           weir::key_by<&click::page>() |
           weir::window(weir::tumbling(weir::duration(10)), weir::drop_late, weir::emit::on_update) | weir::aggregate(weir::count());
}

TEST_CASE("upsert_into keeps the rows as they stand now, by the columns named") {
    table rows;
    auto job = counts() | weir::to<page_count>() | weir::upsert_into<"window_start", "page">(rows);
    CHECK(weir::run(job).balanced());
    CHECK(rows == table{{{at(0), "/"}, {at(0), "/", 2}}, {{at(0), "/a"}, {at(0), "/a", 1}}, {{at(10), "/"}, {at(10), "/", 1}}});
}

TEST_CASE("upsert_into erases what is taken back") {
    table rows;
    auto job = counts() | weir::filter([](auto const& row) { return row.template get<"count">() < 2; }) | weir::to<page_count>() |
               weir::upsert_into<"window_start", "page">(rows);
    CHECK(weir::run(job).balanced());
    CHECK(rows == table{{{at(0), "/a"}, {at(0), "/a", 1}}, {{at(10), "/"}, {at(10), "/", 1}}});
}

TEST_CASE("upsert_into takes plain structs as well, by one column, the last one wins") {
    std::map<std::string, page_count> rows;
    auto job = weir::from(weir::values<page_count>({{at(0), "/", 1}, {at(0), "/", 7}})) | weir::upsert_into<"page">(rows);
    CHECK(weir::run(job).balanced());
    CHECK(rows == std::map<std::string, page_count>{{"/", {at(0), "/", 7}}});
}

}  // namespace weir_test::sink_upsert
