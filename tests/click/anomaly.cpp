// SPDX-License-Identifier: Apache-2.0
#include <weir/click/anomaly.hpp>

#include <algorithm>
#include <catch.hpp>
#include <cmath>
#include <cstdint>
#include <limits>
#include <map>
#include <optional>
#include <oracle/random_stream.hpp>
#include <string>
#include <string_view>
#include <utility>
#include <vector>
#include <weir/aggregate/count.hpp>
#include <weir/pipeline/job.hpp>
#include <weir/sink/call.hpp>
#include <weir/sink/collect.hpp>
#include <weir/source/push.hpp>
#include <weir/source/values.hpp>
#include <weir/transform/event_time.hpp>
#include <weir/transform/filter.hpp>
#include <weir/transform/key_by.hpp>
#include <weir/window/aggregate.hpp>
#include <weir/window/tumbling.hpp>
#include <weir/window/window.hpp>

namespace weir_test::click_anomaly {

using Catch::Approx;

[[nodiscard]] constexpr weir::timestamp at(std::int64_t micros) { return weir::timestamp(weir::duration(micros)); }
[[nodiscard]] constexpr weir::duration micros(std::int64_t n) { return weir::duration(n); }
constexpr weir::expire_after for_ever{micros(std::int64_t{1} << 50)};
constexpr weir::event_time_options unguarded{.max_ahead = weir::no_future_guard};

struct reading {
    std::optional<std::string> meter;
    double value = 0;
    std::int64_t time = 0;
    friend bool operator==(reading const&, reading const&) = default;
};
using scored_reading = weir::scored<reading>;

/// What becomes of readings, in event time as they come.
[[nodiscard]] std::vector<scored_reading> scores_of(std::vector<reading> readings, weir::anomaly_settings settings = {},
                                                    weir::expire_after expiry = for_ever) {
    std::vector<scored_reading> all;
    auto job = weir::from(weir::values<reading>(std::move(readings))) |
               weir::event_time([](reading const& each) { return at(each.time); }, weir::bounded_out_of_orderness(micros(50)),
                                unguarded) |
               weir::key_by<&reading::meter>() | weir::anomaly<"value">(expiry, settings) | weir::collect(all);
    while (!job.finished()) job.step(3, at(0));
    REQUIRE_FALSE(job.report().failure);
    CHECK(job.report().balanced());
    return all;
}

/// One key, a value a step.
[[nodiscard]] std::vector<scored_reading> scores_of_values(std::vector<double> const& values,
                                                           weir::anomaly_settings settings = {}) {
    std::vector<reading> readings;
    for (double const value : values) readings.push_back({"a", value, static_cast<std::int64_t>(readings.size())});
    return scores_of(std::move(readings), settings);
}

constexpr weir::anomaly_settings published{.against = weir::score_against::earlier_and_own};

// The vectors are computed by hand from the rule of a published Flink job: the value is added first; from the sixth value
// on, and when sd > 0, z = |x - mean| / sqrt(M2 / (n - 1)); an anomaly when z > 2.5.
TEST_CASE("the published vector a: with its own value in the history the eighth cannot be an anomaly") {
    auto const all = scores_of_values({10, 12, 11, 9, 10, 11, 10, 1000}, published);
    REQUIRE(all.size() == 8);
    for (int i = 0; i < 5; ++i) CHECK_FALSE(all[static_cast<std::size_t>(i)].z_score);
    CHECK(all[5].z_score);
    CHECK(*all[7].z_score == Approx(2.474865).epsilon(1e-6));
    CHECK_FALSE(all[7].is_anomaly);
}

TEST_CASE("the published vector b: the ninth is an anomaly, and hides the next one of its size") {
    auto const all = scores_of_values({10, 12, 11, 9, 10, 11, 10, 10, 1000, 10, 1000}, published);
    REQUIRE(all.size() == 11);
    CHECK(*all[5].z_score == Approx(0.476731).epsilon(1e-5));
    CHECK(*all[8].z_score == Approx(2.666658).epsilon(1e-6));
    CHECK(all[8].is_anomaly);
    CHECK(*all[10].z_score == Approx(2.022596).epsilon(1e-6));
    CHECK_FALSE(all[10].is_anomaly);
}

TEST_CASE("the published bound: of n values none is further than (n - 1) / sqrt(n) from a mean that it is part of") {
    std::vector<std::pair<std::size_t, double>> const bounds{{6, 2.0412}, {7, 2.2678}, {8, 2.4749}, {9, 2.6667}, {10, 2.8460}};
    for (auto const& [n, bound] : bounds) {
        std::vector<double> values(n, 5.0);
        values.back() = 1e9;
        CHECK(*scores_of_values(values, published).back().z_score == Approx(bound).epsilon(1e-4));
    }
}

TEST_CASE("by default a row is scored against the values before it: the first spike is one") {
    auto const all = scores_of_values({10, 12, 11, 9, 10, 1000, 11, -1000});
    for (std::size_t i = 0; i < 5; ++i) CHECK_FALSE(all[i].z_score);
    // Of 10, 12, 11, 9, 10 the mean is 10.4 and the deviation sqrt(5.2 / 4).
    CHECK(*all[5].z_score == Approx((1000 - 10.4) / std::sqrt(1.3)));
    CHECK(all[5].is_anomaly);
    CHECK_FALSE(all[6].is_anomaly);
    CHECK(*all[7].z_score < 0);  // what is below the mean has a score below zero
    CHECK(all[7].is_anomaly == (*all[7].z_score < -2.5));
    CHECK(all[7].item == reading{"a", -1000, 7});
}

TEST_CASE("an anomaly is further from the mean than the threshold, not as far") {
    // Of 1 and 3 the mean is 2 and the deviation sqrt(2).
    double const far = (5.0 - 2.0) / std::sqrt(2.0);
    CHECK(*scores_of_values({1, 3, 5}, {.least = 2}).back().z_score == far);
    CHECK_FALSE(scores_of_values({1, 3, 5}, {.threshold = far, .least = 2}).back().is_anomaly);
    CHECK(scores_of_values({1, 3, 5}, {.threshold = std::nextafter(far, 0.0), .least = 2}).back().is_anomaly);
    CHECK(scores_of_values({1, 3, -1}, {.threshold = std::nextafter(far, 0.0), .least = 2}).back().is_anomaly);
}

TEST_CASE("what never varied has no score, unless a least deviation is given; one value says nothing") {
    CHECK_FALSE(scores_of_values({0.1, 0.1, 0.1, 0.1, 0.1, 0.1, 7}).back().z_score);
    CHECK_FALSE(scores_of_values({0.1, 0.1, 0.1, 0.1, 0.1, 0.1, 0.1}, published).back().z_score);
    CHECK(*scores_of_values({3, 3, 3, 3, 3, 7}, {.least_deviation = 2}).back().z_score == 2);
    CHECK(*scores_of_values({1, 3, 5}, {.least = 2, .least_deviation = 0.5}).back().z_score == 3 / std::sqrt(2.0));
    CHECK_FALSE(scores_of_values({1, 3}, {.least = 0, .least_deviation = 1}).back().z_score);
    CHECK_FALSE(scores_of_values({1, 3}, {.least = 0, .least_deviation = 1}).front().z_score);
    CHECK_FALSE(scores_of_values({1}, {.against = weir::score_against::earlier_and_own, .least_deviation = 1}).back().z_score);
    CHECK(scores_of_values({1, 3}, {.least = 0, .against = weir::score_against::earlier_and_own}).back().z_score);
}

TEST_CASE("a value that is not finite, or too large to be squared, passes unscored and leaves no trace") {
    double const infinity = std::numeric_limits<double>::infinity();
    std::vector<double> const plain{10, 12, 11, 9, 10, 15};
    for (auto const settings : {weir::anomaly_settings{}, published}) {
        auto const wanted = scores_of_values(plain, settings);
        for (double const odd : {std::numeric_limits<double>::quiet_NaN(), infinity, -infinity, 1e300, -1e200}) {
            auto with = plain;
            for (std::size_t i = 0; i < with.size(); i += 2) with.insert(with.begin() + static_cast<std::ptrdiff_t>(i), odd);
            auto const all = scores_of_values(with, settings);
            REQUIRE(all.size() == with.size());
            CHECK(all.back().z_score == wanted.back().z_score);
            for (auto const& each : all)
                if (!(std::abs(each.item.value) < 1e100)) CHECK((!each.z_score && !each.is_anomaly));
        }
    }
}

TEST_CASE("small differences far from zero keep their score") {
    std::vector<double> near, far;
    for (int i = 0; i < 1000; ++i) {
        near.push_back((i * 7919 % 13) / 8.0);
        far.push_back(1e9 + near.back());
    }
    auto const scored_near = scores_of_values(near);
    auto const scored_far = scores_of_values(far);
    for (std::size_t i = 5; i < near.size(); ++i)
        CHECK(std::abs(*scored_near[i].z_score - *scored_far[i].z_score) < 1e-5);
}

TEST_CASE("each key has a history of its own; an item without a key passes unscored") {
    std::vector<reading> readings;
    for (int i = 0; i < 6; ++i) {
        readings.push_back({"a", 1.0 + i % 2, i});
        readings.push_back({std::nullopt, 5000, i});
        readings.push_back({"b", 1000.0 + i % 2, i});
    }
    auto const all = scores_of(readings);
    REQUIRE(all.size() == 18);
    CHECK(*all[15].z_score == Approx(*all[17].z_score));
    CHECK(std::abs(*all[15].z_score) < 2);
    CHECK_FALSE(all[16].z_score);
    CHECK(all[16].item.value == 5000);
}

TEST_CASE("a key begins anew when it had no item for as long as was given, exactly") {
    auto const score_after = [](std::int64_t pause) {
        std::string const quiet = "quiet, and with a long name for a key", busy = "busy, and with a long name for a key";
        std::vector<reading> readings;
        for (std::int64_t i = 0; i < 6; ++i) readings.push_back({quiet, 1.0 + static_cast<double>(i % 2), i});
        std::int64_t const end = 5 + pause;
        for (std::int64_t t = 6; t <= end; ++t) readings.push_back({busy, static_cast<double>(t % 3), t});
        readings.push_back({quiet, 9, end});
        auto const all = scores_of(readings, {}, weir::expire_after(micros(1000)));
        CHECK(all[all.size() - 2].z_score);  // the busy one was kept
        return all.back().z_score;
    };
    CHECK(score_after(999));
    CHECK_FALSE(score_after(1000));
    CHECK_FALSE(score_after(5000));
}

TEST_CASE("an item out of order does not make its key older, and counts no silence") {
    auto const last_of = [](std::int64_t second) {
        return scores_of({{"a", 1, 1000}, {"a", 2, second}, {"a", 5, 1999}}, {.least = 2, .silent_every = micros(1000)},
                         weir::expire_after(micros(1000)))
            .back()
            .z_score;
    };
    REQUIRE(last_of(990));
    CHECK(last_of(990) == last_of(1000));
}

TEST_CASE("a key keeps its history while those around it expire") {
    std::vector<reading> readings;
    for (std::int64_t t = 0; t < 20; ++t) readings.push_back({"seen once: " + std::to_string(t), 1, t});
    for (std::int64_t t = 900; t < 906; ++t) readings.push_back({"a", 1.0 + static_cast<double>(t % 2), t});
    readings.push_back({"b", 1, 1700});
    readings.push_back({"a", 9, 1750});
    auto const kept = scores_of(readings, {}, weir::expire_after(micros(1000))).back().z_score;
    REQUIRE(kept);
    CHECK(kept == scores_of(readings).back().z_score);
}

TEST_CASE("keys that have expired give their memory back") {
    using stage = weir::detail::anomaly_stage<reading, weir::member_key<false, &reading::meter>, "value">;
    stage tested({}, weir::expire_after(micros(1000)), {});
    struct {
        weir::stamp now{};
        [[nodiscard]] weir::stamp const& at() const { return now; }
        void emit(scored_reading const&) {}
    } out;
    for (std::int64_t t = 0; t < 3000; ++t) {
        out.now.time = at(t);
        tested.on_item({"meter with a name that is long " + std::to_string(t), 1, t}, out);
    }
    CHECK(tested.keys() == 3000);
    tested.on_watermark(at(2500), out);  // 1501 have expired
    CHECK(tested.keys() == 1499);
    for (std::int64_t t = 1501; t < 3000; ++t) {
        out.now.time = at(t);
        tested.on_item({"meter with a name that is long " + std::to_string(t), 1, t}, out);
    }
    CHECK(tested.keys() == 1499);
    tested.on_watermark(at(2999), out);
    CHECK(tested.keys() == 1499);
    tested.on_watermark(at(3000), out);  // 501 of 1499: not worth it yet
    CHECK(tested.keys() == 1499);
    tested.on_watermark(at(4000), out);
    CHECK(tested.keys() == 0);
}

struct visit {
    std::string_view page;
    std::string_view country;
    std::int64_t time;
};

struct seen {
    std::int64_t start;
    std::string page;
    std::uint64_t clicks;
    std::optional<double> z_score;
    bool is_anomaly;
};

/// The clear way: every value, zeros too, is kept, and mean and deviation are computed from all of them in extended precision.
[[nodiscard]] std::optional<double> naive_score(std::vector<double> const& history, double value, double least_deviation) {
    if (history.size() < 5) return std::nullopt;
    long double sum = 0, squares = 0;
    for (double const each : history) sum += each;
    long double const mean = sum / static_cast<long double>(history.size());
    for (double const each : history) squares += (each - mean) * (each - mean);
    auto const deviation = static_cast<double>(std::sqrt(squares / static_cast<long double>(history.size() - 1)));
    double const used = deviation < least_deviation ? least_deviation : deviation;
    if (used == 0) return std::nullopt;
    return static_cast<double>((value - mean) / used);
}

TEST_CASE("rows of an aggregate: silent windows count as zeros once they are asked for, as a walk over all windows has it") {
    std::size_t scored = 0, anomalies = 0, expired = 0;
    for (std::uint64_t seed = 1; seed <= 60; ++seed) {
        dice roll(seed);
        constexpr std::int64_t size = 100;
        bool const zeros = roll.once_in(2);
        std::int64_t const windows = roll.between(10, 60), keep = roll.between(3, 12) * size;
        double const least_deviation = roll.once_in(2) ? 0.0 : 0.5;
        // How many clicks each page has in each window.
        std::map<std::string, std::vector<std::int64_t>> clicks;
        for (int page = 0; page < 4; ++page)
            for (std::int64_t w = 0; w < windows; ++w)
                clicks["/a/page/with/a/long/name/" + std::to_string(page)].push_back(
                    roll.once_in(3) ? 0 : roll.once_in(15) ? roll.between(20, 60) : roll.between(1, 4));
        std::vector<seen> rows;
        auto job = weir::from(weir::push<visit>()) |
                   weir::event_time([](visit const& each) { return at(each.time); }, weir::bounded_out_of_orderness(micros(250)),
                                    unguarded) |
                   weir::key_by<&visit::page, &visit::country>() | weir::window(weir::tumbling(micros(size)), weir::drop_late) |
                   weir::aggregate(weir::count().as<"clicks">()) | weir::key_by<"page", "country">() |
                   weir::anomaly<"clicks">(weir::expire_after(micros(keep)),
                                           {.least_deviation = least_deviation, .silent_every = micros(zeros ? size : 0)}) |
                   weir::call([&](auto const& row) {
                       rows.push_back({row.template get<"window_start">().time_since_epoch().count(),
                                       std::string(row.template get<"page">()), row.template get<"clicks">(),
                                       row.template get<"z_score">(), row.template get<"is_anomaly">()});
                   });
        for (std::int64_t w = 0; w < windows; ++w) {
            for (auto const& [page, counts] : clicks)
                for (std::int64_t i = 0; i < counts[static_cast<std::size_t>(w)]; ++i)
                    job.push(visit{page, "FR", w * size + roll.between(0, size - 1)});
            if (roll.once_in(4)) job.step(1000, at(0));
        }
        job.stop();
        CHECK(job.report().balanced());

        std::size_t with_clicks = 0;
        for (auto const& [page, counts] : clicks) {
            std::vector<double> history;
            std::int64_t before = -1;
            for (std::int64_t w = 0; w < windows; ++w) {
                std::int64_t const count = counts[static_cast<std::size_t>(w)];
                if (count == 0) {
                    if (zeros && before >= 0) history.push_back(0);
                    continue;
                }
                ++with_clicks;
                if (before >= 0 && (w - before) * size >= keep) history.clear(), ++expired;
                before = w;
                auto const wanted = naive_score(history, static_cast<double>(count), least_deviation);
                history.push_back(static_cast<double>(count));
                auto const row = std::find_if(rows.begin(), rows.end(),
                                              [&](seen const& each) { return each.page == page && each.start == w * size; });
                INFO("seed " << seed << ", " << page << ", window " << w);
                REQUIRE(row != rows.end());
                REQUIRE(row->clicks == static_cast<std::uint64_t>(count));
                REQUIRE(row->z_score.has_value() == wanted.has_value());
                if (wanted) REQUIRE(*row->z_score == Approx(*wanted).epsilon(1e-9).margin(1e-9));
                REQUIRE(row->is_anomaly == (wanted && std::abs(*wanted) > 2.5));
                scored += wanted ? 1U : 0U;
                anomalies += row->is_anomaly ? 1U : 0U;
            }
        }
        REQUIRE(rows.size() == with_clicks);
    }
    CHECK(scored > 1000);
    CHECK(anomalies > 100);
    CHECK(expired > 20);
}

TEST_CASE("windows an hour longer or shorter, and many silent ones, are counted right") {
    auto const last_of = [](std::int64_t place, weir::anomaly_settings settings) {
        return *scores_of({{"a", 4, 0}, {"a", 6, 24}, {"a", 5, place}}, settings).back().z_score;
    };
    weir::anomaly_settings const days{.least = 2, .silent_every = micros(24)};
    double const none = (5 - 5) / std::sqrt(2.0);
    double const one = (5 - 10.0 / 3) / std::sqrt((4.0 / 9 + 64.0 / 9 + 100.0 / 9) / 2);
    for (std::int64_t const place : {47, 48, 49, 59}) CHECK(last_of(place, days) == Approx(none));
    for (std::int64_t const place : {60, 71, 72, 73}) CHECK(last_of(place, days) == Approx(one));
    // A million zeros: the mean is 10 / n, the sum of squares 52 - 100 / n.
    double const n = 1'000'002;
    CHECK(last_of(24 * 1'000'002, days) == Approx((5 - 10 / n) / std::sqrt((52 - 100 / n) / (n - 1))).epsilon(1e-9));
}

TEST_CASE("where there is a window_start, it says which windows lie between, whatever the event time") {
    struct session {
        weir::timestamp window_start;
        weir::timestamp ts;
        int value;
    };
    std::vector<std::optional<double>> all;
    auto job = weir::from(weir::values<session>({{at(0), at(0), 4}, {at(10), at(1000), 6}, {at(20), at(5000), 5}})) |
               weir::event_time<&session::ts>(weir::bounded_out_of_orderness(micros(0)), unguarded) |
               weir::key_by([](auto const&) { return true; }) |
               weir::anomaly<"value">(for_ever, {.least = 2, .silent_every = micros(10)}) |
               weir::call([&](weir::scored<session> const& each) { all.push_back(each.z_score); });
    while (!job.finished()) job.step(10, at(0));
    REQUIRE(all.size() == 3);
    CHECK(all[2] == 0.0);
}

TEST_CASE("whole numbers and absent values are numbers too; a struct's columns and two more can be read by name") {
    struct sample {
        std::string_view who;
        std::optional<std::int32_t> value;
        weir::timestamp ts;
    };
    std::vector<std::pair<bool, std::optional<double>>> all;
    auto job = weir::from(weir::values<sample>({{"a", 1, at(0)}, {"a", {}, at(1)}, {"a", 3, at(2)}, {"a", 5, at(3)}})) |
               weir::event_time<&sample::ts>(weir::bounded_out_of_orderness(micros(0)), unguarded) | weir::key_by<"who">() |
               weir::anomaly<"value">(for_ever, {.threshold = 2, .least = 2}) |
               weir::filter([](weir::scored<sample> const&) { return true; }) | weir::call([&](weir::scored<sample> const& each) {
                   static_assert(weir::column_count<weir::scored<sample>> == 5);
                   static_assert(weir::column_name<weir::scored<sample>, 1> == "value");
                   static_assert(weir::column_name<weir::scored<sample>, 3> == "z_score");
                   static_assert(weir::column_name<weir::scored<sample>, 4> == "is_anomaly");
                   CHECK(weir::column_value<0>(each) == "a");
                   all.emplace_back(weir::column_value<4>(each), weir::column_value<3>(each));
               });
    while (!job.finished()) job.step(10, at(0));
    REQUIRE(all.size() == 4);
    CHECK_FALSE(all[1].second);
    CHECK_FALSE(all[2].second);
    CHECK(all[3] == std::pair(true, std::optional(3 / std::sqrt(2.0))));
}

TEST_CASE("settings that make no sense stop the job and are named") {
    auto const cause = [](weir::expire_after expiry, weir::anomaly_settings settings) {
        auto job = weir::from(weir::values<reading>({{"a", 1, 0}})) |
                   weir::event_time([](reading const& each) { return at(each.time); }, weir::bounded_out_of_orderness(micros(50))) |
                   weir::key_by<&reading::meter>() | weir::anomaly<"value">(expiry, settings) | weir::discard();
        job.step(10, at(0));
        auto const why = job.report().failure;
        return why ? why->component + ": " + why->cause : "";
    };
    CHECK(cause(weir::expire_after(micros(0)), {}) == "anomaly: expire_after is not positive");
    CHECK(cause(for_ever, {.threshold = -1}) == "anomaly: the threshold is negative or not a number");
    CHECK(cause(for_ever, {.threshold = std::nan("")}) == "anomaly: the threshold is negative or not a number");
    CHECK(cause(for_ever, {.least_deviation = -1}) == "anomaly: least_deviation is negative or not a number");
    CHECK(cause(for_ever, {.silent_every = micros(-1)}) == "anomaly: silent_every is negative");
    CHECK(cause(weir::expire_after(micros(1)), {.threshold = 0}).empty());
}

}  // namespace weir_test::click_anomaly
