// SPDX-License-Identifier: Apache-2.0
#include <weir/base/callback.hpp>

#include <catch.hpp>
#include <functional>
#include <string>
#include <utility>

namespace weir_test::base_callback {

int twice(int n) { return 2 * n; }

TEST_CASE("a callback calls what it was given: a function, a lambda with a state, another holder") {
    weir::callback<int(int)> call = twice;
    CHECK(call(4) == 8);
    call = [sum = 0](int n) mutable { return sum += n; };
    CHECK(call(4) == 4);
    CHECK(call(5) == 9);
    call = std::function<int(int)>(twice);
    CHECK(call(6) == 12);
}

TEST_CASE("a callback holds nothing until it is given something that can be called") {
    weir::callback<int(int)> call;
    CHECK_FALSE(call);
    call = twice;
    CHECK(call);
    call = nullptr;
    CHECK_FALSE(call);
    call = static_cast<int (*)(int)>(nullptr);
    CHECK_FALSE(call);
    call = std::function<int(int)>();
    CHECK_FALSE(call);
}

TEST_CASE("a copy of a callback holds a copy, and a moved one is handed on") {
    weir::callback<int()> first = [n = 0]() mutable { return ++n; };
    CHECK(first() == 1);
    auto second = first;
    CHECK(first() == 2);
    CHECK(first() == 3);
    CHECK(second() == 2);
    auto third = std::move(first);
    CHECK(third() == 4);
    auto const& itself = second;
    second = itself;
    CHECK(second() == 3);
}

TEST_CASE("a callback passes arguments on as they are, and converts or drops what comes back") {
    std::string text = "a";
    weir::callback<void(std::string&)> append = [](std::string& to) { return to += "b"; };
    append(text);
    CHECK(text == "ab");
    weir::callback<double(int)> wider = twice;
    CHECK(wider(2) == 4.0);
    weir::callback<std::string(std::string&&)> take = [](std::string&& from) { return std::move(from); };
    CHECK(take(std::move(text)) == "ab");
}

static_assert(!std::is_constructible_v<weir::callback<void(int)>, int>);
static_assert(!std::is_constructible_v<weir::callback<int(int)>, std::string (*)(int)>);

}  // namespace weir_test::base_callback
