// SPDX-License-Identifier: Apache-2.0
#include <semantics/clicks.hpp>

#include <catch.hpp>

namespace weir_test::semantics_batches {

using namespace semantics;

TEST_CASE("The watermark moves with every item.") {
    for (std::size_t const budget : {1u, 100u}) {
        words log;
        auto job = watched(script().item({"a", at(1)}).item({"b", at(2)}).item({"c", at(3)}), us(0), log);
        finish(job, budget);
        CHECK(log == words{"w 1", "a@1", "w 2", "b@2", "w 3", "c@3", "w end"});
    }
}

/// Items out of order, of which some come too late: one of each page.
[[nodiscard]] script disordered() {
    script items;
    for (std::int64_t t : {3, 12, 8, 25, 9, 21, 14, 33, 41, 28, 31}) items.item({t % 2 == 0 ? "/even" : "/odd", at(t)});
    return items;
}

TEST_CASE("A stage may act on it later (at the end of a batch), but the outcome is as if it had acted at once.") {
    // 12 closes [0, 10) for 8, though both are read in one batch.
    words rows;
    auto job = counting(script().item({"/", at(3)}).item({"/", at(12)}).item({"/", at(8)}).in_batches(), us(0), rows,
                        weir::tumbling(us(10)), weir::drop_late);
    finish(job);
    CHECK(rows == words{"0..10 /: 1", "10..20 /: 1"});
    CHECK(job.report().total().late == 1);
}

TEST_CASE("Results do not depend on batch size.") {
    words wanted;
    auto one_by_one = counting(disordered(), us(5), wanted, weir::tumbling(us(10)), weir::drop_late);
    finish(one_by_one, 1);
    CHECK(one_by_one.report().total().late == 3);
    for (std::size_t budget = 1; budget <= 12; ++budget) {
        for (bool const together : {false, true}) {
            words rows;
            auto items = disordered();
            if (together) items.in_batches();
            auto job = counting(items, us(5), rows, weir::tumbling(us(10)), weir::drop_late);
            finish(job, budget);
            CHECK(rows == wanted);
            CHECK(job.report().total().late == 3);
        }
    }
}

TEST_CASE("An item within its own lane's bound is never late, whatever the other lanes did.") {
    words rows;
    auto job = counting(script().opened(0).opened(1).item({"/", at(1'000)}).item({"/", at(15)}, 1).item({"/", at(2'000)})
                            .item({"/", at(6)}, 1), us(10), rows, weir::tumbling(us(10)), weir::drop_late);
    finish(job);
    CHECK(job.report().total().late == 0);
    CHECK(rows == words{"0..10 /: 1", "10..20 /: 1", "1000..1010 /: 1", "2000..2010 /: 1"});
}

TEST_CASE("Live and replay agree on all such items.") {
    // Live the lanes take turns; on replay one is read to its end before the other.
    words live, replay;
    auto first = counting(script().opened(0).opened(1).item({"/a", at(4)}).item({"/b", at(3)}, 1).item({"/a", at(18)})
                              .item({"/b", at(21)}, 1).item({"/a", at(9)}).item({"/b", at(12)}, 1),
                          us(9), live, weir::tumbling(us(10)), weir::drop_late);
    finish(first, 1);
    auto second = counting(script().opened(0).opened(1).item({"/a", at(4)}).item({"/a", at(18)}).item({"/a", at(9)})
                               .item({"/b", at(3)}, 1).item({"/b", at(21)}, 1).item({"/b", at(12)}, 1),
                           us(9), replay, weir::tumbling(us(10)), weir::drop_late);
    finish(second);
    CHECK(live == words{"0..10 /a: 2", "0..10 /b: 1", "10..20 /a: 1", "10..20 /b: 1", "20..30 /b: 1"});
    CHECK(replay == live);
}

TEST_CASE("One beyond its lane's bound is still taken while its window is open.") {
    words rows;
    auto job = counting(script().item({"/", at(8)}).item({"/", at(1)}), us(2), rows, weir::tumbling(us(10)), weir::drop_late);
    finish(job);  // W is 6 when 1 comes
    CHECK(rows == words{"0..10 /: 2"});
    CHECK(job.report().total().late == 0);
}

}  // namespace weir_test::semantics_batches
