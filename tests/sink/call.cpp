// SPDX-License-Identifier: Apache-2.0
#include <weir/sink/call.hpp>

#include <catch.hpp>
#include <memory>
#include <vector>
#include <weir/pipeline/job.hpp>
#include <weir/source/values.hpp>

namespace weir_test::sink_call {

struct order {
    int amount;
    void seen() const { ++count; }
    static inline int count = 0;
};

TEST_CASE("call calls a function for each item, in order") {
    std::vector<int> got;
    auto job = weir::from(weir::values({1, 2, 3})) | weir::call([&](int n) { got.push_back(n); });
    while (!job.finished()) job.step(2, {});
    CHECK(got == std::vector{1, 2, 3});
    CHECK(job.report().stages[1].count.in == 3);
    CHECK(job.report().stages[1].name == "call");
    CHECK(job.report().balanced());
}

TEST_CASE("call takes functions that have a state, can only be moved, are generic, or are members") {
    auto kept = std::make_shared<int>(0);
    auto job = weir::from(weir::values({order{4}})) |
               weir::call([kept, own = std::make_unique<int>(2)](auto const& o) mutable { *kept = o.amount * *own; });
    while (!job.finished()) job.step(2, {});
    CHECK(*kept == 8);
    auto member = weir::from(weir::values({order{4}, order{5}})) | weir::call(&order::seen);
    while (!member.finished()) member.step(2, {});
    CHECK(order::count == 2);
}

TEST_CASE("discard takes every item, one by one or side by side, and they are counted all the same") {
    auto job = weir::from(weir::values({1, 2, 3})) | weir::discard();
    while (!job.finished()) job.step(2, {});
    CHECK(job.report().stages[1].count.in == 3);
    CHECK(job.report().balanced());
}

}  // namespace weir_test::sink_call
