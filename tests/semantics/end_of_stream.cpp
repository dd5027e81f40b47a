// SPDX-License-Identifier: Apache-2.0
#include <semantics/clicks.hpp>

#include <catch.hpp>
#include <memory>
#include <weir/run/runner.hpp>

namespace weir_test::semantics_end_of_stream {

using namespace semantics;

TEST_CASE("A bounded source ends by moving the watermark to the end of time.") {
    words log;
    auto job = watched(script().item({"a", at(1)}), us(5), log);
    finish(job);
    CHECK(log == words{"w -4", "a@1", "w end"});
}

TEST_CASE("Every window closes.") {
    words rows;
    auto job = counting(script().item({"/", at(1)}).item({"/", at(1'000'000)}), us(1'000), rows,
                        weir::tumbling(us(10)), weir::drop_late);
    finish(job);
    CHECK(rows == words{"0..10 /: 1", "1000000..1000010 /: 1"});
    CHECK(job.report().total().in_flight == 0);
}

/// Holds what it gets until it is told that nothing follows; acknowledges when `answers` is set.
struct holding_sink {
    struct log {
        int held = 0;
        int sent = 0;
        bool answers = true;
        std::uint64_t oldest = weir::nothing_held;
    };
    std::shared_ptr<log> into;
    std::optional<weir::error> why{};

    void on_item(auto const&, auto& out) {
        if (into->held++ == 0) into->oldest = out.epoch();
    }
    void on_end(auto&) { send(); }
    void on_flush(auto&) { send(); }
    void send() {
        if (!into->answers) {
            why = weir::error{.component = "holding_sink", .cause = "the server takes nothing", .advice = ""};
            return;
        }
        into->sent += into->held;
        into->held = 0;
        into->oldest = weir::nothing_held;
    }
    [[nodiscard]] std::uint64_t oldest_held() const { return into->oldest; }
    [[nodiscard]] weir::error const* failure() const { return why ? &*why : nullptr; }
};

[[nodiscard]] auto held(std::shared_ptr<holding_sink::log> const& into) {
    return weir::from(script().item({"/", at(1)}).item({"/", at(12)}).item({"/", at(40)}).source()) |
           weir::event_time<&click::ts>(weir::bounded_out_of_orderness(us(0))) |
           weir::window(weir::tumbling(us(10)), weir::drop_late) |
           weir::aggregate(weir::count()) | holding_sink{into};
}

TEST_CASE("Every sink flushes.") {
    auto const log = std::make_shared<holding_sink::log>();
    auto job = held(log);
    finish(job, 1);
    CHECK(log->sent == 3);
    CHECK(log->held == 0);
}

TEST_CASE("The exit code is 0 only if everything was acknowledged.") {
    auto const log = std::make_shared<holding_sink::log>();
    auto good = held(log);
    good.step(1, at(0));
    CHECK(good.report().exit_code() != 0);  // rows and open windows are on their way
    finish(good);
    CHECK(good.report().exit_code() == 0);

    log->answers = false;
    auto bad = held(log);
    finish(bad);
    CHECK(bad.report().exit_code() == 1);
    CHECK(log->held == 3);
}

}  // namespace weir_test::semantics_end_of_stream
