// SPDX-License-Identifier: Apache-2.0
#include <weir/adapter/elasticsearch/bulk.hpp>

#include <catch.hpp>
#include <chrono>
#include <cstdint>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <support/naughty_texts.hpp>
#include <vector>

namespace weir_test::adapter_elasticsearch_bulk {

using namespace std::chrono_literals;
using Catch::Matchers::ContainsSubstring;
using weir::elasticsearch::bulk;
using weir::elasticsearch::options;
using weir::elasticsearch::time_format;
using weir::elasticsearch::write_mode;

constexpr weir::timestamp noon = weir::timestamp(1'705'320'000s);  // 2024-01-15T12:00:00Z

struct key_page : weir::column<"page", std::string_view> {
    static constexpr bool is_key = true;
};
struct key_status : weir::column<"status", int> {
    static constexpr bool is_key = true;
};
using minute = weir::row<weir::column<"window_start", weir::timestamp>, key_page, key_status,
                         weir::column<"clicks", std::uint64_t>>;

minute count(weir::timestamp start, std::string_view page, int status, std::uint64_t clicks) {
    return {{start, page, status, clicks}};
}

struct event {
    std::string_view user;
    weir::timestamp at;
    std::optional<weir::timestamp> paid;
    std::optional<double> price;
};

template <class Item>
std::string encoded(options chosen, Item const& item) {
    if (chosen.index.empty()) chosen.index = "clicks";
    bulk<Item> codec(chosen);
    INFO((codec.problem() ? to_string(*codec.problem()) : std::string()));
    REQUIRE_FALSE(codec.problem());
    weir::byte_buffer into;
    weir::error why;
    return codec.encode(item, into, why) ? std::string(into.view()) : to_string(why);
}

template <class Item>
std::string problem_of(options chosen) {
    if (chosen.index.empty()) chosen.index = "clicks";
    bulk<Item> const codec(chosen);
    return codec.problem() ? to_string(*codec.problem()) : std::string();
}

event const paid{"ann", noon, noon + 1500us, 2.5};

TEST_CASE("elasticsearch bulk: a row of a window is upserted by its key and the window's start") {
    CHECK(encoded({}, count(noon, "/cart", 200, 7)) ==
          "{\"index\":{\"_id\":\"/cart|200|2024-01-15T12:00:00Z\"}}\n"
          "{\"window_start\":\"2024-01-15T12:00:00Z\",\"page\":\"/cart\",\"status\":200,\"clicks\":7}\n");
    CHECK(encoded({.key = {"status"}, .omit = {"page", "window_start"}}, count(noon, "/cart", 200, 7)) ==
          "{\"index\":{\"_id\":\"200\"}}\n{\"status\":200,\"clicks\":7}\n");
}

TEST_CASE("elasticsearch bulk: a row that is taken back is deleted, one that changes is written anew") {
    minute const row = count(noon, "/", 404, 1);
    using change = weir::change<minute>;
    std::string const stored = encoded({}, row);
    CHECK(encoded({}, change{weir::change_kind::insert, row, {}}) == stored);
    CHECK(encoded({}, change{weir::change_kind::update, row, {}}) == stored);
    CHECK(encoded({}, change{weir::change_kind::erase, row, {}}) ==
          "{\"delete\":{\"_id\":\"/|404|2024-01-15T12:00:00Z\"}}\n");
}

TEST_CASE("elasticsearch bulk: a change that is an item of its own is a document with its kind") {
    bulk<weir::change<minute>, false> codec({.index = "log", .mode = write_mode::append, .omit = {"window_start"}});
    weir::byte_buffer into;
    weir::error why;
    REQUIRE(codec.encode({weir::change_kind::erase, count(noon, "/", 404, 1), {}}, into, why));
    CHECK(into.view() == "{\"index\":{}}\n{\"change\":\"erase\",\"page\":\"/\",\"status\":404,\"clicks\":1}\n");
}

TEST_CASE("elasticsearch bulk: appended rows have no id, or one made of what they say") {
    CHECK(encoded({.mode = write_mode::append}, paid) ==
          "{\"index\":{}}\n{\"user\":\"ann\",\"at\":\"2024-01-15T12:00:00Z\",\"paid\":\"2024-01-15T12:00:00.001500Z\","
          "\"price\":2.5}\n");
    options const once{.mode = write_mode::append_once};
    std::string const first = encoded(once, paid);
    CHECK(first.substr(0, 18) == "{\"create\":{\"_id\":\"");
    CHECK(first.find("\"}}\n{\"user\"") == 18 + 32);
    CHECK(encoded(once, paid) == first);
    std::set<std::string> ids;
    for (int i = 0; i < 1000; ++i)
        ids.insert(encoded(once, event{"ann", noon + weir::duration(i), {}, {}}).substr(0, 52));
    CHECK(ids.size() == 1000);
    // In every process and version the same, or a restart would store everything again.
    CHECK(first.substr(18, 32) == "8cf196a53ebe2e64f0ff4dd582f4d4e0");
}

TEST_CASE("elasticsearch bulk: fields are named and times written as the options say") {
    CHECK(encoded({.mode = write_mode::append,
                   .rename = {{"at", "@timestamp"}},
                   .upper_case = true,
                   .times = time_format::epoch_millis},
                  paid) ==
          "{\"index\":{}}\n{\"USER\":\"ann\",\"@timestamp\":1705320000000,\"PAID\":1705320000001,\"PRICE\":2.5}\n");
    CHECK(encoded({.mode = write_mode::append, .omit = {"user"}, .times = time_format::epoch_millis},
                  event{"", weir::timestamp(-1us), {}, {}}) ==
          "{\"index\":{}}\n{\"at\":-1,\"paid\":null,\"price\":null}\n");
}

TEST_CASE("elasticsearch bulk: the index may have the time of the row in its name") {
    options dated{.index = "clicks-%Y.%m.%d-%H", .mode = write_mode::append, .omit = {"paid", "price"}};
    CHECK_THAT(encoded(dated, paid), ContainsSubstring("{\"index\":{\"_index\":\"clicks-2024.01.15-12\"}}\n"));
    dated.index_time = "paid";
    CHECK_THAT(encoded(dated, event{"ann", noon, noon + 24h, {}}), ContainsSubstring("\"clicks-2024.01.16-12\"}"));
    CHECK_THAT(encoded(dated, event{"ann", noon, {}, {}}), ContainsSubstring("it has no time for the index's name"));
    CHECK_THAT(encoded(dated, event{"ann", noon, weir::end_of_time, {}}), ContainsSubstring("no year of four digits"));
    CHECK_THAT(encoded({.index = "m-%Y"}, count(noon, "/", 1, 7)),
               ContainsSubstring("{\"index\":{\"_index\":\"m-2024\",\"_id\":\"/|1|2024-01-15T12:00:00Z\"}}\n"));
    CHECK_THAT(encoded({.index = "m-%m", .mode = write_mode::append_once}, paid),
               ContainsSubstring("{\"create\":{\"_index\":\"m-01\",\"_id\":\""));
}

TEST_CASE("elasticsearch bulk: different keys make different ids, whatever is in them") {
    struct pair {
        std::string_view a;
        std::optional<std::string_view> b;
    };
    auto const id = [](pair const& row) {
        std::string const text = encoded({.key = {"a", "b"}, .omit = {"a", "b"}}, row);
        return text.substr(0, text.find('\n'));
    };
    std::vector<std::string> texts = naughty_texts();
    for (std::string_view odd : {"", "|", "\\", "\\-", "\\x80", "\x80", "a|b", "a", "b"}) texts.emplace_back(odd);
    std::set<std::string> const different(texts.begin(), texts.end());
    std::set<std::string> ids, kept;
    for (auto const& text : different) {
        if (text.size() > 100) continue;
        kept.insert(text);
        ids.insert(id({text, "x"}));
        ids.insert(id({"x", text}));
    }
    CHECK(ids.size() == 2 * kept.size() - kept.count("x"));
    CHECK(id({"a|b", "c"}) != id({"a", "b|c"}));
    CHECK(id({"a", std::nullopt}) == "{\"index\":{\"_id\":\"a|\\\\-\"}}");
    CHECK(id({"a", "-"}) == "{\"index\":{\"_id\":\"a|-\"}}");
}

TEST_CASE("elasticsearch bulk: a key that is empty has an id, one that is too long has none") {
    struct page {
        std::string_view url;
    };
    CHECK(encoded({.key = {"url"}}, page{""}) == "{\"index\":{\"_id\":\"\\\\\"}}\n{\"url\":\"\"}\n");
    CHECK_THAT(encoded({.key = {"url"}}, page{std::string(512, 'x')}), ContainsSubstring("{\"index\""));
    CHECK_THAT(encoded({.key = {"url"}}, page{std::string(513, 'x')}),
               ContainsSubstring("its key is longer than 512 bytes"));
}

TEST_CASE("elasticsearch bulk: records choose their columns at run time") {
    weir::record one;
    one.add("window_end", noon + 60s);
    one.add("window_start", noon);
    one.add("status", std::int64_t{200});
    one.add("nothing", {});
    CHECK(encoded({.index = "r-%H", .key = {"status", "nothing"}, .upper_case = true, .omit = {"window_end"}}, one) ==
          "{\"index\":{\"_index\":\"r-12\",\"_id\":\"200|\\\\-\"}}\n"
          "{\"WINDOW_START\":\"2024-01-15T12:00:00Z\",\"STATUS\":200,\"NOTHING\":null}\n");
    CHECK_THAT(encoded({.key = {"status", "page"}}, one), ContainsSubstring("it lacks a column of options::key"));
    CHECK_THAT(problem_of<weir::record>({}), ContainsSubstring("what tells records apart"));
}

TEST_CASE("elasticsearch bulk: options that do not fit the row are found before a row comes") {
    CHECK_THAT(problem_of<event>({}),
               ContainsSubstring("elasticsearch: index 'clicks': it is not known what tells rows apart"));
    CHECK_THAT(problem_of<event>({.key = {"id"}}),
               ContainsSubstring("options::key names the column 'id', which the row does not have; "
                                 "its columns are user, at, paid, price"));
    CHECK_THAT(problem_of<minute>({.omit = {"x"}}), ContainsSubstring("options::omit names the column 'x'"));
    CHECK_THAT(problem_of<minute>({.rename = {{"x", "y"}}}), ContainsSubstring("options::rename names the column 'x'"));
    CHECK_THAT(problem_of<minute>({.rename = {{"page", "status"}}}),
               ContainsSubstring("two columns would be the field 'status'"));
    CHECK_THAT(problem_of<minute>({.index = "a-%Y", .index_time = "page"}),
               ContainsSubstring("the column 'page' is no weir::timestamp"));
    struct number {
        int n;
    };
    CHECK_THAT(problem_of<number>({.index = "a-%Y", .mode = write_mode::append}),
               ContainsSubstring("the row has none"));
    struct nested {
        std::vector<int> list;
    };
    CHECK_THAT(problem_of<nested>({.key = {"list"}}), ContainsSubstring("'list' cannot be a part of an _id"));
    for (std::string_view wrong : {"Clicks", "a b", "a*", "_a", "-a", "a/b", "a,b", "..", "a-%y", "a%", "a\x80"})
        CHECK_FALSE(problem_of<minute>({.index = std::string(wrong)}).empty());
    CHECK_THAT(problem_of<minute>({.index = "Clicks"}), ContainsSubstring("an upper-case letter"));
    CHECK_THAT(problem_of<minute>({.index = std::string(256, 'a')}), ContainsSubstring("longer than 255 bytes"));
    bulk<minute> const unnamed({});
    CHECK_THAT(to_string(*unnamed.problem()), ContainsSubstring("options::index is empty"));
}

}  // namespace weir_test::adapter_elasticsearch_bulk
