// SPDX-License-Identifier: Apache-2.0
#include <weir/transform/merge.hpp>

#include <algorithm>
#include <catch.hpp>
#include <map>
#include <random>
#include <string>
#include <support/scripted.hpp>
#include <vector>
#include <weir/pipeline/any_stream.hpp>
#include <weir/sink/call.hpp>
#include <weir/source/values.hpp>
#include <weir/transform/event_time.hpp>
#include <weir/transform/filter.hpp>
#include <weir/transform/map.hpp>
#include <weir/transform/take.hpp>
#include <weir/transform/tee.hpp>

namespace weir_test::transform_merge {

auto timed(scripted_source source, int bound) {
    return weir::from(std::move(source)) |
           weir::event_time([](int n) { return seconds(n); },
                            weir::bounded_out_of_orderness(std::chrono::seconds(bound)));
}

TEST_CASE("merge polls its inputs in turn, each with its part of the budget") {
    std::vector<int> got;
    auto job = weir::from(weir::merge(weir::values({1, 2, 3, 4, 5}), weir::from(weir::values({10, 20, 30})) |
                                                                         weir::map([](int n) { return n + 1; }))) |
               weir::call([&](int n) { got.push_back(n); });
    CHECK(run_to_end(job, 4) == weir::progress::ended);
    // The second ends first; from then on the first has the whole budget.
    CHECK(got == std::vector{1, 2, 11, 21, 3, 4, 31, 5});
    auto const report = job.report();
    CHECK(report.balanced());
    CHECK(report.total().in == 8);
    CHECK(job.describe() == "  values\n  values\n  map\nmerge\ncall\n");
    CHECK(job.describe(weir::drawing::mermaid) ==
          "flowchart LR\n  s0[\"values\"]\n  s1[\"values\"]\n  s2[\"map\"]\n  s3[\"merge\"]\n  s4[\"call\"]\n"
          "  s1 --> s2\n  s0 --> s3\n  s2 --> s3\n  s3 --> s4\n");
}

TEST_CASE("what the inputs of a merge lose is in the sums of the report") {
    auto job = weir::from(weir::merge(weir::from(weir::values({1, 2, 3})) | weir::filter([](int n) { return n > 1; }),
                                      weir::merge(weir::values({4}), weir::from(weir::values({5, 6})) |
                                                                         weir::filter([](int n) { return n > 5; })))) |
               weir::discard();
    run_to_end(job);
    CHECK(job.report().balanced());
    CHECK(job.report().total().in == 6);
    CHECK(job.report().total().filtered == 2);
}

struct placed {
    std::vector<std::string>* places;
    void on_item(int const&, auto& out) { places->push_back(out.context().place_of(out.at())); }
};

TEST_CASE("lanes of merged inputs stay apart, and keep their names and places") {
    std::vector<std::string> places;
    scripted_source one{
        {{{names{0, "a/0"}, names{2, "a/2"}, opened(0), opened(2), emits{1, 2, 7}, puts_aside{"x", 2, 8}}}}};
    scripted_source two{{{{names{0, "b/0"}, opened(0), emits{2, 0, 9}, puts_aside{"y", 0, 10}}}}};
    std::vector<std::uint32_t> letter_lanes;
    auto job = weir::from(weir::merge(one, two)) | placed{&places};
    job.dead_letters_to(weir::call([&](weir::dead_letter const& letter) { letter_lanes.push_back(letter.at.lane); }));
    run_to_end(job);
    CHECK(places == std::vector<std::string>{"a/2/7", "b/0/9"});
    CHECK(letter_lanes == std::vector<std::uint32_t>{4, 1});
    REQUIRE(job.report().dead_letter_samples.size() == 2);
    CHECK(job.report().dead_letter_samples[0].place == "a/2/8");
    CHECK(job.report().dead_letter_samples[1].place == "b/0/10");
}

TEST_CASE("an event_time behind a merge waits for every input from the start") {
    witness end;
    scripted_source one{{{{emits{100}}}, {{emits{101}}}}};
    scripted_source two{{{}, {{emits{50}}}, {{emits{60}}}}};
    auto job =
        weir::from(weir::merge(one, two)) |
        weir::event_time([](int n) { return seconds(n); }, weir::bounded_out_of_orderness(std::chrono::seconds(0))) |
        end;
    job.step(10, seconds(0));
    CHECK(end.take() == "+0 +1 +0 100@0");
    job.step(10, seconds(0));
    CHECK(end.take() == "101@0 +1 w 50 50@1");
    job.step(10, seconds(0));  // the first input ends
    CHECK(end.take() == "-0 w 60 60@1");
}

TEST_CASE("lane 0 does not stand for an input that has others") {
    witness end;
    auto job =
        weir::from(weir::merge(scripted_source{{{{emits{10, 5}}}, {{emits{20, 5}}}}, true}, weir::values({15}))) |
        weir::event_time([](int n) { return seconds(n); }, weir::bounded_out_of_orderness(std::chrono::seconds(0))) |
        end;
    job.step(10, seconds(0));
    CHECK(end.take() == "+0 +1 +10 -0 10@10 +1 w 10 15@1 -1");
    job.step(10, seconds(0));
    CHECK(end.take() == "w 20 20@10");
}

TEST_CASE("the watermark of merged timed inputs is their minimum") {
    witness end;
    auto job = weir::from(weir::merge(timed({{{{emits{100}}}, {{emits{200}}}, {}}}, 10),
                                      timed({{{{emits{50}}}, {{emits{150}}}, {{emits{160}}}}}, 0))) |
               end;
    job.step(10, seconds(0));
    CHECK(end.take() == "+0 +1 +0 100@0 +1 w 50 50@1");
    job.step(10, seconds(0));
    CHECK(end.take() == "200@0 w 150 150@1");
    job.step(10, seconds(0));
    CHECK(end.take() == "w 160 160@1");
    run_to_end(job);
    CHECK(end.take() == "-0 -1 w end end");
}

TEST_CASE("a timed input whose lanes are all idle does not hold the others back, until it comes back") {
    witness end;
    auto job = weir::from(weir::merge(
                   timed({{{{emits{10, 1}, emits{11, 2}}}, {{idle(1)}}, {{idle(2)}}, {{emits{12, 2}}}}, true}, 0),
                   timed({{{{emits{100}}}, {{emits{200}}}, {{emits{300}}}, {{emits{400}}}}, true}, 0))) |
               end;
    job.step(10, seconds(0));
    CHECK(end.take() == "+0 +1 +2 -0 10@2 +4 11@4 +1 w 10 100@1");
    job.step(10, seconds(0));
    CHECK(end.take() == "w 11 ~2 200@1");
    job.step(10, seconds(0));
    CHECK(end.take() == "~4 w 200 w 300 300@1");
    job.step(10, seconds(400));
    CHECK(end.take() == "+4 12@4 400@1");
}

struct watermark_keeper {
    std::vector<std::pair<int, int>>* got;
    int watermark = -1'000'000;
    void on_item(int const& item) { got->emplace_back(item, watermark); }
    void on_watermark(weir::timestamp w, auto&) {
        watermark = static_cast<int>(w.time_since_epoch() / std::chrono::seconds(1));
    }
};

/// The watermark of merged timed inputs by the letter of the definition, worked out anew for every action.
class watermark_oracle {
public:
    watermark_oracle(std::size_t inputs, int bound) : inputs_(inputs), bound_(bound) {}

    void item(std::size_t input, std::uint32_t lane, int time) {
        auto& state = inputs_[input].lanes[lane];
        state.live = true;
        state.greatest = std::max(state.greatest, time);
        update();
    }
    void lane(std::size_t input, weir::lane_event event) {
        inputs_[input].lanes[event.lane].live = event.what == weir::lane_event::kind::opened;
        update();
    }
    void end(std::size_t input) {
        for (auto& [number, lane] : inputs_[input].lanes) {
            lane.live = false;
            update();
        }
        inputs_[input].ended = true;
        update();
    }
    [[nodiscard]] int watermark() const { return merged_; }

private:
    static constexpr int never = -1'000'000;
    struct lane_state {
        int greatest = never;
        bool live = false;
    };
    struct input_state {
        std::map<std::uint32_t, lane_state> lanes{};
        int watermark = never;
        bool ended = false;
        [[nodiscard]] bool live() const {
            return std::any_of(lanes.begin(), lanes.end(), [](auto const& each) { return each.second.live; });
        }
    };

    void update() {
        std::vector<int> holding;
        std::vector<int> open;
        for (input_state& input : inputs_) {
            if (input.ended) continue;
            int least = 1'000'000;
            for (auto const& [number, lane] : input.lanes)
                if (lane.live) least = std::min(least, lane.greatest);
            if (input.live()) input.watermark = std::max(input.watermark, least - bound_);
            open.push_back(input.watermark);
            if (input.live() || input.lanes.empty()) holding.push_back(input.watermark);
        }
        auto const& those = holding.empty() ? open : holding;
        if (!those.empty()) merged_ = std::max(merged_, *std::min_element(those.begin(), those.end()));
    }

    std::vector<input_state> inputs_;
    int bound_;
    int merged_ = never;
};

TEST_CASE("merged watermarks agree with the definition on random input") {
    for (unsigned seed = 0; seed < 300; ++seed) {
        std::mt19937 random(seed);
        auto const pick = [&](int below) { return static_cast<int>(random() % static_cast<unsigned>(below)); };
        int const bound = pick(20);
        std::vector<scripted_source> sources(3);
        for (auto& source : sources) {
            for (int poll = pick(12); poll > 0; --poll) {
                scripted_poll next;
                for (int count = pick(6); count > 0; --count) {
                    auto const lane = static_cast<std::uint32_t>(pick(3));
                    int const what = pick(10);
                    if (what < 7) next.actions.push_back(emits{pick(100) + 10 * (12 - poll), lane});
                    else next.actions.push_back(weir::lane_event{lane, static_cast<weir::lane_event::kind>(what - 7)});
                }
                source.script.push_back(next);
            }
        }
        // What came out before an item must be the watermark that the definition gives when it came in.
        std::vector<std::pair<int, int>> expected;
        watermark_oracle oracle(sources.size(), bound);
        for (std::size_t poll = 0; poll < 14; ++poll) {
            for (std::size_t i = 0; i < sources.size(); ++i) {
                if (poll == sources[i].script.size()) oracle.end(i);
                if (poll >= sources[i].script.size()) continue;
                for (action const& one : sources[i].script[poll].actions) {
                    if (auto const* event = std::get_if<weir::lane_event>(&one)) oracle.lane(i, *event);
                    if (auto const* e = std::get_if<emits>(&one)) {
                        oracle.item(i, e->lane, e->item);
                        expected.emplace_back(e->item, oracle.watermark());
                    }
                }
            }
        }
        std::vector<std::pair<int, int>> got;
        auto job =
            weir::from(weir::merge(timed(sources[0], bound), timed(sources[1], bound), timed(sources[2], bound))) |
            watermark_keeper{&got};
        run_to_end(job);
        INFO("seed " << seed);
        CHECK(got == expected);
    }
}

TEST_CASE("a merge acknowledges to every input, and asks each for what a job asks a source") {
    scripted_source one{{{{emits{1}}}}, true};
    scripted_source two{{{{emits{2}}}}, true};
    auto const first = one.seen;
    auto const second = two.seen;
    weir::any_stream<int> wrapped = weir::from(two);
    auto job = weir::from(weir::merge(one, std::move(wrapped))) | weir::discard();
    job.step(10, seconds(0));
    CHECK(first->acknowledged == std::vector<std::uint64_t>{2});
    CHECK(second->acknowledged == std::vector<std::uint64_t>{2});
    CHECK(first->budgets == std::vector<std::size_t>{5});
    job.source().keep_alive(seconds(0));
    job.source().wait(std::chrono::seconds(4));
    CHECK(first->kept_alive + second->kept_alive == 2);
    CHECK(first->waited + second->waited == std::chrono::seconds(4));
    CHECK(first->ticks + second->ticks == 2);
    second->why = {.component = "scripted", .cause = "cut off"};
    second->failed = true;
    CHECK(job.step(10, seconds(0)) == weir::progress::failed);
    CHECK(job.report().failure == second->why);
    CHECK(first->closed + second->closed == 2);
}

TEST_CASE("aligned inputs: one that is ahead of the least by more than allowed is not read on, but kept alive") {
    std::vector<scripted_poll> fast;
    std::vector<scripted_poll> slow;
    for (int i = 1; i <= 40; ++i) fast.push_back({{emits{i * 100}}});
    for (int i = 1; i <= 40; ++i) slow.push_back({{emits{i * 10}}});
    scripted_source one{fast};
    scripted_source two{slow};
    auto const first = one.seen;
    int fastest = 0;
    int slowest = 0;
    int farthest = 0;
    std::size_t items = 0;
    auto job = weir::from(weir::merge(weir::aligned(std::chrono::seconds(150)),
                                      timed(one, 0) | weir::map([&](int n) { return fastest = n; }),
                                      timed(two, 0) | weir::map([&](int n) { return slowest = n; }))) |
               weir::call([&](int) {
                   ++items;
                   farthest = std::max(farthest, fastest - slowest);
               });
    for (int step = 0; step < 38; ++step) job.step(10, seconds(100'000));
    CHECK(farthest <= 250);  // what is allowed, and one poll
    CHECK(first->polls < 10);
    CHECK(first->kept_alive > 20);
    job.source().wait(std::chrono::seconds(2));
    CHECK(first->waited == std::chrono::seconds(0));
    CHECK(run_to_end(job, 100, seconds(100'000)) == weir::progress::ended);
    CHECK(items == 80);
    CHECK(job.report().balanced());
}

TEST_CASE("aligned inputs: one that is idle or has ended is waited for no longer") {
    scripted_source quiet{{{{emits{10}}}, {{idle(0)}}}, true};
    auto job = weir::from(weir::merge(weir::aligned(std::chrono::seconds(0)),
                                      timed({{{{emits{100}}}, {{emits{200}}}, {{emits{300}}}}}, 0),
                                      timed(quiet, 0), timed({{{{emits{1}}}}}, 0))) |
               weir::discard();
    job.step(10, seconds(0));
    CHECK(job.report().total().in == 3);
    job.step(10, seconds(0));  // the third ends
    CHECK(job.report().total().in == 3);
    job.step(10, seconds(0));  // the second proves to be idle
    CHECK(job.report().total().in == 3);
    job.step(10, seconds(0));
    CHECK(job.report().total().in == 4);
    job.step(10, seconds(0));
    CHECK(job.report().total().in == 5);
}

TEST_CASE("aligned inputs: a span that is negative, ahead of which even the least would be, fails the job at its first step") {
    auto job = weir::from(weir::merge(weir::aligned(std::chrono::seconds(-1)), timed({{{{emits{1}}}, {{emits{2}}}}}, 0),
                                      timed({{{{emits{1}}}, {{emits{2}}}}}, 0))) |
               weir::discard();
    CHECK(run_to_end(job, 10) == weir::progress::failed);
    REQUIRE(job.report().failure);
    CHECK(job.report().failure->component == "merge");
    CHECK(job.report().failure->cause == "the span given to aligned is negative");
}

/// A record that knows where it comes from, as a Kafka record does.
struct stamped {
    int value;
    weir::stamp where;
    [[nodiscard]] weir::stamp at() const { return where; }
};

struct stamped_source {
    using output = stamped;
    std::vector<stamped> records;
    weir::poll_result poll(auto& out) {
        out.emit_batch(std::span<stamped const>(records), weir::stamp{});
        return weir::poll_result::end;
    }
};

struct stamp_keeper {
    std::vector<std::string>* places;
    void on_item(stamped const& item, auto& out) {
        weir::stamp const& at = out.at();
        places->push_back(std::to_string(item.value) + ": " + std::to_string(at.lane) + "/" +
                          std::to_string(at.position) + " " +
                          std::to_string(at.time.time_since_epoch() / std::chrono::seconds(1)) + " s epoch " +
                          std::to_string(at.epoch));
    }
};

TEST_CASE("items that carry their own stamp keep it through a merge, but for the lane") {
    stamped_source one{
        {{1, {.time = seconds(5), .position = 70, .lane = 2}}, {2, {.time = seconds(6), .position = 30, .lane = 0}}}};
    stamped_source two{{{3, {.time = seconds(7), .position = 90, .lane = 2}}}};
    std::vector<std::string> places;
    auto job = weir::from(weir::merge(one, two)) | stamp_keeper{&places};
    run_to_end(job);
    CHECK(places == std::vector<std::string>{"1: 4/70 5 s epoch 1", "2: 0/30 6 s epoch 1", "3: 5/90 7 s epoch 1"});
}

/// Sends until it is told that the answer has come.
struct sends_on {
    bool const* answered;
    void on_item(int const&) {}
    [[nodiscard]] bool busy() const { return !*answered; }
};

TEST_CASE("an input that is not read any more is kept alive, while its sinks are still sending and when it has ended") {
    scripted_source const read{{{{emits{1}}}}, true};
    bool answered = false;
    auto job = weir::from(weir::merge(weir::from(scripted_source(read)) | weir::tee(sends_on{&answered}) | weir::take(1),
                                      scripted_source{{{{emits{2}}}}, true})) |
               weir::discard();
    job.step(10, seconds(0));
    for (int i = 1; i <= 4; ++i) {
        job.step(10, seconds(0));
        answered = i >= 2;
        CHECK(read.seen->kept_alive == i);
        CHECK(read.seen->polls == 1);
    }
    CHECK_FALSE(job.finished());
}

TEST_CASE("stopping a job stops every input of its merge") {
    witness end;
    auto job = weir::from(weir::merge(timed({{{{emits{10}}}}, true}, 5), timed({{{{emits{20}}}}, true}, 5))) | end;
    job.step(10, seconds(0));
    end.log->clear();
    job.stop();
    CHECK(run_to_end(job) == weir::progress::ended);
    CHECK(end.take() == "-0 w 15 -1 w end end");
}

}  // namespace weir_test::transform_merge
