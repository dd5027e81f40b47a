// SPDX-License-Identifier: Apache-2.0
// needs: clickhouse
// A second implementation judges the windows: random events go through weir, and as they came into ClickHouse, which
// computes the same windows from them in SQL. The seed of a stream that fails is printed.
#include <weir/adapter/clickhouse.hpp>
#include <weir/aggregate/count.hpp>
#include <weir/aggregate/distinct.hpp>
#include <weir/aggregate/mean.hpp>
#include <weir/aggregate/minmax.hpp>
#include <weir/aggregate/sum.hpp>
#include <weir/run/runner.hpp>
#include <weir/sink/call.hpp>
#include <weir/source/values.hpp>
#include <weir/transform/changelog.hpp>
#include <weir/transform/event_time.hpp>
#include <weir/transform/key_by.hpp>
#include <weir/window/aggregate.hpp>
#include <weir/window/count_window.hpp>
#include <weir/window/cumulate.hpp>
#include <weir/window/hopping.hpp>
#include <weir/window/session.hpp>
#include <weir/window/sliding.hpp>
#include <weir/window/tumbling.hpp>
#include <weir/window/window.hpp>

#include <catch.hpp>
#include <algorithm>
#include <bit>
#include <cstdint>
#include <iterator>
#include <map>
#include <optional>
#include <oracle/random_stream.hpp>
#include <sstream>
#include <string>
#include <string_view>
#include <support/server_from_environment.hpp>
#include <support/sql_windows.hpp>
#include <utility>
#include <vector>

namespace weir_test::integration_windows_sql {

/// An event, and a row of the table of events.
struct visit {
    std::uint32_t n;  ///< its place in order of arrival
    std::int64_t at;  ///< microseconds: ClickHouse 18 has no finer time than a second
    std::optional<std::string> page{};
    std::uint32_t section = 0;
    std::uint32_t visitor = 0;
    std::int64_t amount = 0;
};

/// A stream of some thousand events, in disorder within its bound; with `late`, some are beyond it.
struct visit_stream {
    std::uint64_t seed;
    std::int64_t grain = 1;
    std::int64_t bound = 0;
    std::vector<visit> events{};
};

[[nodiscard]] visit_stream make_visits(std::uint64_t seed, bool late) {
    dice roll(seed);
    visit_stream made{.seed = seed};
    std::int64_t const grains[] = {1'000, 1'000'000, 60'000'000};
    made.grain = seed % 2 == 0 ? 1 : grains[roll.between(0, 2)];  // of microseconds: every edge is hit
    made.bound = made.grain * roll.between(0, 40);
    std::int64_t const pages = roll.between(1, 12), sections = roll.between(1, 3);
    // Around the epoch, where times change their sign, or in a year of today with a remainder.
    std::int64_t cursor = roll.once_in(2) ? -500 * made.grain : 1'705'320'000'123'457 + roll.between(0, 999'999);
    for (std::uint32_t n = 0; n < 3'000; ++n) {
        cursor += made.grain * (roll.once_in(100) ? roll.between(0, 200) : roll.between(0, 1));
        std::int64_t behind = roll.once_in(3) ? roll.between(0, made.bound) : 0;
        if (roll.once_in(20)) behind = made.bound;
        if (late && roll.once_in(10)) behind = made.bound + roll.between(0, 120 * made.grain);
        visit one{.n = n, .at = cursor - behind, .amount = roll.between(-1'000, 1'000)};
        if (!roll.once_in(50)) one.page = page_of(static_cast<std::uint32_t>(roll.between(0, pages - 1)));
        one.section = static_cast<std::uint32_t>(roll.between(1, sections));
        one.visitor = static_cast<std::uint32_t>(roll.between(1, 60));
        made.events.push_back(std::move(one));
    }
    return made;
}

/// Rows as lines of ClickHouse's TabSeparated, and the numbers of the events that were late.
struct outcome {
    std::vector<std::string> rows{};
    std::vector<std::uint32_t> late{};
    std::uint64_t late_places = 0;
};

void write(std::ostream& line, weir::timestamp t) { line << t.time_since_epoch().count(); }
void write(std::ostream& line, std::optional<double> mean) { line << std::bit_cast<std::uint64_t>(mean.value()); }
void write(std::ostream& line, auto const& value) { line << value; }

template <class Row>
[[nodiscard]] std::string line_of(Row const& row) {
    std::ostringstream line;
    std::apply(
        [&](auto const&... values) {
            bool first = true;
            ((line << (std::exchange(first, false) ? "" : "\t"), write(line, values)), ...);
        },
        row.values);
    return line.str();
}

[[nodiscard]] inline auto timed_visits(visit_stream const& stream) {
    return weir::from(weir::values(stream.events)) |
           weir::event_time([](visit const& one) { return weir::timestamp(weir::duration(one.at)); },
                            weir::bounded_out_of_orderness(weir::duration(stream.bound)),
                            {.max_ahead = weir::no_future_guard});
}

/// What weir makes of the stream: `Keys` are members, `options` stand beside the window's rule.
template <auto... Keys, class Rule, class... Options>
[[nodiscard]] outcome rows_by(visit_stream const& stream, Rule rule, Options... options) {
    outcome made;
    std::map<std::string, std::string> last;  // where rows come anew: by window and key
    auto keep_late = weir::call([&](visit const& one) { made.late.push_back(one.n); });
    auto windowed = timed_visits(stream) | weir::key_by<Keys...>() |
                    weir::window(std::move(rule), weir::late_to(std::move(keep_late)), options...) |
                    weir::aggregate(weir::count(), weir::sum<&visit::amount>(), weir::min<&visit::amount>(),
                                    weir::max<&visit::amount>(), weir::mean<&visit::amount>(),
                                    weir::distinct<&visit::visitor>());
    constexpr std::size_t identity = 2 + sizeof...(Keys);
    auto const identity_of = [](std::string const& line) {
        std::size_t end = 0;
        for (std::size_t i = 0; i < identity; ++i) end = line.find('\t', end) + 1;
        return line.substr(0, end);
    };
    auto job = [&] {
        if constexpr (weir::detail::changing<typename decltype(windowed)::stream_type>)
            return std::move(windowed) | weir::changelog() | weir::call([&](auto const& change) {
                       std::string const line = line_of(change.row);
                       if (change.kind == weir::change_kind::erase) last.erase(identity_of(line));
                       else last[identity_of(line)] = line;
                   });
        else return std::move(windowed) | weir::call([&](auto const& row) { made.rows.push_back(line_of(row)); });
    }();
    auto const report = weir::run(job, {.budget = 1 + stream.seed % 700});
    INFO(to_string(report));
    REQUIRE(report.ended);
    CHECK(report.balanced());
    for (auto const& [identity_text, line] : last) made.rows.push_back(line);
    made.late_places = report.total().late_assignments;
    std::sort(made.rows.begin(), made.rows.end());
    std::sort(made.late.begin(), made.late.end());
    return made;
}

[[nodiscard]] outcome by_weir(visit_stream const& stream, auto rule, auto... options) {
    return rows_by<&visit::page, &visit::section>(stream, rule, options...);
}

/// The table of events in one ClickHouse.
class judge {
public:
    explicit judge(std::string url) : url_(std::move(url)) { drop(); }
    judge(judge const&) = delete;
    judge& operator=(judge const&) = delete;
    ~judge() {
        try {
            drop();
        } catch (...) {
        }
    }

    /// Writes the events as they came, with weir's own sink, and adds what watermark each found.
    void take(visit_stream const& stream, bool today) {
        drop();
        weir::clickhouse::options const raw{.url = url_, .table = "weir_raw", .create_table = true, .order_by = {"n"}};
        auto const report = weir::run(weir::from(weir::values(stream.events)) | weir::clickhouse::sink(raw));
        INFO(to_string(report));
        REQUIRE(report.exit_code() == 0);
        sql_windows const by("weir_raw");
        ask("CREATE TABLE weir_visits ENGINE = Memory AS " +
            (today ? by.with_watermarks_today("weir_raw", stream.bound) : by.with_watermarks("weir_raw", stream.bound)));
        REQUIRE(number("SELECT count() FROM weir_visits") == stream.events.size());
    }

    /// Compares sorted rows with what the query gives; shows the first that only one side has.
    void compare(std::vector<std::string> const& ours, std::string const& query) const {
        std::vector<std::string> const theirs = lines(query);
        std::vector<std::string> only_ours, only_theirs;
        std::set_difference(ours.begin(), ours.end(), theirs.begin(), theirs.end(), std::back_inserter(only_ours));
        std::set_difference(theirs.begin(), theirs.end(), ours.begin(), ours.end(), std::back_inserter(only_theirs));
        std::ostringstream shown;
        auto const show = [&](char const* who, std::vector<std::string> const& rows) {
            shown << rows.size() << " rows only of " << who << '\n';
            for (std::size_t i = 0; i < std::min<std::size_t>(rows.size(), 5); ++i) shown << "  " << rows[i] << '\n';
        };
        show("weir", only_ours);
        show("ClickHouse", only_theirs);
        INFO(shown.str() << query);
        CHECK((only_ours.empty() && only_theirs.empty()));
    }
    [[nodiscard]] std::vector<std::uint32_t> numbers(std::string const& query) const {
        std::vector<std::uint32_t> all;
        for (std::string const& line : lines(query)) all.push_back(static_cast<std::uint32_t>(std::stoul(line)));
        std::sort(all.begin(), all.end());
        return all;
    }
    [[nodiscard]] std::uint64_t number(std::string const& query) const { return std::stoull(ask(query)); }

private:
    [[nodiscard]] std::vector<std::string> lines(std::string const& query) const {
        std::istringstream answer(ask(query));
        std::vector<std::string> all;
        for (std::string line; std::getline(answer, line);) all.push_back(line);
        std::sort(all.begin(), all.end());
        return all;
    }
    std::string ask(std::string const& text) const {
        auto const answer = ask_server({.url = url_ + "/", .body = text});
        INFO(text);
        INFO(answer.body);
        REQUIRE(answer.status == 200);
        return answer.body;
    }
    void drop() const {
        ask_server({.url = url_ + "/", .body = "DROP TABLE IF EXISTS weir_raw"});
        ask_server({.url = url_ + "/", .body = "DROP TABLE IF EXISTS weir_visits"});
    }

    std::string url_;
};

/// Runs a test against each ClickHouse that is there; `today`: it has window functions.
#define AGAINST_EACH_CLICKHOUSE                                                                                 \
    std::string const variable = GENERATE(as<std::string>{}, "WEIR_TEST_CLICKHOUSE", "WEIR_TEST_CLICKHOUSE26"); \
    std::string const url = from_environment(variable.c_str());                                                 \
    if (url.empty()) SKIP(variable << " is not set: tests/services.sh starts it");                              \
    bool const today = variable == "WEIR_TEST_CLICKHOUSE26";                                                    \
    judge sql(url)

/// Random streams, in the table of the judge: `one(stream, roll)` for each.
template <class One>
void for_streams(judge& sql, bool today, std::uint64_t first_seed, bool late, One one) {
    for (std::uint64_t seed = first_seed; seed < first_seed + 4; ++seed) {
        CAPTURE(seed);
        visit_stream const stream = make_visits(seed, late);
        dice roll(seed + 1'000);
        sql.take(stream, today);
        one(stream, roll);
    }
}

/// Compares windows whose bounds do not depend on the events: rows, late events, and late places.
void compare_aligned(judge const& sql, sql_windows const& by, outcome const& ours, std::string const& windows) {
    sql.compare(ours.rows, by.rows_of(windows));
    CHECK((ours.late == sql.numbers(by.late_of(windows))));
    CHECK(ours.late_places == sql.number(by.late_places_of(windows)));
    CHECK_FALSE(ours.late.empty());
}

TEST_CASE("windows as SQL: tumbling") {
    AGAINST_EACH_CLICKHOUSE;
    for_streams(sql, today, 1, true, [&](visit_stream const& stream, dice& roll) {
        std::int64_t const size = stream.grain * roll.between(2, 60) + roll.between(0, 1);
        std::int64_t const offset = roll.between(-2 * size, 2 * size);
        sql_windows const by("weir_visits");
        CAPTURE(size, offset);
        auto const rule = weir::tumbling(weir::duration(size), weir::duration(offset));
        compare_aligned(sql, by, by_weir(stream, rule), by.tumbling(size, offset));

        sql_windows const by_section("weir_visits", "section");
        compare_aligned(sql, by_section, rows_by<&visit::section>(stream, rule), by_section.tumbling(size, offset));
        if (!today) return;
        auto const plain = weir::tumbling(weir::duration(size));
        compare_aligned(sql, by, by_weir(stream, plain), by.tumbling_today(size));
    });
}

TEST_CASE("windows as SQL: tumbling, corrected while they may be") {
    AGAINST_EACH_CLICKHOUSE;
    for_streams(sql, today, 11, true, [&](visit_stream const& stream, dice& roll) {
        std::int64_t const size = stream.grain * roll.between(2, 60);
        std::int64_t const lateness = stream.grain * roll.between(1, 40) + roll.between(0, 1);
        CAPTURE(size, lateness);
        sql_windows const by("weir_visits");
        std::string const windows = by.tumbling(size, 0);
        outcome const ours =
            by_weir(stream, weir::tumbling(weir::duration(size)), weir::allowed_lateness(weir::duration(lateness)));
        sql.compare(ours.rows, by.rows_of(windows, lateness));
        CHECK((ours.late == sql.numbers(by.late_of(windows, lateness))));
    });
}

TEST_CASE("windows as SQL: hopping") {
    AGAINST_EACH_CLICKHOUSE;
    for_streams(sql, today, 21, true, [&](visit_stream const& stream, dice& roll) {
        std::int64_t const advance = stream.grain * roll.between(2, 30);
        std::int64_t const rest = roll.once_in(2) ? 0 : roll.between(1, advance - 1);
        std::int64_t const size = advance * roll.between(rest == 0 ? 1 : 0, 6) + rest;
        std::int64_t const offset = roll.between(-size, size);
        CAPTURE(size, advance, offset);
        sql_windows const by("weir_visits");
        auto const rule = weir::hopping(weir::duration(size), weir::duration(advance), weir::duration(offset));
        compare_aligned(sql, by, by_weir(stream, rule), by.hopping(size, advance, offset));
    });
}

TEST_CASE("windows as SQL: cumulating") {
    AGAINST_EACH_CLICKHOUSE;
    for_streams(sql, today, 31, true, [&](visit_stream const& stream, dice& roll) {
        std::int64_t const step = stream.grain * roll.between(2, 20) + roll.between(0, 1);
        std::int64_t const size = step * roll.between(1, 6);
        std::int64_t const offset = roll.between(-size, size);
        CAPTURE(size, step, offset);
        sql_windows const by("weir_visits");
        auto const rule = weir::cumulate(weir::duration(size), weir::duration(step), weir::duration(offset));
        compare_aligned(sql, by, by_weir(stream, rule), by.cumulate(size, step, offset));
    });
}

TEST_CASE("windows as SQL: sessions") {
    AGAINST_EACH_CLICKHOUSE;
    for_streams(sql, today, 41, false, [&](visit_stream const& stream, dice& roll) {
        std::int64_t const gap = stream.grain * roll.between(2, 30) - roll.between(0, 1);
        CAPTURE(gap);
        sql_windows const by("weir_visits");
        outcome const ours = by_weir(stream, weir::session(weir::duration(gap)));
        sql.compare(ours.rows, by.sessions(gap));
        if (today) sql.compare(ours.rows, by.sessions_today(gap));
        CHECK(ours.late.empty());
        CHECK(ours.rows.size() > 20);
    });
}

TEST_CASE("windows as SQL: sessions of a stream with late events") {
    std::string const url = from_environment("WEIR_TEST_CLICKHOUSE26");
    if (url.empty()) SKIP("WEIR_TEST_CLICKHOUSE26 is not set: tests/services.sh starts it");
    judge sql(url);
    for_streams(sql, true, 46, true, [&](visit_stream const& stream, dice& roll) {
        std::int64_t const gap = stream.grain * roll.between(1, 60) + roll.between(0, 1);
        CAPTURE(gap);
        sql_windows const by("weir_visits");
        outcome const ours = by_weir(stream, weir::session(weir::duration(gap)));
        sql.compare(ours.rows, by.sessions_told_today(gap));
        CHECK((ours.late == sql.numbers(by.late_for_sessions_today(gap))));
        CHECK_FALSE(ours.late.empty());
    });
}

TEST_CASE("windows as SQL: sliding") {
    AGAINST_EACH_CLICKHOUSE;
    for_streams(sql, today, 51, true, [&](visit_stream const& stream, dice& roll) {
        std::int64_t const size = stream.grain * roll.between(0, 35) + roll.between(1, 2);
        CAPTURE(size);
        sql_windows const by("weir_visits");
        outcome const ours = by_weir(stream, weir::sliding(weir::duration(size)));
        sql.compare(ours.rows, by.sliding(size));
        if (today) sql.compare(ours.rows, by.sliding_today(size));
        CHECK((ours.late == sql.numbers(by.late_in_order())));
        CHECK_FALSE(ours.late.empty());
    });
}

TEST_CASE("windows as SQL: so many events") {
    AGAINST_EACH_CLICKHOUSE;
    for_streams(sql, today, 61, true, [&](visit_stream const& stream, dice& roll) {
        std::int64_t const size = roll.between(1, 40), advance = roll.once_in(3) ? size : roll.between(1, size);
        CAPTURE(size, advance);
        sql_windows const by("weir_visits");
        outcome const ours = by_weir(stream, weir::count_window(size, advance));
        sql.compare(ours.rows, by.count_windows(size, advance));
        if (today) sql.compare(ours.rows, by.count_windows_today(size, advance));
        CHECK((ours.late == sql.numbers(by.late_in_order())));
    });
}

}  // namespace weir_test::integration_windows_sql
