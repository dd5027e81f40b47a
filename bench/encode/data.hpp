// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "../harness/random.hpp"

namespace bench::encode {

/// A row as a window emits it; the texts borrow.
struct page_minute {
    std::int64_t window_start_us;
    std::int64_t window_end_us;
    std::string_view page;
    std::string_view country;
    std::uint64_t clicks;
    std::uint64_t users;
};

/// Passes over the rows a run makes; rows and text fit the second-level cache.
inline constexpr std::size_t passes = 500;

struct rows {
    std::vector<std::string> pages;
    std::vector<std::string> countries;
    std::vector<page_minute> all;
};

/// One page in a hundred needs escaping in a tag.
inline rows make_rows(std::size_t count = 5'000, std::uint64_t seed = 5) {
    rows made;
    random_source random(seed);
    for (std::size_t at = 0; at < 300; ++at)
        made.pages.push_back(at % 100 == 99 ? "/search?q=red shoes, size=" + std::to_string(at)
                                            : "/product/winter/" + std::to_string(random.below(10'000'000)));
    for (std::size_t at = 0; at < 50; ++at)
        made.countries.push_back({static_cast<char>('A' + at % 26), static_cast<char>('A' + at / 2)});
    for (std::size_t at = 0; at < count; ++at) {
        auto const start = 1'700'000'040'000'000 + static_cast<std::int64_t>(at / 1'000) * 60'000'000;
        auto const clicks = 1 + random.below(100) * random.below(100);
        made.all.push_back({start, start + 60'000'000, made.pages[random.below(made.pages.size())],
                            made.countries[random.below(made.countries.size())], clicks, 1 + clicks / 3});
    }
    return made;
}

}  // namespace bench::encode
