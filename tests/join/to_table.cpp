// SPDX-License-Identifier: Apache-2.0
#include <weir/join/to_table.hpp>

#include <catch.hpp>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <weir/aggregate/count.hpp>
#include <weir/pipeline/job.hpp>
#include <weir/run/runner.hpp>
#include <weir/source/push.hpp>
#include <weir/source/values.hpp>
#include <weir/testing/scripted_source.hpp>
#include <weir/transform/event_time.hpp>
#include <weir/transform/filter.hpp>
#include <weir/transform/key_by.hpp>
#include <weir/transform/to.hpp>
#include <weir/window/aggregate.hpp>
#include <weir/window/global.hpp>
#include <weir/window/window.hpp>

namespace weir_test::join_to_table {

using namespace std::chrono_literals;
using Catch::Matchers::ContainsSubstring;

struct user {
    std::optional<int> id;
    std::string_view name;
};

TEST_CASE("the latest item of each key stays, and one without a key is counted") {
    weir::table<int, user> users(weir::unbounded);
    auto job = weir::from(weir::values<user>({{1, "ann"}, {2, "bob"}, {std::nullopt, "nobody"}, {1, "anna"}})) |
               weir::to_table<&user::id>(users);
    weir::report const done = weir::run(job);
    CHECK(done.exit_code() == 0);
    CHECK(done.total().null_key == 1);
    CHECK(users.size() == 2);
    CHECK(users.find(1)->name == "anna");
    CHECK(users.find(2)->name == "bob");
}

struct click {
    std::string_view page;
    weir::timestamp ts;
};
struct page_count {
    std::string page;
    std::uint64_t count;
};

TEST_CASE("rows that are taken back are erased, and the columns say the key") {
    weir::table<std::string, page_count> pages(weir::unbounded);
    auto job = weir::from(weir::push<click>()) | weir::event_time<&click::ts>(weir::bounded_out_of_orderness(5s)) |
               weir::key_by<&click::page>() |
               weir::window(weir::global(), weir::drop_late, weir::emit::on_update, weir::expire_after(24h)) |
               weir::aggregate(weir::count()) | weir::filter([](auto const& row) { return row.template get<"count">() < 3; }) |
               weir::to<page_count>() | weir::to_table<"page">(pages);
    job.push(click{"/", weir::timestamp(1s)});
    job.push(click{"/a", weir::timestamp(1s)});
    job.push(click{"/", weir::timestamp(2s)});
    REQUIRE(pages.find("/") != nullptr);
    CHECK(pages.find("/")->count == 2);
    job.push(click{"/", weir::timestamp(3s)});
    CHECK(pages.find("/") == nullptr);
    CHECK(pages.find("/a")->count == 1);
}

TEST_CASE("changes put values, and erase keys where there is none") {
    using change = weir::table_change<int, std::string>;
    static std::string const one = "one", uno = "uno", two = "two";
    weir::table<std::int64_t, std::string> words(weir::unbounded);
    auto job = weir::from(weir::values<change>({{1, &one}, {2, &two}, {1, &uno}, {2, nullptr}, {3, nullptr}})) | weir::to_table(words);
    CHECK(weir::run(job).exit_code() == 0);
    CHECK(words.size() == 1);
    CHECK(*words.find(1) == "uno");
}

struct numbered {
    int number;
    std::string_view text;
};

/// Never ends, and notes what is acknowledged.
struct source {
    using output = numbered;
    int next = 0;
    std::uint64_t* acknowledged;
    weir::poll_result poll(auto& out) {
        for (int i = 0; i < 10; ++i) out.emit(numbered{next++, "a text of forty bytes, or about that many"});
        return weir::poll_result::ready;
    }
    void acknowledge(std::uint64_t epoch) { *acknowledged = epoch; }
};

TEST_CASE("a full table stops the job with an error that says so, and what found no room is not acknowledged") {
    weir::table<int, numbered> table(weir::state_limit(std::size_t{64} << 10));
    std::uint64_t acknowledged = 0;
    auto job = weir::from(source{0, &acknowledged}) | weir::to_table<&numbered::number>(table);
    std::uint64_t polls = 0;
    while (!job.finished()) job.step(1, weir::timestamp(1s)), ++polls;
    weir::report const done = job.report();
    REQUIRE(done.failure);
    CHECK_THAT(to_string(*done.failure), ContainsSubstring("table") && ContainsSubstring("full") && ContainsSubstring("state_limit"));
    CHECK(done.balanced());
    // All that came and is not in the table is still on its way.
    REQUIRE(done.stages.size() == 2);
    CHECK(done.stages[1].count.passed == table.size());
    CHECK(done.stages[1].count.in_flight == done.stages[1].count.in - table.size());
    CHECK(table.memory() <= std::size_t{64} << 10);
    CHECK(acknowledged == polls);
    CHECK(table.size() < polls * 10);
    CHECK(table.size() >= (polls - 1) * 10);
}

}  // namespace weir_test::join_to_table
