// SPDX-License-Identifier: Apache-2.0
#include <weir/testing/scripted_source.hpp>

#include <catch.hpp>
#include <chrono>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>
#include <weir/aggregate/count.hpp>
#include <weir/testing/collector.hpp>
#include <weir/transform/event_time.hpp>
#include <weir/window/aggregate.hpp>
#include <weir/window/tumbling.hpp>
#include <weir/window/window.hpp>

#if defined(__SANITIZE_ADDRESS__)
#define WEIR_TEST_KNOWS_FREED
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define WEIR_TEST_KNOWS_FREED
#endif
#endif
#ifdef WEIR_TEST_KNOWS_FREED
#include <sanitizer/asan_interface.h>
#endif

namespace weir_test::testing_scripted_source {

using namespace std::chrono_literals;
using weir::progress;
using weir::testing::scripted_source;

constexpr weir::timestamp at(std::chrono::seconds s) { return weir::timestamp(s); }

/// Writes down what reaches it.
struct witness {
    std::shared_ptr<std::string> log = std::make_shared<std::string>();

    void add(std::string const& word) { *log += (log->empty() ? "" : " ") + word; }
    void on_item(int const& n, auto& out) {
        auto const& stamp = out.at();
        add(std::to_string(n) + "@" + std::to_string(stamp.lane) + "/" + std::to_string(stamp.position));
        if (stamp.time != weir::beginning_of_time) add("t" + std::to_string(stamp.time.time_since_epoch() / 1s));
    }
    void on_batch(std::span<int const> items, auto& out) {
        add("[" + std::to_string(items.size()) + "]");
        for (int const& n : items) on_item(n, out);
    }
    void on_watermark(weir::timestamp w, auto&) {
        add(w == weir::end_of_time ? "w end" : "w" + std::to_string(w.time_since_epoch() / 1s));
    }
    void on_lane(weir::lane_event event, auto&) {
        std::string const sign = event.what == weir::lane_event::kind::opened ? "+"
                                 : event.what == weir::lane_event::kind::idle ? "~"
                                                                              : "-";
        add(sign + std::to_string(event.lane));
    }
    std::string take() { return std::exchange(*log, {}); }
};

TEST_CASE("a script is played action by action, then the source ends") {
    scripted_source<int> source;
    source.opened(0).opened(1).item(7).item(8, at(3s), 1).item_of(1, 9).idle(1).ended(0);
    witness seen;
    auto job = weir::from(std::move(source)) | seen;
    CHECK(job.step(100, at(0s)) == progress::ended);
    CHECK(seen.take() == "+0 +1 7@0/0 8@1/0 t3 9@1/1 ~1 -0");
}

TEST_CASE("a poll emits its budget at most; a pause is an idle poll of its own") {
    scripted_source<int> source;
    source.item(1).item(2).item(3).pause().pause().item(4).end_poll().item(5);
    auto const state = source.progress();
    witness seen;
    auto job = weir::from(std::move(source)) | seen;
    CHECK(job.step(2, at(0s)) == progress::ready);
    CHECK(seen.take() == "1@0/0 2@0/1");
    CHECK(state->actions == 2);
    CHECK(job.step(2, at(0s)) == progress::ready);
    CHECK(seen.take() == "3@0/2");
    CHECK(job.step(2, at(0s)) == progress::idle);
    CHECK(job.step(2, at(0s)) == progress::idle);
    CHECK(seen.take().empty());
    CHECK(job.step(2, at(0s)) == progress::ready);
    CHECK(seen.take() == "4@0/3");
    CHECK(job.step(2, at(0s)) == progress::ended);
    CHECK(seen.take() == "5@0/4");
    CHECK(state->polls == 6);
    CHECK(state->item_epochs == std::vector<std::uint64_t>{1, 1, 2, 5, 6});
    CHECK(state->acknowledged == 7);
    CHECK(state->closed);
}

TEST_CASE("a source fails where the script says so, and nothing behind that is done") {
    scripted_source<int> source;
    source.item(1).fail({.component = "scripted", .cause = "the disk is gone"}).item(2);
    witness seen;
    auto job = weir::from(std::move(source)) | seen;
    progress state = progress::ready;
    for (int i = 0; i < 5 && !job.finished(); ++i) state = job.step(100, at(0s));
    CHECK(state == progress::failed);
    CHECK(job.report().failure->cause == "the disk is gone");
    CHECK(seen.take() == "1@0/0");
}

TEST_CASE("an endless script is idle after its last action, until it is stopped") {
    scripted_source<int> source;
    source.item(1).endless();
    auto const state = source.progress();
    witness seen;
    auto job = weir::from(std::move(source)) | seen;
    CHECK(job.step(100, at(0s)) == progress::ready);
    CHECK(job.step(100, at(0s)) == progress::idle);
    CHECK(job.step(100, at(0s)) == progress::idle);
    job.stop();
    CHECK(job.step(100, at(0s)) == progress::ended);
    CHECK(state->stopped == weir::stop_mode::close_windows);
}

TEST_CASE("a script that is stopped is not played on") {
    scripted_source<int> source;
    source.item(1).item(2);
    witness seen;
    auto job = weir::from(std::move(source)) | seen;
    job.step(1, at(0s));
    job.stop(weir::stop_mode::keep_windows);
    CHECK(job.step(1, at(0s)) == progress::ended);
    CHECK(seen.take() == "1@0/0");
}

TEST_CASE("items of one lane and time come in batches, if that was asked for") {
    scripted_source<int> source;
    source.in_batches().item(1).item(2).item_of(1, 3).item(4, at(1s)).item(5, at(2s)).item(6, at(2s)).opened(7).item(7, at(2s));
    witness seen;
    auto job = weir::from(std::move(source)) | seen;
    job.step(100, at(0s));
    CHECK(seen.take() == "[2] 1@0/0 2@0/0 [1] 3@1/0 [1] 4@0/2 t1 [2] 5@0/3 t2 6@0/3 t2 +7 [1] 7@0/5 t2");
}

TEST_CASE("what the source cannot read is a dead letter, with the name of its lane") {
    scripted_source<int> source;
    source.name_lane(3, "clicks/3").dead_letter({.component = "scripted", .cause = "torn"}, "half a li", 3).item_of(3, 1);
    weir::testing::collector<weir::dead_letter> letters;
    witness seen;
    auto job = weir::from(std::move(source)) | seen;
    job.dead_letters_to(letters.sink());
    job.step(100, at(0s));
    REQUIRE(letters.size() == 1);
    CHECK(letters.items()[0].why.place == "clicks/3/0");
    CHECK(letters.items()[0].payload == "half a li");
    CHECK(seen.take() == "1@3/1");
    CHECK(job.report().stages[0].count.dead_lettered == 1);
    CHECK(job.report().balanced());
}

struct take_counts {
    std::vector<std::uint64_t>* into;
    void on_item(auto const& row)
        requires requires { row.template get<"count">(); }
    {
        into->push_back(row.template get<"count">());
    }
};

TEST_CASE("a source with event time says its watermarks: a window may stand right behind it") {
    scripted_source<int, weir::timed> source;
    source.item(1, at(5s)).item(2, at(12s)).watermark(at(10s)).end_poll().item(3, at(9s)).item(4, at(11s));
    weir::testing::collector<int> late;
    std::vector<std::uint64_t> counts;
    auto job = weir::from(std::move(source)) | weir::window(weir::tumbling(10s), weir::late_to(late.sink())) |
               weir::aggregate(weir::count()) | take_counts{&counts};
    job.step(100, at(0s));
    CHECK(counts == std::vector<std::uint64_t>{1});
    job.step(100, at(0s));
    CHECK(job.finished());
    CHECK(counts == std::vector<std::uint64_t>{1, 2});
    CHECK(late.items() == std::vector{3});
}

TEST_CASE("the time of an item is the record's own: event_time(record_time, ...) takes it") {
    scripted_source<int> source;
    source.item(1, at(5s)).item(2);
    witness seen;
    auto job = weir::from(std::move(source)) | weir::event_time(weir::record_time, weir::bounded_out_of_orderness(2s)) | seen;
    job.step(100, at(5s));
    CHECK(seen.take() == "w3 1@0/0 t5 w end");
    CHECK(job.report().dead_letters == 1);
}

struct page {
    std::string_view name;
};

/// Says where the text of an item lies, and what it says.
struct read_page {
    std::vector<std::string>* names;
    std::vector<char const*>* places;
    void on_item(page const& p) {
        names->emplace_back(p.name);
        places->push_back(p.name.data());
    }
};

TEST_CASE("a script owns its texts and lends copies of them for a poll") {
    scripted_source<page> source;
    std::string text = "a page with a name that is long enough";
    source.item({text}).end_poll().item({"another page"});
    text.assign(text.size(), '?');
    std::vector<std::string> names;
    std::vector<char const*> places;
    auto job = weir::from(std::move(source)) | read_page{&names, &places};
    job.step(100, at(0s));
    CHECK(names == std::vector<std::string>{"a page with a name that is long enough"});
    job.step(100, at(0s));
    CHECK(names.back() == "another page");
#ifdef WEIR_TEST_KNOWS_FREED
    CHECK(__asan_address_is_poisoned(places[0]) != 0);  // what was lent for a poll is given back
#endif
}

/// Cannot take anything now.
struct full {
    void on_item(int const&) {}
    [[nodiscard]] bool ready() const { return false; }
};

TEST_CASE("a script is not played while a stage is not ready") {
    scripted_source<int> source;
    source.item(1);
    auto const state = source.progress();
    auto job = weir::from(std::move(source)) | full();
    CHECK(job.step(1, at(0s)) == progress::held_up);
    CHECK(state->kept_alive == 1);
    CHECK(state->polls == 0);
}

}  // namespace weir_test::testing_scripted_source
