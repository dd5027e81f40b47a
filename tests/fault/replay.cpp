// SPDX-License-Identifier: Apache-2.0
// A day of clicks replayed as fast as possible from four files of very different length gives the rows of the same day in
// order, byte for byte: from files through codec, event time, keys and windows to files.
#include <algorithm>
#include <array>
#include <catch.hpp>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <oracle/random_stream.hpp>
#include <string>
#include <string_view>
#include <support/scratch.hpp>
#include <tuple>
#include <utility>
#include <vector>
#include <weir/aggregate/count.hpp>
#include <weir/aggregate/distinct.hpp>
#include <weir/aggregate/mean.hpp>
#include <weir/aggregate/sum.hpp>
#include <weir/codec/csv_reader.hpp>
#include <weir/codec/ndjson.hpp>
#include <weir/pipeline/job.hpp>
#include <weir/sink/file.hpp>
#include <weir/source/file.hpp>
#include <weir/time/format_time.hpp>
#include <weir/transform/decode.hpp>
#include <weir/transform/event_time.hpp>
#include <weir/transform/key_by.hpp>
#include <weir/transform/merge_in_order.hpp>
#include <weir/transform/tee.hpp>
#include <weir/window/aggregate.hpp>
#include <weir/window/hopping.hpp>
#include <weir/window/session.hpp>
#include <weir/window/tumbling.hpp>
#include <weir/window/window.hpp>

namespace weir_test::fault_replay {

using namespace std::chrono_literals;

constexpr weir::timestamp midnight = std::chrono::sys_days(std::chrono::year(2026) / 3 / 1);

struct click {
    weir::timestamp ts;
    std::string_view page;
    std::uint32_t visitor;
    double seconds;
};

/// A click as the generator keeps it: when, which line, and in which of the four files.
struct logged {
    std::int64_t millisecond;
    std::size_t file;
    std::string rest;
};

/// About 200,000 clicks of a day: few at night, many in the evening; some visitors often, most of them seldom.
std::vector<logged> clicks_of_a_day(std::uint64_t seed) {
    constexpr std::array<int, 24> thousands{3, 2, 1, 1, 1, 2, 4,  7,  9,  9,  9,  10,
                                            11, 10, 9, 9, 9, 10, 12, 15, 18, 17, 14, 8};
    dice roll(seed);
    std::vector<logged> day;
    for (std::size_t hour = 0; hour < thousands.size(); ++hour)
        for (int i = 0; i < thousands[hour] * 1'000; ++i) {
            std::int64_t const at = static_cast<std::int64_t>(hour) * 3'600'000 + roll.between(0, 3'599'999);
            std::int64_t const share = roll.between(1, 100);
            // A busy server, a smaller one, one that only a few are sent to, and one that is switched off at six.
            std::size_t file = share <= 70 ? 0 : share <= 90 ? 1 : share <= 99 ? 2 : 3;
            if (file == 3 && hour >= 6) file = 0;
            std::int64_t const page = roll.once_in(2) ? roll.between(1, 5) : roll.between(1, 60);
            std::int64_t const visitor = roll.once_in(3) ? roll.between(1, 50) : roll.between(1, 5'000);
            day.push_back({at, file,
                           "/page/" + std::to_string(page) + "," + std::to_string(visitor) + "," +
                               std::to_string(roll.between(0, 300)) + "." + std::to_string(roll.between(0, 9)) + "\n"});
        }
    return day;
}

/// The day's files, and the one that holds them all in order; of equal times, that of the earlier file stands first.
struct day_on_disk {
    scratch folder{};
    std::string whole{};
    std::array<std::string, 4> parts{};

    /// With a disorder, a file's lines are written up to so many milliseconds too late.
    day_on_disk(std::uint64_t seed, std::int64_t disorder) {
        std::vector<logged> day = clicks_of_a_day(seed);
        std::sort(day.begin(), day.end(), [](logged const& a, logged const& b) {
            return std::tie(a.millisecond, a.file, a.rest) < std::tie(b.millisecond, b.file, b.rest);
        });
        whole = folder.write("whole.csv", text_of(day));
        dice roll(seed + 1);
        std::array<std::vector<std::pair<std::int64_t, std::size_t>>, 4> files;  // when a line was written, and which
        for (std::size_t i = 0; i < day.size(); ++i)
            files[day[i].file].emplace_back(day[i].millisecond + roll.between(0, disorder), i);
        for (std::size_t i = 0; i < files.size(); ++i) {
            std::sort(files[i].begin(), files[i].end());
            std::vector<logged> lines;
            for (auto const& [written, number] : files[i]) lines.push_back(day[number]);
            parts[i] = folder.write("part" + std::to_string(i) + ".csv", text_of(lines));
        }
    }

    static std::string text_of(std::vector<logged> const& lines) {
        std::string text = "ts,page,visitor,seconds\n";
        for (logged const& each : lines)
            text += weir::format_time(midnight + std::chrono::milliseconds(each.millisecond)) + "," + each.rest;
        return text;
    }
};

auto clicks_in(auto paths, weir::duration bound, std::size_t block) {
    return weir::from(weir::file(std::move(paths), {.skip_first = 1, .block = block})) | weir::decode(weir::csv<click>()) |
           weir::event_time<&click::ts>(weir::bounded_out_of_orderness(bound), {.max_ahead = weir::no_future_guard});
}

/// What a job leaves behind: minutes and overlapping windows by page, sessions by visitor.
struct rows {
    std::string minutes{};
    std::string overlapping{};
    std::string sessions{};

    friend bool operator==(rows const&, rows const&) = default;
};

rows replay(auto clicks, std::size_t budget, scratch const& folder) {
    auto functions = [] {
        return weir::aggregate(weir::count(), weir::distinct<&click::visitor>(), weir::sum<&click::seconds>(),
                               weir::mean<&click::seconds>().template as<"mean_seconds">());
    };
    auto to = [&](std::string_view name) {
        return weir::file(folder.path(name), weir::ndjson(), {.rename_when_complete = true});
    };
    auto job = std::move(clicks) |
               weir::tee(weir::chain(weir::key_by<&click::page>()) | weir::window(weir::hopping(5min, 1min), weir::drop_late) |
                         functions() | to("overlapping")) |
               weir::tee(weir::chain(weir::key_by<&click::visitor>()) | weir::window(weir::session(30min), weir::drop_late) |
                         weir::aggregate(weir::count(), weir::sum<&click::seconds>()) | to("sessions")) |
               weir::key_by<&click::page>() | weir::window(weir::tumbling(1min), weir::drop_late) | functions() | to("minutes");
    while (!job.finished()) job.step(budget, midnight);
    weir::report const report = job.report();
    INFO(to_string(report));
    CHECK(report.ended);
    CHECK(report.balanced());
    CHECK(report.total().late == 0);
    CHECK(report.total().dead_lettered == 0);
    return {folder.read("minutes"), folder.read("overlapping"), folder.read("sessions")};
}

auto merged(day_on_disk const& day, weir::duration bound, std::size_t block) {
    return weir::from(weir::merge_in_order(clicks_in(day.parts[0], bound, block), clicks_in(day.parts[1], bound, block),
                                           clicks_in(day.parts[2], bound, block), clicks_in(day.parts[3], bound, block)));
}

std::string sorted_lines(std::string const& text) {
    std::vector<std::string_view> lines;
    for (std::size_t at = 0, end = 0; at < text.size(); at = end) {
        end = text.find('\n', at) + 1;
        lines.push_back(std::string_view(text).substr(at, end - at));
    }
    std::sort(lines.begin(), lines.end());
    std::string sorted;
    for (std::string_view const line : lines) sorted += line;
    return sorted;
}
rows sorted(rows const& all) {
    return {sorted_lines(all.minutes), sorted_lines(all.overlapping), sorted_lines(all.sessions)};
}

TEST_CASE("replay: four files of very different length give byte for byte the rows of the same day in order") {
    std::uint64_t const seed = 20260301;
    CAPTURE(seed);
    day_on_disk const day(seed, 0);
    rows const wanted = replay(clicks_in(day.whole, 0s, std::size_t{256} << 10), 16'384, day.folder);
    CHECK(std::count(wanted.minutes.begin(), wanted.minutes.end(), '\n') > 40'000);
    CHECK(std::count(wanted.sessions.begin(), wanted.sessions.end(), '\n') > 40'000);
    struct size {
        std::size_t budget;
        std::size_t block;
    };
    for (auto const& [budget, block] :
         {size{16'384, std::size_t{256} << 10}, size{1'000'000, 1'000}, size{37, std::size_t{16} << 10}}) {
        CAPTURE(budget, block);
        rows const got = replay(merged(day, 0s, block), budget, day.folder);
        CHECK((got.minutes == wanted.minutes));
        CHECK((got.overlapping == wanted.overlapping));
        CHECK((got.sessions == wanted.sessions));
    }
}

TEST_CASE("replay: files in disorder within their bound give the same rows, and none is late") {
    std::uint64_t const seed = 20260302;
    CAPTURE(seed);
    day_on_disk const day(seed, 45'000);
    std::size_t const block = std::size_t{64} << 10;
    rows const wanted = sorted(replay(clicks_in(day.whole, 0s, block), 16'384, day.folder));
    rows const one = replay(merged(day, 45s, block), 16'384, day.folder);
    CHECK((sorted(one) == wanted));
    CHECK((replay(merged(day, 45s, 3'000), 500, day.folder) == one));
}

TEST_CASE("replay: files read in turn, each a lane of its own, give the same rows too, if in another order") {
    std::uint64_t const seed = 20260303;
    CAPTURE(seed);
    day_on_disk const day(seed, 45'000);
    std::size_t const block = std::size_t{64} << 10;
    rows const wanted = sorted(replay(clicks_in(day.whole, 0s, block), 16'384, day.folder));
    std::vector<std::string> const paths(day.parts.begin(), day.parts.end());
    CHECK((sorted(replay(clicks_in(paths, 45s, block), 16'384, day.folder)) == wanted));
    CHECK((sorted(replay(clicks_in(paths, 45s, 3'000), 500, day.folder)) == wanted));
}

}  // namespace weir_test::fault_replay
