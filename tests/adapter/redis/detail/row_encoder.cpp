// SPDX-License-Identifier: Apache-2.0
#include <weir/adapter/redis/detail/row_encoder.hpp>

#include <weir/adapter/redis.hpp>

#include <catch.hpp>
#include <chrono>
#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <string_view>
#include <support/branch.hpp>
#include <support/redis_rows.hpp>
#include <support/scripted_redis.hpp>
#include <variant>

namespace weir_test::adapter_redis_row_encoder {

using namespace std::chrono_literals;
using namespace redis_rows;
using Catch::Matchers::ContainsSubstring;

/// The commands that rows become.
template <class Row>
texts commands_for(weir::redis::options chosen, std::initializer_list<Row> rows) {
    scripted_redis server(always({}));
    chosen.url = server.url();
    auto sink = drive<Row>(weir::redis::sink(std::move(chosen)));
    send(sink, rows);
    CHECK(failure_of(sink) == "");
    CHECK(sink.account().balanced());
    return server.commands();
}

enum class device { phone, desk };

struct reading {
    std::string_view id;
    std::optional<double> heat;
    bool on;
    device where;
    weir::timestamp at;
    weir::duration took;
};
reading const warm{"a", 1.5, true, device::desk, minute_end + 7us, 3us};
reading const cold{"b", {}, false, device::phone, minute_end, 4us};

TEST_CASE("redis: without a field each column is one, and a column without a value is none") {
    CHECK(commands_for<reading>({.key = "reading:{id}"}, {warm, cold}) ==
          texts{"HSET reading:a heat 1.5 on true where desk at 2025-06-10T05:04:00.000007Z took 3",
                "HSET reading:b on false where phone at 2025-06-10T05:04:00Z took 4", "hdel reading:b heat"});
    CHECK(commands_for<reading>({.key = "reading:{id}", .columns = {"heat"}, .times = {}}, {cold}) ==
          texts{"HDEL reading:b heat"});
}

TEST_CASE("redis: strings hold a pattern, or the row as JSON") {
    CHECK(commands_for<page_count>({.type = data_type::string, .key = "{{{page}}}", .value = "{count}/{window_end}"},
                                   {row("/", 3)}) == texts{"SET {/} 3/2025-06-10T05:04:00Z"});
    CHECK(commands_for<page_count>({.type = data_type::string, .key = "k"}, {row("/", 3)}) ==
          texts{R"(SET k {"window_end":"2025-06-10T05:04:00Z","page":"/","count":3})"});
}

TEST_CASE("redis: times are written as asked") {
    auto const time_as = [](time_text form) {
        auto const seen = commands_for<reading>({.type = data_type::string, .key = "k", .value = "{at}", .times = form}, {warm});
        return seen.at(0).substr(6);
    };
    CHECK(time_as(time_text::iso) == "2025-06-10T05:04:00.000007Z");
    CHECK(time_as(time_text::iso_without_zone) == "2025-06-10T05:04:00.000007");
    CHECK(time_as(time_text::seconds) == "1749531840");
    CHECK(time_as(time_text::milliseconds) == "1749531840000");
    CHECK(time_as(time_text::microseconds) == "1749531840000007");
}

TEST_CASE("redis: a sorted set ranks members by a column; what is no number is put aside") {
    CHECK(commands_for<page_count>(
              {.type = data_type::sorted_set, .key = "top:{window_end}", .value = "{page}", .score = "count", .times = time_text::seconds},
              {row("/", 3)}) == texts{"ZADD top:1749531840 3 /"});
    CHECK(commands_for<page_count>({.type = data_type::sorted_set, .key = "t", .value = "{page}", .score = "window_end"}, {row("/", 3)}) ==
          texts{"ZADD t 1749531840000 /"});

    scripted_redis server(always({}));
    auto sink = drive<reading>(
        weir::redis::sink({.url = server.url(), .type = data_type::sorted_set, .key = "k", .value = "{id}", .score = "heat"}));
    reading odd = warm;
    odd.heat = std::numeric_limits<double>::quiet_NaN();
    send(sink, {warm, cold, odd});
    CHECK(server.commands() == texts{"ZADD k 1.5 a"});
    REQUIRE(sink.reasons().size() == 2);
    CHECK(to_string(sink.reasons()[0]) == "redis: lane 0/2: heat: the value is no number, and so no score");
    CHECK(sink.account().dead_lettered == 2);
    CHECK(sink.account().balanced());
}

TEST_CASE("redis: an entry of a stream has an id of the server's, or one made of the row") {
    CHECK(commands_for<page_count>({.type = data_type::stream, .key = "clicks"}, {row("/", 3)}) ==
          texts{"XADD clicks * window_end 2025-06-10T05:04:00Z page / count 3"});
    CHECK(commands_for<page_count>({.type = data_type::stream, .key = "clicks:{page}", .id = "{window_end}"}, {row("/", 3)}) ==
          texts{"XADD clicks:/ 1749531840000-0 window_end 2025-06-10T05:04:00Z count 3"});
    CHECK(commands_for<page_count>({.type = data_type::stream, .key = "c", .id = "00{count}-00{count}", .columns = {"page"}}, {row("/", 3)}) ==
          texts{"XADD c 3-3 page /"});

    scripted_redis server(always({}));
    auto sink = drive<page_count>(weir::redis::sink({.url = server.url(), .type = data_type::stream, .key = "c", .id = "{page}"}));
    send(sink, {row("/", 3)});
    CHECK(server.commands().empty());
    CHECK(to_string(sink.reasons().at(0)) ==
          "redis: lane 0/1: options::id: '/' is no id of an entry (an id is a number, or two with '-' between them)");
}

TEST_CASE("redis: a time to live is set with every write") {
    CHECK(commands_for<page_count>({.key = "h:{page}", .field = "f", .value = "{count}", .time_to_live = 90s}, {row("/", 3)}) ==
          texts{"HSET h:/ f 3", "pexpire h:/ 90000"});
    CHECK(commands_for<page_count>({.type = data_type::string, .key = "s", .value = "{count}", .time_to_live = 1us}, {row("/", 3)}) ==
          texts{"SET s 3 PX 1"});
}

TEST_CASE("redis: a column without a value has no place in a pattern") {
    scripted_redis server(always({}));
    auto sink = drive<reading>(weir::redis::sink({.url = server.url(), .key = "k:{heat}"}));
    send(sink, {warm, cold});
    CHECK(server.commands().size() == 1);
    CHECK(to_string(sink.reasons().at(0)) == "redis: lane 0/2: heat: the column has no value, and options::key names it");
    CHECK(sink.payloads().at(0).find("\"id\":\"b\"") != std::string::npos);
    CHECK(sink.account().balanced());
}

TEST_CASE("redis: records are rows too, by their columns' names") {
    scripted_redis server(always({}));
    auto sink = drive<weir::record>(weir::redis::sink({.url = server.url(), .key = "status:{status}"}));
    auto brief = drive<weir::record>(weir::redis::sink({.url = server.url(), .key = "n", .field = "{status}", .value = "{events}"}));
    weir::record one;
    one.add("status", std::int64_t{200});
    one.add("events", std::uint64_t{12});
    one.add("last", std::monostate());
    weir::record other;
    other.add("events", std::uint64_t{1});
    send(sink, {one, other});
    send(brief, {one, other});
    CHECK(server.commands() == texts{"HSET status:200 events 12", "hdel status:200 last", "HSET n 200 12"});
    CHECK(to_string(brief.reasons().at(0)) == "redis: lane 0/2: status: the column has no value, and options::field names it");
    CHECK(sink.account().dead_lettered == 1);
}

TEST_CASE("redis: a record of nothing but its key is put aside, and the rows behind it keep their numbers") {
    scripted_redis server([](redis_command const& asked) {
        return asked.arguments.at(1) == "s:bad" ? reply::error("WRONGTYPE Operation") : reply{};
    });
    auto const record_of = [](std::string_view status, bool full) {
        weir::record made;
        made.add("status", status);
        if (full) made.add("events", std::int64_t{1});
        return made;
    };
    auto options = weir::redis::options{.url = server.url(), .key = "s:{status}"};
    options.time_to_live = GENERATE(0s, 60s);
    auto sink = drive<weir::record>(weir::redis::sink(options));
    send(sink, {record_of("a", true), record_of("empty", false), record_of("bad", true), record_of("d", true)});
    REQUIRE(sink.reasons().size() == 2);
    CHECK(sink.reasons()[0].cause == "the row has no columns but those that options::key names");
    CHECK_THAT(sink.reasons()[1].cause, ContainsSubstring("WRONGTYPE"));
    CHECK_THAT(sink.payloads().at(1), ContainsSubstring("s:bad"));
    CHECK(sink.account().passed == 2);
    CHECK(sink.account().balanced());

    using change = weir::change<weir::record>;
    auto changes = drive_changes<weir::record>(weir::redis::sink(options));
    send(changes, {change{weir::change_kind::erase, record_of("empty", false), {}},
                   change{weir::change_kind::update, record_of("b", true), record_of("empty", false)}});
    CHECK(failure_of(changes) == "");
    CHECK(changes.reasons().size() == 1);
    CHECK(changes.account().passed == 1);
    CHECK(changes.account().balanced());
}

TEST_CASE("redis: rows that come anew overwrite, those taken back are deleted, those that move leave nothing behind") {
    using change = weir::change<page_count>;
    constexpr auto update = weir::change_kind::update;
    constexpr auto erase = weir::change_kind::erase;
    auto const commands = [](weir::redis::options chosen) {
        scripted_redis server(always({}));
        chosen.url = server.url();
        auto sink = drive_changes<page_count>(weir::redis::sink(chosen));
        send(sink, {change{.row = row("/", 1)}, change{update, row("/", 2), row("/", 1)}, change{update, row("/b", 2), row("/", 2)},
                    change{erase, row("/b", 2), {}}});
        CHECK(failure_of(sink) == "");
        CHECK(sink.account().passed == 4);
        CHECK(sink.account().balanced());
        return server.commands();
    };
    CHECK(commands({.key = "c", .field = "{page}", .value = "{count}"}) ==
          texts{"HSET c / 1", "HSET c / 2", "HSET c /b 2", "hdel c /", "HDEL c /b"});
    CHECK(commands({.key = "c:{page}", .columns = {"count", "page"}}) ==
          texts{"HSET c:/ count 1 page /", "HSET c:/ count 2 page /", "HSET c:/b count 2 page /b", "hdel c:/ count page",
                "HDEL c:/b count page"});
    CHECK(commands({.type = data_type::string, .key = "c:{page}", .value = "{count}"}) ==
          texts{"SET c:/ 1", "SET c:/ 2", "SET c:/b 2", "del c:/", "DEL c:/b"});
    CHECK(commands({.type = data_type::sorted_set, .key = "c", .value = "{page}", .score = "count"}) ==
          texts{"ZADD c 1 /", "ZADD c 2 /", "ZADD c 2 /b", "zrem c /", "ZREM c /b"});
}

TEST_CASE("redis: options that make no sense stop the job before anything is sent") {
    scripted_redis server(always({}));
    auto const problem = [&](weir::redis::options options) {
        if (options.url == weir::redis::options{}.url) options.url = server.url();
        if (options.key.empty()) options.key = "k";
        if (options.key == "none") options.key.clear();
        auto sink = drive<page_count>(weir::redis::sink(options));
        send(sink, {row("/a", 1)});
        CHECK(sink.account().balanced());
        return failure_of(sink);
    };
    CHECK(problem({.key = "click_count:{pages}"}) ==
          "redis: options::key names the column 'pages', which the row does not have; it has window_end, page, count");
    CHECK_THAT(problem({.field = "{windowend}"}), ContainsSubstring("options::field names the column 'windowend'"));
    CHECK_THAT(problem({.columns = {"clicks"}}), ContainsSubstring("options::columns names the column 'clicks'"));
    CHECK_THAT(problem({.type = data_type::sorted_set, .score = "rank"}), ContainsSubstring("options::score names the column 'rank'"));
    CHECK_THAT(problem({.key = "a{page"}), ContainsSubstring("has a '{' without its '}'"));
    CHECK_THAT(problem({.key = "a}"}), ContainsSubstring("has a '}' without its '{'"));
    CHECK_THAT(problem({.key = "none"}), ContainsSubstring("options::key is empty"));
    CHECK_THAT(problem({.value = "{count}"}), ContainsSubstring("options::value needs options::field"));
    CHECK_THAT(problem({.type = data_type::string, .field = "f"}), ContainsSubstring("options::field belongs to"));
    CHECK_THAT(problem({.score = "count"}), ContainsSubstring("options::score belongs to"));
    CHECK_THAT(problem({.id = "1"}), ContainsSubstring("options::id belongs to"));
    CHECK_THAT(problem({.type = data_type::sorted_set, .value = "{page}"}), ContainsSubstring("options::score is empty"));
    CHECK_THAT(problem({.type = data_type::sorted_set, .score = "count"}), ContainsSubstring("options::value is empty"));
    CHECK_THAT(problem({.key = "{window_end}{page}{count}"}), ContainsSubstring("nothing is left to store"));
    CHECK_THAT(problem({.time_to_live = -1s}), ContainsSubstring("options::time_to_live is negative"));
    CHECK_THAT(problem({.database = -1}), ContainsSubstring("options::database is negative"));
    CHECK_THAT(problem({.user = "weir"}), ContainsSubstring("options::user needs options::password"));
    CHECK_THAT(problem({.url = "rediss://a"}), ContainsSubstring("TLS"));
    CHECK_THAT(problem({.url = "http://a"}), ContainsSubstring("neither redis:// nor unix://"));
    CHECK_THAT(problem({.url = "redis://"}), ContainsSubstring("names no host"));
    CHECK_THAT(problem({.url = "redis://a:0"}), ContainsSubstring("port"));
    CHECK_THAT(problem({.url = "redis://a/2"}), ContainsSubstring("options::database chooses"));
    CHECK_THAT(problem({.url = "unix://run"}), ContainsSubstring("no Unix socket"));
    std::string const leak = problem({.url = "redis://weir:canary@a"});
    CHECK_THAT(leak, ContainsSubstring("holds a user or a password"));
    CHECK(leak.find("canary") == std::string::npos);
    CHECK(server.commands().empty());

    auto changing = drive_changes<page_count>(weir::redis::sink({.url = server.url(), .type = data_type::stream, .key = "k"}));
    send(changing, {weir::change<page_count>{.row = row("/", 1)}});
    CHECK_THAT(failure_of(changing), ContainsSubstring("weir::changelog()"));
}

}  // namespace weir_test::adapter_redis_row_encoder
