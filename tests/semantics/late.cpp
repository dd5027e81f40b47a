// SPDX-License-Identifier: Apache-2.0
#include <semantics/clicks.hpp>

#include <catch.hpp>
#include <weir/testing/collector.hpp>

// What does not compile has tests of its own.
#if !__has_include(<compile_fail/late_items_unsaid.cpp>) || \
    !__has_include(<compile_fail/late_items_unsaid_beside_lateness.cpp>)
#error "the tests of what does not compile are gone"
#endif

namespace weir_test::semantics_late {

using namespace semantics;

/// Two clicks on time and one that is late.
void play(auto& driver) {
    driver.push({"/"}, at(5));
    driver.advance_watermark_to(at(10));
    driver.push({"/late"}, at(6));
    driver.push({"/"}, at(11));
    driver.end();
}

TEST_CASE("Nothing late is dropped without being told to.") {
    weir::testing::collector<click> late;
    auto driver = counts(weir::tumbling(us(10)), weir::late_to(late.sink()));
    play(driver);
    REQUIRE(late.size() == 1);
    CHECK(late.items()[0].page == "/late");
    CHECK(rows_of(driver) == words{"0..10 /: 1", "10..20 /: 1"});
}

TEST_CASE("A window says `late_to(...)` (a sink or a branch) or `drop_late`; without either it does not compile.") {
    // tests/compile_fail/late_items_unsaid.cpp and late_items_unsaid_beside_lateness.cpp have the last part.
    weir::testing::collector<click> sink, branch;
    auto into_sink = counts(weir::tumbling(us(10)), weir::late_to(sink.sink()));
    auto into_branch =
        counts(weir::tumbling(us(10)), weir::late_to(weir::chain(weir::key_by<&click::page>()) | branch.sink()));
    auto dropped = counts(weir::tumbling(us(10)), weir::drop_late);
    play(into_sink);
    play(into_branch);
    play(dropped);
    CHECK(sink.size() == 1);
    CHECK(branch.size() == 1);
    CHECK(rows_of(dropped) == rows_of(into_sink));
}

TEST_CASE("`allowed_lateness(d)` may stand beside it (none: zero).") {
    auto none = counts(weir::tumbling(us(10)), weir::drop_late);
    auto zero = counts(weir::tumbling(us(10)), weir::drop_late, weir::allowed_lateness(us(0)));
    auto some = counts(weir::tumbling(us(10)), weir::allowed_lateness(us(1)), weir::drop_late);
    play(none);
    play(zero);
    play(some);
    CHECK(none.report().total().late == 1);
    CHECK(zero.report().total().late == 1);
    CHECK(some.report().total().late == 0);
}

TEST_CASE("Both roads are counted.") {
    weir::testing::collector<click> late;
    auto sent = counts(weir::tumbling(us(10)), weir::late_to(late.sink()));
    auto dropped = counts(weir::tumbling(us(10)), weir::drop_late);
    play(sent);
    play(dropped);
    CHECK(sent.report().total().late == 1);
    CHECK(dropped.report().total().late == 1);
    CHECK(sent.balanced());
    CHECK(dropped.balanced());
}

}  // namespace weir_test::semantics_late
