// SPDX-License-Identifier: Apache-2.0
#include <weir/source/push.hpp>

#include <catch.hpp>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>
#include <weir/pipeline/job.hpp>
#include <weir/sink/call.hpp>

namespace weir_test::source_push {

struct click {
    std::string_view page;
};

TEST_CASE("push: the host's events are handled, text and all, before push returns; it ends when the host says so") {
    std::vector<std::string> got;
    auto job = weir::from(weir::push<click>{}) | weir::call([&](click const& c) { got.emplace_back(c.page); });
    std::string page = "/home";
    job.push(click{page});
    page = "#####";
    CHECK(got == std::vector<std::string>{"/home"});
    for (int i = 0; i < 3; ++i) CHECK(job.step(100, {}) == weir::progress::idle);
    job.stop();
    CHECK(job.step(100, {}) == weir::progress::ended);
    CHECK(job.report().total().in == 1);
}

struct positions {
    std::vector<std::uint64_t>* got;
    void on_item(click const&, auto& out) { got->push_back(out.at().position); }
};

TEST_CASE("pushed events are numbered on, one by one and side by side; each push is a poll of its own") {
    std::vector<std::uint64_t> got;
    auto job = weir::from(weir::push<click>{}) | positions{&got};
    std::vector<click> const two{{"a"}, {"b"}};
    job.push(two[0]);
    job.push(std::span<click const>(two));
    job.push(two[1]);
    CHECK(got == std::vector<std::uint64_t>{0, 1, 2, 3});
}

template <class Job, class T>
concept can_be_pushed = requires(Job& job, T const& item) { job.push(item); };

TEST_CASE("only a job that begins with push can be pushed into, and only what converts") {
    auto pushed = weir::from(weir::push<int>{}) | weir::discard();
    STATIC_REQUIRE(can_be_pushed<decltype(pushed), int> && can_be_pushed<decltype(pushed), short>);
    STATIC_REQUIRE_FALSE(can_be_pushed<decltype(pushed), std::string>);
}

}  // namespace weir_test::source_push
