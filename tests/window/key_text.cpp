// SPDX-License-Identifier: Apache-2.0
#include <weir/window/key_text.hpp>

#include <catch.hpp>
#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <tuple>
#include <weir/time/timestamp.hpp>
#include <weir/transform/key_by.hpp>

namespace weir_test::window_key_text {

enum class color : std::uint8_t { red = 3 };

TEST_CASE("a key in an error reads as a person would write it") {
    using weir::detail::key_text;
    CHECK(key_text(std::string_view("/home")) == "/home");
    CHECK(key_text(std::int64_t{-5}) == "-5");
    CHECK(key_text(std::uint8_t{200}) == "200");
    CHECK(key_text(true) == "true");
    CHECK(key_text(color::red) == "red");
    CHECK(key_text(static_cast<color>(9)) == "9");
    CHECK(key_text(weir::timestamp(std::chrono::seconds(17))) == "1970-01-01T00:00:17Z");
    CHECK(key_text(weir::duration(17)) == "17");
    CHECK(key_text(std::optional<int>(4)) == "4");
    CHECK(key_text(std::optional<int>()) == "null");
    CHECK(key_text(std::tuple(std::string_view("/home"), std::optional<std::string_view>(), 7)) == "/home, null, 7");
    CHECK(key_text(std::tuple(std::string_view(), 7)) == ", 7");
    CHECK(key_text(weir::detail::total_key::type{}) == "all");
}

}  // namespace weir_test::window_key_text
