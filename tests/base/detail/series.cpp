// SPDX-License-Identifier: Apache-2.0
#include <weir/base/detail/series.hpp>

#include <catch.hpp>
#include <cstddef>
#include <cstdint>
#include <oracle/random_stream.hpp>
#include <string>
#include <utility>
#include <vector>

namespace weir_test::base_detail_series {

using weir::detail::series;

std::vector<std::string> content_of(series<std::string> const& all) { return {all.begin(), all.end()}; }

TEST_CASE("a series does what a vector does, whatever the steps") {
    dice roll(21);
    series<std::string> all;
    std::vector<std::string> expected;
    for (int step = 0; step < 20'000; ++step) {
        // Long enough for memory of its own.
        std::string const text = "element number " + std::to_string(step);
        auto const at = static_cast<std::size_t>(roll.between(0, static_cast<std::int64_t>(expected.size())));
        switch (roll.between(0, expected.size() > 40 ? 7 : 5)) {
            case 0:
            case 1:
            case 2:
                all.push_back(text);
                expected.push_back(text);
                break;
            case 3:
                all.insert(at, text);
                expected.insert(expected.begin() + static_cast<std::ptrdiff_t>(at), text);
                break;
            case 4:
                all.grow_to(at + 2);
                if (at + 2 > expected.size()) expected.resize(at + 2);
                break;
            case 5:
                if (at == expected.size()) break;
                all.erase(at);
                expected.erase(expected.begin() + static_cast<std::ptrdiff_t>(at));
                break;
            case 6:
                all.shrink_to(at);
                expected.resize(at);
                break;
            default:
                all.clear();
                expected.clear();
                break;
        }
        REQUIRE(content_of(all) == expected);
    }
}

TEST_CASE("a copy of a series is its own, and a moved one leaves nothing behind") {
    series<std::string> first;
    first.push_back("a");
    first.push_back("b");
    auto second = first;
    second.back() = "c";
    CHECK(content_of(first) == std::vector<std::string>{"a", "b"});
    CHECK(content_of(second) == std::vector<std::string>{"a", "c"});
    auto third = std::move(second);
    CHECK(content_of(third) == std::vector<std::string>{"a", "c"});
    first = std::move(third);
    CHECK(content_of(first) == std::vector<std::string>{"a", "c"});
    CHECK(content_of(std::exchange(first, {})).size() == 2);
    CHECK(first.empty());
}

}  // namespace weir_test::base_detail_series
