// SPDX-License-Identifier: Apache-2.0
#include <weir/pipeline/flow.hpp>

#include <catch.hpp>
#include <cstdint>
#include <span>
#include <string>
#include <tuple>
#include <vector>

namespace weir_test::pipeline_flow {

using log_type = std::vector<std::string>;

/// An item that knows where it came from, as a Kafka record does.
struct record {
    int number;
    std::uint32_t from;
    [[nodiscard]] weir::stamp at() const {
        return {.position = static_cast<std::uint64_t>(number), .epoch = 99, .lane = from};
    }
};

struct note {
    log_type* log;
    std::string name;
    void write(std::string const& what) { log->push_back(name + " " + what); }
};

struct plus_one : note {
    using output = int;
    void on_item(int const& n, auto& out) { out.emit(n + 1); }
    void on_watermark(weir::timestamp, auto&) { write("watermark"); }
    void on_lane(weir::lane_event event, auto&) { write("lane " + std::to_string(event.lane)); }
    void on_tick(weir::timestamp now, auto&) { write("tick " + std::to_string(now.time_since_epoch().count())); }
    void settle(auto&) { write("settle"); }
    void flush(auto&) { write("flush"); }
    void on_end(auto&) { write("end"); }
    void close() { write("close"); }
};

struct drain : note {
    void on_item(int const& n, auto& out) {
        write(std::to_string(n) + " at " + std::to_string(out.at().position) + " of " + std::to_string(out.at().lane) +
              " in " + std::to_string(out.at().epoch));
    }
    void on_watermark(weir::timestamp, auto&) { write("watermark"); }
    void on_lane(weir::lane_event event, auto&) { write("lane " + std::to_string(event.lane)); }
    void settle(auto&) { write("settle"); }
    void flush(auto&) { write("flush"); }
    void on_end(auto&) { write("end"); }
    void close() { write("close"); }
};

struct number_of {
    using output = int;
    void on_item(record const& r, auto& out) { out.emit(r.number); }
};

struct batches {
    std::vector<std::size_t>* sizes;
    void on_item(int const&) {}
    void on_batch(std::span<int const> items, auto&) { sizes->push_back(items.size()); }
};

TEST_CASE("an item goes through the stages in one call, and keeps its stamp") {
    log_type log;
    weir::job_context context;
    weir::flow flow(std::tuple(plus_one{{&log, "a"}}, plus_one{{&log, "b"}}, drain{{&log, "c"}}));
    flow.attach(context);
    flow.accept(5, weir::stamp{.position = 17, .epoch = 3, .lane = 2});
    CHECK(log == log_type{"c 7 at 17 of 2 in 3"});
}

TEST_CASE("items side by side go by counting positions, or, when they carry their own stamp, by that") {
    log_type log;
    weir::job_context context;
    weir::flow plain(std::tuple(drain{{&log, "c"}}));
    plain.attach(context);
    std::vector<int> const numbers{1, 2};
    plain.accept_batch(std::span<int const>(numbers), weir::stamp{.position = 10, .epoch = 4, .lane = 1});
    CHECK(log == log_type{"c 1 at 10 of 1 in 4", "c 2 at 11 of 1 in 4"});
    log.clear();
    weir::flow stamped(std::tuple(number_of{}, drain{{&log, "c"}}));
    stamped.attach(context);
    std::vector<record> const records{{7, 3}, {8, 0}};
    stamped.accept_batch(std::span<record const>(records), weir::stamp{.position = 10, .epoch = 4, .lane = 1});
    CHECK(log == log_type{"c 7 at 7 of 3 in 4", "c 8 at 8 of 0 in 4"});
}

TEST_CASE("a stage that takes batches gets them whole") {
    std::vector<std::size_t> sizes;
    weir::job_context context;
    weir::flow flow(std::tuple(batches{&sizes}));
    flow.attach(context);
    std::vector<int> const numbers{1, 2, 3};
    flow.accept_batch(std::span<int const>(numbers), weir::stamp{});
    CHECK(sizes == std::vector<std::size_t>{3});
}

TEST_CASE("time travels the same road: each hook reaches every stage, first to last") {
    log_type log;
    weir::job_context context;
    weir::flow flow(std::tuple(plus_one{{&log, "a"}}, drain{{&log, "b"}}));
    flow.attach(context);
    context.now = weir::timestamp(weir::duration(7));
    flow.tick();
    flow.watermark(weir::timestamp{});
    flow.lane({4, weir::lane_event::kind::opened});
    flow.settle();
    flow.flush();
    flow.end();
    flow.close();
    CHECK(log == log_type{"a tick 7", "a watermark", "b watermark", "a lane 4", "b lane 4", "a settle", "b settle",
                          "a flush", "b flush", "a end", "b end", "a close", "b close"});
}

struct makes_time : plus_one {
    static constexpr bool makes_watermarks = true;
};
struct joins_lanes : plus_one {
    static constexpr bool makes_lanes = true;
};

TEST_CASE("a stage that makes watermarks, or lanes, of its own lets those before it go no further") {
    log_type log;
    weir::job_context context;
    weir::flow flow(std::tuple(makes_time{{{&log, "a"}}}, drain{{&log, "b"}}));
    flow.attach(context);
    flow.watermark(weir::timestamp{});
    flow.lane({1, weir::lane_event::kind::idle});
    weir::flow other(std::tuple(joins_lanes{{{&log, "a"}}}, drain{{&log, "b"}}));
    other.attach(context);
    other.watermark(weir::timestamp{});
    other.lane({1, weir::lane_event::kind::idle});
    CHECK(log == log_type{"a watermark", "a lane 1", "b lane 1", "a watermark", "b watermark", "a lane 1"});
}

struct stateful {
    bool is_ready = true, is_busy = false, is_satisfied = false;
    std::uint64_t held = weir::nothing_held;
    weir::timestamp wake = weir::end_of_time;
    weir::error const* why = nullptr;
    using output = int;
    void on_item(int const& n, auto& out) { out.emit(n); }
    [[nodiscard]] bool ready() const { return is_ready; }
    [[nodiscard]] bool busy() const { return is_busy; }
    [[nodiscard]] bool satisfied() const { return is_satisfied; }
    [[nodiscard]] std::uint64_t oldest_held() const { return held; }
    [[nodiscard]] weir::timestamp next_wake() const { return wake; }
    [[nodiscard]] weir::error const* failure() const { return why; }
};

TEST_CASE(
    "a flow is ready when all stages are, busy when one is, and wakes for the soonest; its failure is the first "
    "one's") {
    log_type log;
    weir::flow flow(std::tuple(stateful{}, stateful{}, drain{{&log, "c"}}));
    CHECK(flow.ready());
    CHECK_FALSE(flow.busy());
    CHECK_FALSE(flow.satisfied());
    CHECK(flow.oldest_held() == weir::nothing_held);
    CHECK(flow.next_wake() == weir::end_of_time);
    CHECK(flow.failure() == nullptr);
    weir::error const first{.cause = "first"}, second{.cause = "second"};
    flow.stage<1>() = {false, true, true, 7, weir::timestamp(weir::duration(5)), &second};
    flow.stage<0>().held = 9;
    flow.stage<0>().wake = weir::timestamp(weir::duration(6));
    CHECK_FALSE(flow.ready());
    CHECK(flow.busy());
    CHECK(flow.satisfied());
    CHECK(flow.oldest_held() == 7);
    CHECK(flow.next_wake() == weir::timestamp(weir::duration(5)));
    CHECK(flow.failure() == &second);
    flow.stage<0>().why = &first;
    CHECK(flow.failure() == &first);
}

struct halves {
    using output = int;
    void on_item(int const& n, auto& out) {
        if (n % 2 == 0) out.emit(n / 2);
    }
};

TEST_CASE("a flow counts what each stage emitted, one by one and side by side; a stage may count itself") {
    log_type log;
    weir::job_context context;
    weir::flow flow(std::tuple(halves{}, halves{}, drain{{&log, "c"}}));
    flow.attach(context);
    for (int n = 0; n < 8; ++n) flow.accept(n, weir::stamp{});
    std::vector<weir::tally> counts;
    CHECK(flow.account(8, [&](auto const&, weir::tally const& count, int depth) {
        CHECK(depth == 0);
        counts.push_back(count);
    }) == 0);
    REQUIRE(counts.size() == 3);
    CHECK(counts[0].in == 8);
    CHECK(counts[0].emitted == 4);
    CHECK(counts[1].in == 4);
    CHECK(counts[1].emitted == 2);
    CHECK(counts[2].in == 2);
    for (weir::tally const& count : counts) CHECK(count.balanced());
}

/// A stage with two flows inside.
struct forks {
    weir::flow<drain> left, right;
    void on_item(int const& n, auto& out) { (n < 0 ? left : right).accept(n, out.at()); }
    void branches(auto&& visit) {
        visit(left);
        visit(right);
    }
};

TEST_CASE("time, ticks and ends reach the flows inside a stage, behind the stage itself") {
    log_type log;
    weir::job_context context;
    weir::flow flow(std::tuple(
        forks{weir::flow<drain>(std::tuple(drain{{&log, "l"}})), weir::flow<drain>(std::tuple(drain{{&log, "r"}}))}));
    flow.attach(context);
    flow.accept(-1, weir::stamp{.position = 1});
    flow.accept(1, weir::stamp{.position = 2});
    flow.watermark(weir::timestamp{});
    flow.settle();
    flow.flush();
    flow.end();
    flow.close();
    CHECK(log == log_type{"l -1 at 1 of 0 in 0", "r 1 at 2 of 0 in 0", "l watermark", "r watermark", "l settle",
                          "r settle", "l flush", "r flush", "l end", "r end", "l close", "r close"});
}

}  // namespace weir_test::pipeline_flow
