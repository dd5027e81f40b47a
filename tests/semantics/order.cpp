// SPDX-License-Identifier: Apache-2.0
#include <semantics/clicks.hpp>

#include <catch.hpp>
#include <string>
#include <weir/window/session.hpp>

namespace weir_test::semantics_order {

using namespace semantics;

TEST_CASE("Output order is a function of input order: windows by end, then keys in first-seen order.") {
    auto driver = counts(weir::tumbling(us(10)), weir::drop_late);
    driver.push({"/z"}, at(15));
    driver.push({"/b"}, at(5));
    driver.push({"/a"}, at(1));
    driver.push({"/b"}, at(2));
    driver.push({"/a"}, at(12));
    driver.end();
    CHECK(rows_of(driver) == words{"0..10 /b: 2", "0..10 /a: 1", "10..20 /z: 1", "10..20 /a: 1"});

    auto sessions = counts(weir::session(us(10)), weir::drop_late);
    sessions.push({"/z"}, at(20));
    sessions.push({"/b"}, at(5));
    sessions.push({"/a"}, at(5));
    sessions.end();
    CHECK(rows_of(sessions) == words{"5..15 (5) /b: 1", "5..15 (5) /a: 1", "20..30 (20) /z: 1"});
}

TEST_CASE("Equal input gives equal output bytes on one worker.") {
    auto const bytes = [](std::size_t budget) {
        script clicks;
        std::string const pages[] = {"/a", "/b", "/c", "/d", "/e", "/f", "/g"};
        for (int i = 0; i < 500; ++i) clicks.item({pages[i * i % 7], at(i - i * 7 % 5)});
        std::string text;
        auto job = weir::from(clicks.source()) | weir::event_time<&click::ts>(weir::bounded_out_of_orderness(us(3))) |
                   weir::key_by<&click::page>() | weir::window(weir::tumbling(us(10)), weir::drop_late) |
                   weir::aggregate(weir::count()) | weir::call([&](auto const& row) { text += shown(row) + "\n"; });
        finish(job, budget);
        return text;
    };
    std::string const once = bytes(1000);
    CHECK(once.size() > 1000);
    CHECK(bytes(1000) == once);
    CHECK(bytes(3) == once);
}

}  // namespace weir_test::semantics_order
