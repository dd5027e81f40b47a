// SPDX-License-Identifier: Apache-2.0
#include <weir/window/paned_aggregate.hpp>

#include <algorithm>
#include <catch.hpp>
#include <cstdint>
#include <limits>
#include <map>
#include <optional>
#include <oracle/watched_windows.hpp>
#include <support/cases.hpp>
#include <set>
#include <string>
#include <string_view>
#include <tuple>
#include <utility>
#include <vector>
#include <weir/aggregate/count.hpp>
#include <weir/aggregate/distinct.hpp>
#include <weir/aggregate/mean.hpp>
#include <weir/aggregate/minmax.hpp>
#include <weir/aggregate/sum.hpp>
#include <weir/pipeline/flow.hpp>
#include <weir/sink/call.hpp>
#include <weir/source/push.hpp>
#include <weir/source/values.hpp>
#include <weir/transform/key_by.hpp>
#include <weir/transform/map.hpp>
#include <weir/window/aggregate.hpp>
#include <weir/window/cumulate.hpp>
#include <weir/window/hopping.hpp>
#include <weir/window/tumbling.hpp>

namespace weir_test::window_paned_aggregate {

// How the streams are keyed: by what, what an item's key is for the oracle, and how a row shows it.

struct by_number {
    using key = std::int64_t;
    static auto stage() { return weir::key_by<&fact::key>(); }
    static std::optional<key> of(fact const& item) { return item.key ? std::optional<key>(*item.key) : std::nullopt; }
    static key shown_by(auto const& row) { return row.template get<"key">(); }
};
struct by_small_number {
    using key = std::int64_t;
    static auto stage() {
        return weir::key_by<"third">([](fact const& item) {
            return item.key ? std::optional<std::uint8_t>(static_cast<std::uint8_t>(*item.key % 3)) : std::nullopt;
        });
    }
    static std::optional<key> of(fact const& item) { return item.key ? std::optional<key>(*item.key % 3) : std::nullopt; }
    static key shown_by(auto const& row) { return row.template get<"third">(); }
};
struct by_text {
    using key = std::string;
    static auto stage() { return weir::key_by<&text_fact::page>(); }
    static std::optional<key> of(fact const& item) { return item.key ? std::optional<key>(page_of(*item.key)) : std::nullopt; }
    static key shown_by(auto const& row) { return std::string(row.template get<"page">()); }
};

// What is aggregated, and so how panes are put together.

enum class way { running_total, two_stacks, walk };
template <way Way>
constexpr int columns_of = Way == way::running_total ? 2 : Way == way::two_stacks ? 4 : 5;

template <class Item, way Way>
auto functions() {
    if constexpr (Way == way::running_total) return weir::aggregate(weir::count(), weir::sum<&Item::value>());
    else if constexpr (Way == way::two_stacks)
        return weir::aggregate(weir::count(), weir::sum<&Item::value>(), weir::min<&Item::value>(), weir::max<&Item::value>(),
                               weir::mean<&Item::value>());
    else
        return weir::aggregate(weir::count(), weir::sum<&Item::value>(), weir::min<&Item::value>(), weir::max<&Item::value>(),
                               weir::distinct<&Item::value>());
}

template <class Key, class Row>
oracle_row<Key> read_row(Row const& row, Key key) {
    auto read = oracle_row<Key>{row.template get<"window_start">().time_since_epoch().count(),
                                row.template get<"window_end">().time_since_epoch().count(),
                                std::move(key),
                                row.template get<"count">(),
                                row.template get<"sum">(),
                                0,
                                0,
                                0};
    constexpr std::size_t columns = std::tuple_size_v<decltype(row.values)>;
    if constexpr (Row::index_of("min") < columns) {
        read.least = row.template get<"min">();
        read.greatest = row.template get<"max">();
    }
    if constexpr (Row::index_of("distinct") < columns) read.distinct = row.template get<"distinct">();
    if constexpr (Row::index_of("mean") < columns)
        read.distinct = *row.template get<"mean">() * static_cast<double>(read.count) - static_cast<double>(read.sum) > 1e-6 ? 99 : 0;
    return read;
}

template <class Keying, way Way, class Rule, class Source>
auto make_job(Source source, Rule rule, oracle_settings const& settings, outcome<typename Keying::key>& got) {
    using item = typename Source::output;
    return weir::from(std::move(source)) | weir::event_time<&item::at>(bound_of(settings), guard_of(settings)) | Keying::stage() |
           weir::window(rule, weir::late_to(weir::call([&](item const& late) { got.late.push_back(late.id); }))) |
           functions<item, Way>() |
           weir::call([&](auto const& row) { got.rows.push_back(read_row(row, Keying::shown_by(row))); });
}

/// The windows of a seed: overlapping a little or much, also of more panes than there are columns for, sizes that are no
/// multiple, gaps.
struct random_hopping {
    std::int64_t size, advance, offset;

    random_hopping(std::uint64_t seed, oracle_settings const& settings) : size(settings.size), offset(settings.offset) {
        dice roll(seed * 3 + 1);
        advance = roll.once_in(4)   ? roll.between(1, 2 * size)
                  : roll.once_in(3) ? size
                                    : std::max<std::int64_t>(1, size / roll.between(1, roll.once_in(3) ? 40 : 12));
        if (roll.once_in(3)) size += roll.between(0, 2 * advance);
    }
    [[nodiscard]] weir::hopping rule() const { return weir::hopping(micros(size), micros(advance), micros(offset)); }
    [[nodiscard]] weir::testing::oracle_rule truth() const {
        return weir::testing::oracle_rule::hopping(micros(size), micros(advance), micros(offset));
    }
};

struct random_cumulate {
    std::int64_t size, step, offset;

    random_cumulate(std::uint64_t seed, oracle_settings const& settings) : offset(settings.offset) {
        dice roll(seed * 3 + 2);
        step = std::max<std::int64_t>(1, settings.size / roll.between(1, 8));
        size = step * roll.between(1, 9);
    }
    [[nodiscard]] weir::cumulate rule() const { return weir::cumulate(micros(size), micros(step), micros(offset)); }
    [[nodiscard]] weir::testing::oracle_rule truth() const {
        return weir::testing::oracle_rule::cumulate(micros(size), micros(step), micros(offset));
    }
};

/// The rule with so few numbers of arrival that they are given out anew all the time.
struct often_renumbered : weir::hopping {
    static constexpr std::uint64_t most_arrivals = 20;
    using weir::hopping::hopping;
    explicit often_renumbered(weir::hopping plain) : weir::hopping(plain) {}
};

template <class Keying, way Way, class Rule>
std::string check(random_stream const& stream, Rule rule, weir::testing::oracle_rule truth, std::size_t budget, bool side_by_side) {
    using key = typename Keying::key;
    outcome<key> got;
    watched_windows<key, std::optional<key> (*)(fact const&)> watched(stream, std::move(truth), &Keying::of,
                                                                                columns_of<Way>);
    auto const run = [&](auto source) {
        auto const progress = source.progress();
        return watched.run(make_job<Keying, Way>(std::move(source), rule, stream.settings, got), progress, got, budget);
    };
    if constexpr (std::is_same_v<key, std::string>) return run(scripted_lanes(lending(stream.script), side_by_side));
    else return run(scripted_lanes(stream.script, side_by_side));
}

template <class Keying, way Way, class Windows>
void check_seeds(std::uint64_t first, std::uint64_t count) {
    for (std::uint64_t seed = first; seed < first + cases(count); ++seed) {
        random_stream const stream = make_random_stream(seed);
        Windows const windows(seed, stream.settings);
        for (std::size_t const budget : {1u, 7u, 1000u}) {
            std::string const complaint =
                check<Keying, Way>(stream, windows.rule(), windows.truth(), budget, (seed + budget) % 2 == 0);
            if (!complaint.empty()) FAIL("seed " << seed << ", budget " << budget << ", " << complaint);
        }
    }
    SUCCEED();
}

TEST_CASE("hopping windows equal the oracle row by row, whatever the poll budget: running totals") {
    check_seeds<by_number, way::running_total, random_hopping>(1, 200);
    check_seeds<by_text, way::running_total, random_hopping>(11'001, 60);
}
TEST_CASE("hopping windows equal the oracle row by row, whatever the poll budget: two stacks") {
    check_seeds<by_number, way::two_stacks, random_hopping>(1001, 200);
}
TEST_CASE("hopping windows equal the oracle row by row, whatever the poll budget: states in arenas") {
    check_seeds<by_number, way::walk, random_hopping>(2001, 120);
}
TEST_CASE("hopping windows equal the oracle row by row, whatever the poll budget: text keys that are gone after the poll") {
    check_seeds<by_text, way::walk, random_hopping>(3001, 120);
}
TEST_CASE("hopping windows equal the oracle row by row, whatever the poll budget: keys of one byte") {
    check_seeds<by_small_number, way::two_stacks, random_hopping>(4001, 80);
}
TEST_CASE("cumulate windows equal the oracle row by row, whatever the poll budget") {
    check_seeds<by_number, way::running_total, random_cumulate>(5001, 80);
    check_seeds<by_number, way::two_stacks, random_cumulate>(6001, 80);
    check_seeds<by_text, way::walk, random_cumulate>(7001, 80);
}

TEST_CASE("numbers of arrival that are given out anew keep the order of the rows") {
    for (std::uint64_t seed = 8001; seed <= 8150; ++seed) {
        random_stream const stream = make_random_stream(seed);
        random_hopping const windows(seed, stream.settings);
        std::string const complaint =
            check<by_number, way::running_total>(stream, often_renumbered(windows.rule()), windows.truth(), 7, seed % 2 == 0);
        if (!complaint.empty()) FAIL("seed " << seed << ", " << complaint);
    }
    SUCCEED();
}

TEST_CASE("panes: events pushed one by one, and side by side, give the oracle's rows") {
    for (std::uint64_t seed = 9001; seed <= 9100; ++seed) {
        random_stream const stream = make_random_stream(seed, {.most_lanes = 1, .lane_events = false});
        random_hopping const windows(seed, stream.settings);
        for (std::size_t const together : {1u, 5u, 1000u}) {
            outcome<std::int64_t> got;
            std::string const complaint =
                watched_windows<std::int64_t, std::optional<std::int64_t> (*)(fact const&)>(stream, windows.truth(), &by_number::of, 2)
                    .push(make_job<by_number, way::running_total>(weir::push<fact>{}, windows.rule(), stream.settings, got), got,
                          together);
            if (!complaint.empty()) FAIL("seed " << seed << ", " << together << " together, " << complaint);
        }
    }
    SUCCEED();
}

/// Writes rows and their stamps.
struct written_rows {
    std::string* text;

    template <class Row>
    void on_item(Row const& row, auto& out) {
        weir::stamp const at = out.at();
        for (std::int64_t number : {row.template get<"window_start">().time_since_epoch().count(),
                                    row.template get<"window_end">().time_since_epoch().count(),
                                    static_cast<std::int64_t>(row.template get<"key">()),
                                    static_cast<std::int64_t>(row.template get<"count">()), row.template get<"sum">(),
                                    at.time.time_since_epoch().count(), static_cast<std::int64_t>(at.position),
                                    static_cast<std::int64_t>(at.epoch), std::int64_t{at.lane}})
            *text += std::to_string(number) + " ";
        *text += std::to_string(*row.template get<"mean">()) + "\n";
    }
};

/// What came out, as text: the rows with their stamps, and the ledger.
template <class Rule>
std::string everything(Rule rule, random_stream const& stream, std::size_t budget) {
    std::string text;
    auto job = weir::from(scripted_lanes(stream.script, true)) |
               weir::event_time<&fact::at>(bound_of(stream.settings), guard_of(stream.settings)) | weir::key_by<&fact::key>() |
               weir::window(rule, weir::drop_late) |
               weir::aggregate(weir::count(), weir::sum<&fact::value>(), weir::mean<&fact::value>()) | written_rows{&text};
    while (!job.finished()) job.step(budget, at_micros(stream.now));
    return text + to_string(job.report());
}

TEST_CASE("hopping by the whole size gives byte for byte what tumbling gives, stamps and ledger too") {
    for (std::uint64_t seed = 10'001; seed <= 10'150; ++seed) {
        random_stream const stream = make_random_stream(seed);
        weir::duration const size = micros(stream.settings.size), offset = micros(stream.settings.offset);
        REQUIRE(everything(weir::hopping(size, size, offset), stream, 1 + seed % 9) ==
                everything(weir::tumbling(size, offset), stream, 1 + seed % 9));
        REQUIRE(everything(weir::cumulate(size, size, offset), stream, 1 + seed % 9) ==
                everything(weir::tumbling(size, offset), stream, 1 + seed % 9));
    }
}

/// Many keys that come and go, in disorder, of which some come too late for some windows.
random_stream make_large_stream(std::uint64_t seed, std::int64_t items, std::int64_t keys_at_once) {
    dice roll(seed);
    random_stream made;
    made.settings = {.size = items / 3, .bound = items / 20};
    made.now = 2 * items;
    for (std::int64_t i = 0; i < items; ++i) {
        std::int64_t const behind = roll.once_in(100) ? roll.between(0, items / 2) : roll.between(0, items / 20);
        std::int64_t const number = i / 4 + roll.between(0, keys_at_once - 1);
        fact one{static_cast<std::uint32_t>(number * 2'654'435'761), static_cast<std::uint32_t>(i), roll.between(-20, 20),
                 at_micros(i - behind)};
        if (roll.once_in(1000)) one.key.reset();
        made.script.emit(one, {.position = static_cast<std::uint64_t>(i)});
    }
    return made;
}

/// The rows of a stream of one lane and the items that are late, computed plainly: every item is put into each of its
/// windows that is open when it comes.
template <class Keying>
outcome<typename Keying::key> plain_hopping(random_stream const& stream, std::int64_t size, std::int64_t advance, int columns) {
    using key = typename Keying::key;
    struct group {
        key of;
        watched_values all;
        std::set<std::int64_t> different;
    };
    struct window {
        std::vector<group> groups;
        std::map<key, std::size_t> number_of;
    };
    outcome<key> wanted;
    std::map<std::int64_t, window> open;
    std::int64_t watermark = std::numeric_limits<std::int64_t>::min() / 2;
    auto const close = [&] {
        for (; !open.empty() && open.begin()->first + size <= watermark; open.erase(open.begin()))
            for (group const& each : open.begin()->second.groups)
                wanted.rows.push_back({open.begin()->first, open.begin()->first + size, each.of, each.all.count, each.all.sum,
                                       columns < 4 ? 0 : each.all.least, columns < 4 ? 0 : each.all.greatest,
                                       columns < 5 ? 0 : each.different.size()});
    };
    for (auto const& one : stream.script.actions()) {
        auto const* said = std::get_if<lane_script<fact>::item_said>(&one);
        if (!said) continue;
        std::int64_t const time = said->item.at.time_since_epoch().count();
        watermark = std::max(watermark, time - stream.settings.bound);
        close();
        std::optional<key> const of = Keying::of(said->item);
        if (!of) continue;
        bool taken = false;
        for (std::int64_t start = (time / advance - (time % advance < 0 ? 1 : 0)) * advance; start + size > time; start -= advance) {
            if (start + size <= watermark) break;
            taken = true;
            window& into = open[start];
            auto const [at, is_new] = into.number_of.try_emplace(*of, into.groups.size());
            if (is_new) into.groups.push_back({*of, {0, 0, said->item.value, said->item.value, 0}, {}});
            group& mine = into.groups[at->second];
            ++mine.all.count;
            mine.all.sum += said->item.value;
            mine.all.least = std::min(mine.all.least, said->item.value);
            mine.all.greatest = std::max(mine.all.greatest, said->item.value);
            if (columns == 5) mine.different.insert(said->item.value);
        }
        if (!taken) wanted.late.push_back(said->item.id);
    }
    watermark = std::numeric_limits<std::int64_t>::max() / 2;
    close();
    return wanted;
}

template <class Keying, way Way>
std::string check_large(random_stream const& stream, std::int64_t size, std::int64_t advance, std::size_t budget, bool side_by_side) {
    outcome<typename Keying::key> got;
    auto const run = [&](auto source) {
        auto job = make_job<Keying, Way>(std::move(source), weir::hopping(micros(size), micros(advance)), stream.settings, got);
        while (!job.finished()) job.step(budget, at_micros(stream.now));
        return job.report();
    };
    weir::report report;
    if constexpr (std::is_same_v<typename Keying::key, std::string>) report = run(scripted_lanes(lending(stream.script), side_by_side));
    else report = run(scripted_lanes(stream.script, side_by_side));
    auto const wanted = plain_hopping<Keying>(stream, size, advance, columns_of<Way>);
    if (got.late != wanted.late) return "other items are late";
    if (!report.balanced() || !report.ended) return to_string(report);
    return difference(got.rows, wanted.rows, columns_of<Way> < 4);
}

TEST_CASE("hopping windows equal a plain count where tables outgrow the cache and keys come and go") {
    random_stream const many = make_large_stream(1, 300'000, 60'000);
    CHECK(check_large<by_number, way::running_total>(many, 100'000, 33'333, 10'000, true) == "");
    random_stream const tables = make_large_stream(4, 120'000, 40'000);  // in panes too many for columns
    CHECK(check_large<by_number, way::running_total>(tables, 60'000, 60'000 / 13, 10'000, true) == "");
    constexpr std::int64_t items = 60'000;
    random_stream const numbers = make_large_stream(2, items, 12'000);
    CHECK(check_large<by_number, way::running_total>(numbers, items / 3, items / 50, 777, false) == "");
    CHECK(check_large<by_number, way::two_stacks>(numbers, items / 4, items / 17, 10'000, true) == "");
    random_stream const texts = make_large_stream(3, items, 9'000);
    CHECK(check_large<by_text, way::running_total>(texts, items / 4, items / 12, 10'000, true) == "");
    CHECK(check_large<by_text, way::walk>(texts, items / 10, items / 25, 10'000, true) == "");
}

struct order {
    std::uint32_t shop;
    std::int64_t amount;
    weir::timestamp at;
};

auto orders_into(std::vector<std::int64_t>& sums, auto source, auto rule) {
    return weir::from(std::move(source)) | weir::event_time<&order::at>(weir::bounded_out_of_orderness(micros(0))) |
           weir::key_by<&order::shop>() | weir::window(rule, weir::drop_late) |
           weir::aggregate(weir::count(), weir::sum<&order::amount>()) |
           weir::call([&](auto const& row) { sums.push_back(row.template get<"sum">()); });
}

constexpr std::int64_t most = std::numeric_limits<std::int64_t>::max();

TEST_CASE("a sum that overflows in a pane, or when panes are put together, is an error with the key named") {
    // In the first stream the pane overflows; in the second the window's two panes do; in the third they do when the pane
    // that kept them small leaves.
    std::vector<std::vector<order>> const streams{
        {{7, most, at_micros(1)}, {8, 5, at_micros(2)}, {7, 1, at_micros(3)}, {9, 1, at_micros(100)}},
        {{7, most, at_micros(1)}, {8, 5, at_micros(2)}, {7, 1, at_micros(13)}, {9, 1, at_micros(100)}},
        {{7, -5, at_micros(1)}, {7, most, at_micros(13)}, {7, 4, at_micros(23)}, {9, 1, at_micros(100)}}};
    for (auto const& stream : streams) {
        std::vector<std::int64_t> sums;
        auto job = orders_into(sums, weir::values(stream), weir::hopping(micros(20), micros(10)));
        auto state = weir::progress::ready;
        while (!job.finished()) state = job.step(100, at_micros(0));
        CHECK(state == weir::progress::failed);
        REQUIRE(job.report().failure);
        CHECK(job.report().failure->component == "aggregate");
        CHECK_THAT(job.report().failure->place, Catch::Matchers::StartsWith("key 7,"));
        CHECK(job.report().balanced());
        for (std::int64_t sum : sums) CHECK(sum <= most);
    }
}

TEST_CASE("a running total is exact: what has left the window leaves no trace") {
    std::vector<std::int64_t> sums;
    auto job = orders_into(sums, weir::values(std::vector<order>{{7, most - 3, at_micros(1)}, {7, 1, at_micros(11)}, {7, 2, at_micros(21)}}),
                           weir::hopping(micros(20), micros(10)));
    while (!job.finished()) job.step(100, at_micros(0));
    CHECK(sums == std::vector<std::int64_t>{most - 3, most - 2, 3, 2});
}

template <class Rule>
void check_refused(Rule rule) {
    std::vector<std::int64_t> sums;
    auto job = orders_into(sums, weir::push<order>{}, rule);
    job.push(order{1, 1, at_micros(5)});
    CHECK(job.step(1, at_micros(0)) == weir::progress::failed);
    REQUIRE(job.report().failure);
    CHECK(job.report().failure->component == "window");
    CHECK(job.report().balanced());
}

TEST_CASE("a rule that is not valid fails the job at its first step, in words") {
    check_refused(weir::hopping(micros(0), micros(1)));
    check_refused(weir::hopping(micros(10), micros(0)));
    check_refused(weir::hopping(micros(-10), micros(5)));
    check_refused(weir::hopping(micros(10), micros(-5)));
    check_refused(weir::hopping(weir::duration::max(), micros(1)));
    check_refused(weir::cumulate(micros(10), micros(3)));
    check_refused(weir::cumulate(micros(10), micros(0)));
    check_refused(weir::cumulate(micros(0), micros(5)));
    check_refused(weir::cumulate(weir::duration::max(), micros(1)));
}

TEST_CASE("an item late for one window and in time for another counts in the other; the report says so") {
    std::vector<std::string> rows;
    auto job = weir::from(weir::push<order>{}) | weir::event_time<&order::at>(weir::bounded_out_of_orderness(micros(0))) |
               weir::key_by<&order::shop>() | weir::window(weir::hopping(micros(20), micros(10)), weir::drop_late) |
               weir::aggregate(weir::sum<&order::amount>()) | weir::call([&](auto const& row) {
                   rows.push_back(std::to_string(row.template get<"window_start">().time_since_epoch().count()) + ": shop " +
                                  std::to_string(row.template get<"shop">()) + " " + std::to_string(row.template get<"sum">()));
               });
    job.push(order{1, 1, at_micros(5)});
    job.push(order{2, 2, at_micros(12)});   // [-10, 10) closes
    job.push(order{3, 4, at_micros(7)});    // late for it, in time for [0, 20)
    job.push(order{1, 8, at_micros(8)});
    CHECK(job.report().total().in_flight == 3);
    CHECK(job.report().total().late_assignments == 2);
    job.push(order{4, 16, at_micros(31)});  // [0, 20) and [10, 30) close
    job.push(order{5, 32, at_micros(3)});   // late for both
    job.stop();
    while (!job.finished()) job.step(1, at_micros(0));
    CHECK(rows == std::vector<std::string>{"-10: shop 1 1", "0: shop 1 9", "0: shop 2 2", "0: shop 3 4", "10: shop 2 2",
                                           "20: shop 4 16", "30: shop 4 16"});
    weir::tally const total = job.report().total();
    CHECK(total.late == 1);
    CHECK(total.late_assignments == 4);
    CHECK(total.aggregated == 5);
    CHECK(job.report().balanced());
}

struct page_row {
    std::string_view page;
    std::string_view greatest;
    std::uint64_t clicks;
};

TEST_CASE("what a row borrows lives until the poll is over, while keys die, others come and the table moves") {
    // Within one poll: windows close, all their keys die, ten times as many come, and again.
    lane_script<fact> script;
    std::uint64_t position = 0;
    for (std::int64_t round = 0; round < 6; ++round) {
        std::uint32_t const pages = round % 2 == 0 ? 100 : 3'000;
        for (std::uint32_t page = 0; page < pages; ++page) {
            auto const number = static_cast<std::uint32_t>(round) * 10'000 + page;
            script.emit({number, static_cast<std::uint32_t>(position), 1, at_micros(100 * round + page % 2)}, {.position = position});
            ++position;
        }
    }
    script.end_poll().emit({1, static_cast<std::uint32_t>(position), 1, at_micros(600)}, {.position = position});
    std::vector<page_row> kept;
    auto job = weir::from(scripted_lanes(lending(script), true)) |
               weir::event_time<&text_fact::at>(weir::bounded_out_of_orderness(micros(1))) | weir::key_by<&text_fact::page>() |
               weir::window(weir::hopping(micros(30), micros(10)), weir::drop_late) |
               weir::aggregate(weir::count().as<"clicks">(), weir::max<&text_fact::page>()) | weir::map([](auto const& row) {
                   return page_row{row.template get<"page">(), *row.template get<"max">(), row.template get<"clicks">()};
               }) |
               weir::call([&](page_row const& row) { kept.push_back(row); });
    job.step(1'000'000, at_micros(0));
    REQUIRE(kept.size() >= 3 * (100 + 3'000) * 2);
    std::size_t at = 0;
    bool right = true;
    for (std::uint32_t round = 0; round < 5; ++round)
        for (int window = 0; window < 3; ++window)
            for (std::uint32_t page = 0; page < (round % 2 == 0 ? 100u : 3'000u); ++page, ++at)
                right = right && kept[at].page == page_of(round * 10'000 + page) && kept[at].greatest == kept[at].page &&
                        kept[at].clicks == 1;
    CHECK(right);
    while (!job.finished()) job.step(1'000'000, at_micros(0));
    CHECK(job.report().balanced());
}

TEST_CASE("open windows are shown with their items: what is sealed, and what is still being filled") {
    using key = weir::member_key<false, &order::shop>;
    using stage = weir::detail::paned_aggregate<order, key, weir::hopping, weir::drop_late_t, weir::detail::count_function>;
    struct nowhere {
        void on_item(stage::output const&) {}
    };
    using shown = std::vector<std::tuple<std::int64_t, std::int64_t, std::uint64_t>>;
    weir::job_context context;
    weir::flow<stage, nowhere> flow(std::tuple<stage, nowhere>(
        stage(key{}, weir::hopping(micros(20), micros(10)), weir::drop_late, std::tuple(weir::count())), nowhere{}));
    flow.attach(context);
    auto const push = [&](std::int64_t time) { flow.accept(order{1, 1, at_micros(time)}, weir::stamp{.time = at_micros(time)}); };
    auto const open = [&] {
        shown all;
        flow.stage<0>().open_windows([&](weir::open_window const& each) {
            CHECK_FALSE(each.fired);
            all.emplace_back(each.start.time_since_epoch().count(), each.end.time_since_epoch().count(), each.items);
        });
        return all;
    };
    CHECK(open().empty());
    push(5);
    push(12);
    push(1005);
    CHECK(open() == shown{{-10, 10, 1}, {0, 20, 2}, {10, 30, 1}, {990, 1010, 1}, {1000, 1020, 1}});
    flow.watermark(at_micros(10));
    push(7);
    CHECK(open() == shown{{0, 20, 3}, {10, 30, 1}, {990, 1010, 1}, {1000, 1020, 1}});
    flow.watermark(at_micros(1015));
    CHECK(open() == shown{{1000, 1020, 1}});
    flow.watermark(weir::end_of_time);
    CHECK(open().empty());
}

/// Start and sum of the windows of some events at each end of time, each a window's start or end or between them.
[[nodiscard]] std::vector<std::pair<std::int64_t, std::int64_t>> rows_at_the_ends(weir::hopping rule, auto keyed) {
    std::vector<order> orders;
    for (std::int64_t i = 0; i < 12; ++i) orders.push_back({1, std::int64_t{1} << i, weir::beginning_of_time + micros(i)});
    orders.push_back({1, 1 << 12, weir::end_of_time - micros(1)});
    std::vector<std::pair<std::int64_t, std::int64_t>> rows;
    auto job = keyed(weir::from(weir::values(std::move(orders))) |
                     weir::event_time<&order::at>(weir::bounded_out_of_orderness(micros(10)), {.max_ahead = weir::no_future_guard})) |
               weir::window(rule, weir::drop_late) | weir::aggregate(weir::sum<&order::amount>()) | weir::call([&](auto const& row) {
                   rows.push_back({row.template get<"window_start">().time_since_epoch().count(), row.template get<"sum">()});
               });
    while (!job.finished()) job.step(10, at_micros(0));
    CHECK(job.report().balanced());
    CHECK(job.report().total().aggregated == 13);
    return rows;
}

TEST_CASE("events at the two ends of time come out, in windows that are cut off there, whether panes are tables or columns") {
    for (auto const& [size, advance] : {std::pair<std::int64_t, std::int64_t>{5, 1}, {7, 3}, {1'000'000, 700'000}}) {
        weir::hopping const rule(micros(size), micros(advance), micros(-1));
        auto const rows = rows_at_the_ends(rule, [](auto items) { return items; });
        CHECK(rows.back().second == 1 << 12);
        std::int64_t all = 0;
        for (auto const& [start, sum] : rows) all |= sum;
        CHECK(all == (1 << 13) - 1);
        CHECK(rows_at_the_ends(rule, [](auto items) { return std::move(items) | weir::key_by<&order::shop>(); }) == rows);
    }
}

template <class Function>
[[nodiscard]] std::vector<std::string> rows_of_far_events(Function function) {
    // More panes apart than half of what 32 bits can number, and both open until the stream ends.
    constexpr std::int64_t far = (std::int64_t{1} << 31) + 10;
    std::vector<std::string> rows;
    auto job = weir::from(weir::values(std::vector<order>{{1, 5, at_micros(10)}, {1, 3, at_micros(10 + far)}})) |
               weir::event_time<&order::at>(weir::bounded_out_of_orderness(micros(2 * far)), {.max_ahead = weir::no_future_guard}) |
               weir::key_by<&order::shop>() | weir::window(weir::hopping(micros(2), micros(1)), weir::drop_late) |
               weir::aggregate(weir::as<"result">(function), weir::count()) | weir::call([&](auto const& row) {
                   rows.push_back(std::to_string(row.template get<"window_start">().time_since_epoch().count() % far) + ": " +
                                  std::to_string(row.template get<"result">()) + " of " + std::to_string(row.template get<"count">()));
               });
    while (!job.finished()) job.step(10, at_micros(0));
    CHECK(job.report().balanced());
    return rows;
}

TEST_CASE("what a key did in panes long gone is not in windows far behind them, though both were open at once") {
    CHECK(rows_of_far_events(weir::sum<&order::amount>()) == std::vector<std::string>{"9: 5 of 1", "10: 5 of 1", "9: 3 of 1", "10: 3 of 1"});
    CHECK(rows_of_far_events(weir::max<&order::amount>()) == std::vector<std::string>{"9: 5 of 1", "10: 5 of 1", "9: 3 of 1", "10: 3 of 1"});
    CHECK(rows_of_far_events(weir::distinct<&order::amount>()) ==
          std::vector<std::string>{"9: 1 of 1", "10: 1 of 1", "9: 1 of 1", "10: 1 of 1"});
}

}  // namespace weir_test::window_paned_aggregate
