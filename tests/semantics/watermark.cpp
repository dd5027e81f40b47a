// SPDX-License-Identifier: Apache-2.0
#include <semantics/clicks.hpp>

#include <catch.hpp>

namespace weir_test::semantics_watermark {

using namespace semantics;

TEST_CASE("`W = max(event time) - bound`, per lane (a Kafka partition, a file, a pushed source).") {
    words log;
    auto job = watched(script().item({"a", at(100)}).item({"b", at(95)}).item({"c", at(107)}), us(10), log);
    finish(job);
    CHECK(log == words{"w 90", "a@100", "b@95", "w 97", "c@107", "w end"});

    // Lane 1 is behind by more than the bound; its own maximum counts, not that of lane 0.
    log.clear();
    auto two = watched(script().opened(0).opened(1).item({"a", at(200)}).item({"b", at(100)}, 1)
                           .item({"c", at(120)}, 1), us(10), log);
    finish(two);
    CHECK(log == words{"a@200", "w 90", "b@100", "w 110", "c@120", "w end"});
}

TEST_CASE("A stage's watermark is the minimum over its live lanes.") {
    words log;
    auto job = watched(script().opened(0).opened(1).opened(2).item({"a", at(50)}).item({"b", at(20)}, 1).item({"c", at(30)}, 2)
                           .item({"d", at(40)}, 1).ended(2).item({"e", at(45)}, 1), us(0), log);
    finish(job);
    CHECK(log == words{"a@50", "b@20", "w 20", "c@30", "w 30", "d@40", "w 40", "w 45", "e@45", "w end"});
}

TEST_CASE("A watermark never goes back.") {
    words log;
    auto job = watched(script().item({"a", at(50)}).opened(1).item({"b", at(10)}, 1).item({"c", at(49)}).idle(0)
                           .item({"d", at(30)}, 1).item({"e", at(60)}, 1), us(0), log);
    finish(job);
    CHECK(log == words{"w 50", "a@50", "b@10", "c@49", "d@30", "w 60", "e@60", "w end"});
}

TEST_CASE("`W` promises: no event with `ts < W` is expected.") {
    // Events that keep to the bound: none is before the watermark that was there when it came.
    script out_of_order;
    for (std::int64_t t : {10, 5, 14, 7, 6, 20, 12, 11, 30, 22}) out_of_order.item({"", at(t)});
    words log;
    auto job = watched(out_of_order, us(9), log);
    finish(job);
    std::int64_t w = -1;
    for (std::string const& word : log) {
        if (word == "w end") break;
        if (word.starts_with("w ")) w = std::stoll(word.substr(2));
        else CHECK(std::stoll(word.substr(1)) >= w);
    }
    CHECK(w == 21);
    // And what a window does with the promise: one before it is late.
    auto driver = counts(weir::tumbling(us(10)), weir::drop_late);
    driver.advance_watermark_to(at(10));
    driver.push({"/"}, at(9));
    CHECK(driver.report().total().late == 1);
}

TEST_CASE("An event exactly at `W` is on time.") {
    auto driver = counts(weir::tumbling(us(10)), weir::drop_late);
    driver.advance_watermark_to(at(10));
    driver.push({"/"}, at(10));
    CHECK(driver.report().total().late == 0);
    driver.end();
    CHECK(rows_of(driver) == words{"10..20 /: 1"});
}

}  // namespace weir_test::semantics_watermark
