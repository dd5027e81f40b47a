// SPDX-License-Identifier: Apache-2.0
#include <weir/window/paned_aggregate.hpp>

#include <algorithm>
#include <catch.hpp>
#include <cstdint>
#include <limits>
#include <map>
#include <optional>
#include <oracle/watched_windows.hpp>
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
#include <weir/sink/call.hpp>
#include <weir/source/push.hpp>
#include <weir/source/values.hpp>
#include <weir/transform/key_by.hpp>
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
    static std::optional<key> of(fact const& item) {
        return item.key ? std::optional<key>(page_of(*item.key)) : std::nullopt;
    }
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

/// The windows of a seed: overlapping a little or much, sizes that are no multiple, gaps.
struct random_hopping {
    std::int64_t size, advance, offset;

    random_hopping(std::uint64_t seed, oracle_settings const& settings) : size(settings.size), offset(settings.offset) {
        dice roll(seed * 3 + 1);
        advance = roll.once_in(4)   ? roll.between(1, 2 * size)
                  : roll.once_in(3) ? size
                                    : std::max<std::int64_t>(1, size / roll.between(1, 12));
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
    for (std::uint64_t seed = first; seed < first + count; ++seed) {
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
    check_seeds<by_number, way::running_total, random_hopping>(1, 300);
}
TEST_CASE("hopping windows equal the oracle row by row, whatever the poll budget: two stacks") {
    check_seeds<by_number, way::two_stacks, random_hopping>(1001, 300);
}
TEST_CASE("hopping windows equal the oracle row by row, whatever the poll budget: states in arenas") {
    check_seeds<by_number, way::walk, random_hopping>(2001, 200);
}
TEST_CASE("hopping windows equal the oracle row by row, whatever the poll budget: text keys that are gone after the poll") {
    check_seeds<by_text, way::walk, random_hopping>(3001, 200);
}
TEST_CASE("hopping windows equal the oracle row by row, whatever the poll budget: keys of one byte") {
    check_seeds<by_small_number, way::two_stacks, random_hopping>(4001, 150);
}
TEST_CASE("cumulate windows equal the oracle row by row, whatever the poll budget") {
    check_seeds<by_number, way::running_total, random_cumulate>(5001, 150);
    check_seeds<by_number, way::two_stacks, random_cumulate>(6001, 150);
    check_seeds<by_text, way::walk, random_cumulate>(7001, 150);
}

TEST_CASE("numbers of arrival that are given out anew keep the order of the rows") {
    for (std::uint64_t seed = 8001; seed <= 8300; ++seed) {
        random_stream const stream = make_random_stream(seed);
        random_hopping const windows(seed, stream.settings);
        std::string const complaint =
            check<by_number, way::running_total>(stream, often_renumbered(windows.rule()), windows.truth(), 7, seed % 2 == 0);
        if (!complaint.empty()) FAIL("seed " << seed << ", " << complaint);
    }
    SUCCEED();
}

TEST_CASE("events pushed one by one, and side by side, give the oracle's rows") {
    for (std::uint64_t seed = 9001; seed <= 9200; ++seed) {
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

}  // namespace weir_test::window_paned_aggregate
