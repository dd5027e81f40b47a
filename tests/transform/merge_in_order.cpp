// SPDX-License-Identifier: Apache-2.0
#include <weir/transform/merge_in_order.hpp>

#include <algorithm>
#include <catch.hpp>
#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <random>
#include <span>
#include <string>
#include <string_view>
#include <support/scratch.hpp>
#include <support/scripted.hpp>
#include <utility>
#include <vector>
#include <weir/aggregate/count.hpp>
#include <weir/codec/csv_reader.hpp>
#include <weir/pipeline/any_stream.hpp>
#include <weir/sink/call.hpp>
#include <weir/source/file.hpp>
#include <weir/source/values.hpp>
#include <weir/time/format_time.hpp>
#include <weir/transform/decode.hpp>
#include <weir/transform/event_time.hpp>
#include <weir/transform/filter.hpp>
#include <weir/transform/key_by.hpp>
#include <weir/transform/map.hpp>
#include <weir/window/aggregate.hpp>
#include <weir/window/tumbling.hpp>
#include <weir/window/window.hpp>

namespace weir_test::transform_merge_in_order {

using namespace std::chrono_literals;

auto timed(auto source, int bound) {
    return weir::from(std::move(source)) |
           weir::event_time([](int n) { return seconds(n); }, weir::bounded_out_of_orderness(std::chrono::seconds(bound)));
}
auto timed_values(std::vector<int> items, int bound) { return timed(weir::values(std::move(items)), bound); }

TEST_CASE("items come by event time; each with its lane, and the watermark where it stands in the order") {
    for (std::size_t const budget : {1u, 2u, 3u, 100u}) {
        witness end;
        auto job = weir::from(weir::merge_in_order(timed_values({10, 40, 50}, 5), timed_values({20, 30, 60}, 5))) | end;
        CHECK(run_to_end(job, budget) == weir::progress::ended);
        INFO(budget);
        CHECK(end.take() == "+0 +1 +0 +1 w 5 10@0 w 15 20@1 w 25 30@1 w 35 40@0 w 45 50@0 -0 w 55 60@1 -1 w end end");
        CHECK(job.report().balanced());
        CHECK(job.report().total().in == 6);
        CHECK(job.describe() == "  values\n  event_time\n  values\n  event_time\nmerge_in_order\nwitness\n");
    }
}

struct numbered {
    int time;
    int number;
    friend bool operator==(numbered const&, numbered const&) = default;
};
auto timed_numbers(std::vector<numbered> items, int bound) {
    return weir::from(weir::values(std::move(items))) |
           weir::event_time([](numbered const& n) { return seconds(n.time); },
                            weir::bounded_out_of_orderness(std::chrono::seconds(bound)));
}

TEST_CASE("of equal times that of the earlier input comes first: a stable merge, on random input, whatever the budget") {
    for (unsigned seed = 0; seed < 200; ++seed) {
        std::mt19937 random(seed);
        auto const pick = [&](int below) { return static_cast<int>(random() % static_cast<unsigned>(below)); };
        std::vector<std::vector<numbered>> inputs(4);
        std::vector<numbered> wanted;
        int number = 0;
        for (auto& input : inputs) {
            int time = 0;
            for (int count = pick(pick(2) == 0 ? 3 : 60); count > 0; --count) input.push_back({time += pick(3), number++});
            wanted.insert(wanted.end(), input.begin(), input.end());
        }
        // They are numbered in the order of the inputs.
        std::sort(wanted.begin(), wanted.end(),
                  [](auto const& a, auto const& b) { return std::pair(a.time, a.number) < std::pair(b.time, b.number); });
        std::vector<numbered> got;
        auto job = weir::from(weir::merge_in_order(timed_numbers(inputs[0], 0), timed_numbers(inputs[1], 3),
                                                   timed_numbers(inputs[2], 0), timed_numbers(inputs[3], 9))) |
                   weir::call([&](numbered const& n) { got.push_back(n); });
        CHECK(run_to_end(job, static_cast<std::size_t>(1 + pick(40))) == weir::progress::ended);
        INFO("seed " << seed);
        CHECK(got == wanted);
    }
}

struct watcher {
    std::vector<numbered>* got;
    weir::timestamp* watermark;
    bool* late;
    void on_item(numbered const& n, auto& out) {
        *late = *late || out.at().time < *watermark;
        got->push_back(n);
    }
    void on_watermark(weir::timestamp w, auto&) { *watermark = w; }
};

TEST_CASE("inputs out of order by their bounds: each keeps its own order, nothing becomes late, whatever the budget") {
    for (unsigned seed = 0; seed < 200; ++seed) {
        std::mt19937 random(seed);
        auto const pick = [&](int below) { return static_cast<int>(random() % static_cast<unsigned>(below)); };
        int const bound = pick(10);
        std::vector<std::vector<numbered>> inputs(3);
        int number = 0;
        for (auto& input : inputs) {
            int time = 0;
            for (int count = pick(60); count > 0; --count) input.push_back({(time += pick(4)) - pick(bound + 1), number++});
        }
        std::vector<std::vector<numbered>> runs;
        for (std::size_t const budget : {1u, 7u, 1000u}) {
            std::vector<numbered> got;
            weir::timestamp watermark = weir::beginning_of_time;
            bool late = false;
            auto job = weir::from(weir::merge_in_order(timed_numbers(inputs[0], bound), timed_numbers(inputs[1], bound),
                                                       timed_numbers(inputs[2], bound))) |
                       watcher{&got, &watermark, &late};
            run_to_end(job, budget);
            INFO("seed " << seed);
            CHECK_FALSE(late);
            int greatest = -1000;
            bool within = true;
            for (numbered const& n : got) {
                greatest = std::max(greatest, n.time);
                within = within && greatest - n.time <= bound;
            }
            CHECK(within);
            for (auto const& input : inputs) {
                std::vector<numbered> own;
                for (numbered const& n : got)
                    if (!input.empty() && n.number >= input.front().number && n.number <= input.back().number) own.push_back(n);
                CHECK(own == input);
            }
            runs.push_back(std::move(got));
        }
        CHECK(runs[0] == runs[1]);
        CHECK(runs[0] == runs[2]);
    }
}

struct click {
    weir::timestamp ts;
    std::string_view page;
};

/// A day of clicks as lines, `time,page`, in order; and the same in four files of very different length.
struct day_of_clicks {
    std::vector<std::pair<int, std::string>> lines{};
    std::vector<std::vector<std::pair<int, std::string>>> parts = std::vector<std::vector<std::pair<int, std::string>>>(4);

    day_of_clicks(unsigned seed, int disorder) {
        std::mt19937 random(seed);
        auto const pick = [&](int below) { return static_cast<int>(random() % static_cast<unsigned>(below)); };
        int time = 1'767'225'600;
        for (int i = 0; i < 6000; ++i) {
            time += pick(4) == 0 ? pick(60) : 0;
            std::string const line = "page " + std::to_string(pick(pick(2) == 0 ? 5 : 300));
            int const which = pick(1000);
            std::size_t const part = which < 900 ? 0 : which < 990 ? 1 : which < 998 ? 2 : 3;
            int const own_time = time - pick(disorder + 1);
            parts[part].emplace_back(own_time, line);
        }
        for (auto const& part : parts)
            for (auto const& line : part)
                lines.insert(std::upper_bound(lines.begin(), lines.end(), line,
                                              [](auto const& a, auto const& b) { return a.first < b.first; }),
                             line);
    }

    static std::string text(std::vector<std::pair<int, std::string>> const& of) {
        std::string all;
        for (auto const& [time, page] : of) all += weir::format_time(seconds(time)) + "," + page + "\n";
        return all;
    }
};

auto clicks_of(std::string const& path, std::size_t block, int bound) {
    return weir::from(weir::file(path, {.block = block})) | weir::decode(weir::csv<click>()) |
           weir::event_time<&click::ts>(weir::bounded_out_of_orderness(std::chrono::seconds(bound)));
}

/// The rows of clicks a page and ten minutes, as text.
std::string rows_of(auto source, std::size_t budget, std::uint64_t* late = nullptr) {
    std::string rows;
    auto job = weir::from(std::move(source)) | weir::key_by<&click::page>() |
               weir::window(weir::tumbling(10min), weir::drop_late) | weir::aggregate(weir::count()) |
               weir::call([&](auto const& row) {
                   auto const& [start, end, page, count] = row.values;
                   rows += std::to_string(start.time_since_epoch() / 1s) + " " + std::string(page) + " ";
                   rows += std::to_string(count) + "\n";
               });
    CHECK(run_to_end(job, budget, seconds(1'800'000'000)) == weir::progress::ended);
    CHECK(job.report().balanced());
    if (late) *late = job.report().total().late;
    return rows;
}

TEST_CASE("a day replayed from four files of very different length gives byte for byte the rows of the same day in order") {
    scratch const folder;
    for (unsigned seed = 1; seed <= 3; ++seed) {
        day_of_clicks const day(seed, 0);
        std::string const whole = folder.write("whole", day_of_clicks::text(day.lines));
        std::string paths[4];
        for (std::size_t i = 0; i < 4; ++i) paths[i] = folder.write(std::to_string(i), day_of_clicks::text(day.parts[i]));
        std::string const wanted = rows_of(clicks_of(whole, 1 << 16, 0).open(), 1000);
        CHECK(std::count(wanted.begin(), wanted.end(), '\n') > 1000);
        for (std::size_t const block : {200u, 5000u, 1u << 18})
            for (std::size_t const budget : {1u, 100u, 10'000u}) {
                INFO("seed " << seed << " block " << block << " budget " << budget);
                auto merged = weir::merge_in_order(clicks_of(paths[0], block, 0), clicks_of(paths[1], block, 0),
                                                   clicks_of(paths[2], block, 0), clicks_of(paths[3], block, 0));
                CHECK(rows_of(std::move(merged), budget) == wanted);
            }
    }
}

TEST_CASE("files that are out of order within the bound: the same rows, if not in the same order, and none late") {
    scratch const folder;
    auto const sorted = [](std::string const& rows) {
        std::vector<std::string> lines;
        for (std::size_t at = 0; at < rows.size(); at = rows.find('\n', at) + 1)
            lines.push_back(rows.substr(at, rows.find('\n', at) - at));
        std::sort(lines.begin(), lines.end());
        return lines;
    };
    day_of_clicks const day(7, 30);
    std::string const whole = folder.write("whole", day_of_clicks::text(day.lines));
    std::string paths[4];
    for (std::size_t i = 0; i < 4; ++i) paths[i] = folder.write(std::to_string(i), day_of_clicks::text(day.parts[i]));
    std::string const wanted = rows_of(clicks_of(whole, 1 << 16, 0).open(), 1000);
    std::string first;
    for (std::size_t const block : {200u, 1u << 18})
        for (std::size_t const budget : {1u, 10'000u}) {
            std::uint64_t late = 1;
            std::string const rows =
                rows_of(weir::merge_in_order(clicks_of(paths[0], block, 30), clicks_of(paths[1], block, 30),
                                             clicks_of(paths[2], block, 30), clicks_of(paths[3], block, 30)),
                        budget, &late);
            CHECK(late == 0);
            CHECK(sorted(rows) == sorted(wanted));
            if (first.empty()) first = rows;
            CHECK(rows == first);
        }
}

TEST_CASE("an input of which nothing is there now holds the others back at its watermark, until its lanes are idle") {
    witness end;
    scripted_source live{{{{emits{10}}}, {{}, weir::poll_result::idle}, {{}, weir::poll_result::idle}, {{emits{18}}},
                          {{idle(0)}, weir::poll_result::idle}, {{emits{60}}}},
                         true};
    auto job = weir::from(weir::merge_in_order(timed(live, 2), timed_values({5, 7, 8, 9, 16, 17, 30, 70}, 0))) | end;
    job.step(100, seconds(0));
    CHECK(end.take() == "+0 +1 +0 +1 w 5 5@1 w 7 7@1 w 8 8@1 9@1 10@0");
    CHECK(job.step(100, seconds(0)) == weir::progress::idle);
    CHECK(end.take() == "");  // what comes next on the other may be as early as 8
    CHECK(job.report().balanced());
    CHECK(job.report().total().in_flight == 4);
    CHECK(job.step(100, seconds(0)) == weir::progress::idle);
    job.step(100, seconds(0));
    CHECK(end.take() == "w 16 16@1 17@1 18@0");
    job.step(100, seconds(0));  // now the lane has proven to be idle: nothing is waited for
    CHECK(end.take() == "~0 w 30 30@1 w 70 70@1 -1");
    job.step(100, seconds(0));
    CHECK(end.take() == "+0 60@0");
}

/// An item that ends in 9 promises that the next ten seconds are complete too.
auto promising(auto source) {
    return weir::from(std::move(source)) |
           weir::event_time([](int n) { return seconds(n); }, weir::punctuated([](int n) {
                                return n % 10 == 9 ? std::optional<weir::timestamp>(seconds(n + 11)) : std::nullopt;
                            }));
}

TEST_CASE("where nothing is there now, a promise ahead of the items lets the others pass, as far as it goes") {
    witness end;
    scripted_source live{{{{emits{59}}}, {{}, weir::poll_result::idle}, {{emits{75}}}}};
    auto job = weir::from(weir::merge_in_order(timed_values({50, 65, 72}, 0), promising(live))) | end;
    job.step(100, seconds(0));
    CHECK(end.take() == "+0 +1 +0 +1 50@0 59@1 w 65");
    CHECK(job.step(100, seconds(0)) == weir::progress::ready);
    CHECK(end.take() == "65@0 w 70");
    job.step(100, seconds(0));
    CHECK(end.take().starts_with("72@0"));
}

TEST_CASE("an input of which a poll brings nothing, since all was filtered, is read on before the others pass") {
    for (std::size_t const budget : {1u, 2u, 100u}) {
        std::vector<int> got;
        auto some = promising(weir::values({59, -1, 20})) | weir::filter([](int n) { return n > 0; });
        auto job = weir::from(weir::merge_in_order(timed_values({50, 65, 72}, 0), std::move(some))) |
                   weir::call([&](int n) { got.push_back(n); });
        run_to_end(job, budget);
        CHECK(got == std::vector{50, 59, 20, 65, 72});  // 20 breaks the promise; it comes all the same whatever the budget
    }
}

TEST_CASE("what waits is held: nothing is acknowledged before it was passed on; paused inputs are kept alive") {
    scripted_source one{{{{emits{10}, emits{20}, emits{30}}}}, true};
    scripted_source two{{{{emits{15}}}, {{emits{40}}}}, true};
    auto const first = one.seen;
    auto const second = two.seen;
    auto job = weir::from(weir::merge_in_order(timed(one, 0), weir::any_stream<int, weir::timed>(timed(two, 0)))) | weir::discard();
    job.step(100, seconds(0));  // passes on 10 and 15; 20 waits
    CHECK(first->acknowledged == std::vector<std::uint64_t>{1});
    CHECK(first->polls == 1);
    job.source().wait(4s);
    CHECK(first->waited == 0s);  // it has something
    CHECK(second->waited == 2s);
    job.step(100, seconds(0));  // passes on all of the first
    CHECK(first->polls == 1);
    CHECK(first->kept_alive == 1);
    CHECK(first->acknowledged == std::vector<std::uint64_t>{1, 2});
    job.step(100, seconds(0));
    CHECK(first->polls == 2);
    CHECK(second->polls == 2);
    second->why = {.component = "scripted", .cause = "cut off"};
    second->failed = true;
    CHECK(job.step(100, seconds(0)) == weir::progress::failed);
}

TEST_CASE("stopping a job passes on what waits, in order") {
    for (auto const mode : {weir::stop_mode::close_windows, weir::stop_mode::keep_windows}) {
        witness end;
        auto job = weir::from(weir::merge_in_order(timed(scripted_source{{{{emits{10}, emits{30}}}}, true}, 0),
                                                   timed(scripted_source{{{{emits{20}, emits{40}}}}, true}, 0))) |
                   end;
        job.step(2, seconds(0));
        end.log->clear();
        job.stop(mode);
        CHECK(run_to_end(job, 1) == weir::progress::ended);
        std::string const rest = end.take();
        CHECK(rest.starts_with("30@0"));
        CHECK_THAT(rest, Catch::Matchers::ContainsSubstring("40@1"));
        CHECK(job.report().balanced());
        CHECK(job.report().total().in == 4);
    }
}

/// Emits texts that are overwritten at the next poll, and not before.
struct lender {
    using output = std::string_view;
    std::vector<std::vector<std::string>> polls;
    std::size_t next = 0;
    std::shared_ptr<std::string> memory = std::make_shared<std::string>(64, '-');

    weir::poll_result poll(auto& out) {
        memory->assign(64, '?');
        if (next == polls.size()) return weir::poll_result::end;
        std::size_t at = 0;
        for (std::string const& text : polls[next++]) {
            memory->replace(at, text.size(), text);
            out.emit(std::string_view(*memory).substr(at, text.size()));
            at += text.size();
        }
        return weir::poll_result::ready;
    }
};

/// Looks at items only when the poll is over, as stages may.
struct late_reader {
    std::vector<std::string>* got;
    std::vector<std::string_view> borrowed{};
    void on_item(std::string_view const& text) { borrowed.push_back(text); }
    void settle(auto&) {
        for (std::string_view const text : borrowed) got->emplace_back(text);
        borrowed.clear();
    }
};

TEST_CASE("what items borrow stays until the stages behind have let go of it") {
    auto const lend = [](std::vector<std::vector<std::string>> polls) {
        return weir::from(lender{std::move(polls)}) |
               weir::event_time([](std::string_view text) { return seconds(std::stoi(std::string(text))); },
                                weir::ascending_timestamps);
    };
    for (std::size_t const budget : {1u, 2u, 5u, 100u}) {
        std::vector<std::string> got;
        auto job = weir::from(weir::merge_in_order(lend({{"10", "11", "40"}, {"41"}, {"90"}}),
                                                   lend({{"12"}, {"13"}, {"42", "95"}}))) |
                   late_reader{&got};
        CHECK(run_to_end(job, budget) == weir::progress::ended);
        CHECK(got == std::vector<std::string>{"10", "11", "12", "13", "40", "41", "42", "90", "95"});
    }
}

struct placed {
    std::vector<std::string>* places;
    void on_item(int const&, auto& out) { places->push_back(out.context().place_of(out.at())); }
};

TEST_CASE("names of lanes and dead letters of merged inputs do not wait") {
    scripted_source one{{{{names{0, "a"}, opened(0), emits{50, 0, 1}, puts_aside{"x", 0, 2}}}}};
    scripted_source two{{{{names{0, "b"}, opened(0), emits{20, 0, 3}}}}};
    std::vector<std::string> places;
    auto job = weir::from(weir::merge_in_order(timed(one, 0), timed(two, 0))) | placed{&places};
    run_to_end(job);
    CHECK(places == std::vector<std::string>{"b/3", "a/1"});
    REQUIRE(job.report().dead_letter_samples.size() == 1);
    CHECK(job.report().dead_letter_samples[0].place == "a/2");
}

}  // namespace weir_test::transform_merge_in_order
