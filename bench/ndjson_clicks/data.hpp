// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "../harness/random.hpp"

namespace bench::ndjson_clicks {

inline constexpr std::int64_t window_ms = 60'000;
inline constexpr std::int64_t bound_ms = 5'000;

/// A JSON parser may read, but not use, so many bytes behind the end of the text.
inline constexpr std::size_t padding = 64;

/// Parsers are handed so much text at once, cut at the end of a line.
inline constexpr std::size_t block_bytes = 1'000'000;

/// Clicks as newline-delimited JSON in one piece of memory, with `padding` readable bytes behind them.
struct clicks {
    std::string bytes;
    std::size_t count = 0;

    std::string_view text() const noexcept { return std::string_view(bytes).substr(0, bytes.size() - padding); }
};

inline std::vector<std::string> make_pages() {
    constexpr std::array<char const*, 8> sections{"/product/", "/category/", "/search?q=", "/blog/2023/",
                                                  "/help/",    "/cart/",     "/account/",  "/offers/winter/"};
    std::vector<std::string> pages;
    for (std::size_t at = 0; at < 500; ++at)
        pages.push_back(sections[at % sections.size()] + std::to_string(mix(at) % 1'000'000));
    return pages;
}

/// Two letters for each of fifty countries, the first the most frequent.
inline std::vector<std::string> make_countries() {
    constexpr std::string_view letters =
        "USDEGBFRINBRJPCAITESMXNLPLTRSECHATBEDKNOFIPTGRCZHUROUAARCLCOPEZAEGNGKEMASAAEILIDMYPHSGTHVNKRTWHKAUNZIERU";
    std::vector<std::string> countries;
    for (std::size_t at = 0; at < 50; ++at) countries.emplace_back(letters.substr(at * 2, 2));
    return countries;
}

/// `count` clicks over three minutes, seven fields and about 175 bytes each, up to `bound_ms` out of order; one in
/// 65,536 is two minutes behind and late. Popular pages and countries are popular.
inline clicks make_clicks(std::size_t count, std::uint64_t seed = 4) {
    constexpr std::int64_t begin = 1'700'000'000'000;
    constexpr std::array<char const*, 5> referrers{"https://www.google.com/search",
                                                   "https://duckduckgo.com/?q=", "https://news.ycombinator.com/",
                                                   "https://shop.example.com/", "-"};
    constexpr std::array<char const*, 3> devices{"desktop", "mobile", "tablet"};
    auto const pages = make_pages();
    auto const countries = make_countries();
    zipf const page(pages.size(), 1.0);
    zipf const country(countries.size(), 1.0);
    random_source random(seed);
    clicks made{.bytes = {}, .count = count};
    made.bytes.reserve(count * 190);
    double const step = 180e3 / static_cast<double>(count);
    for (std::size_t at = 0; at < count; ++at) {
        auto const latest = begin + static_cast<std::int64_t>(static_cast<double>(at) * step);
        auto const behind = static_cast<std::int64_t>(random.below(static_cast<std::uint64_t>(bound_ms)));
        bool const late = random.below(65'536) == 0;
        std::array<char, 320> line;
        int const length = std::snprintf(
            line.data(), line.size(),
            R"({"event_id":"%016llx","user_id":"user_%07llu","ts":%lld,"page":"%s","referrer":"%s","country":"%s","device":"%s"})"
            "\n",
            static_cast<unsigned long long>(random.next()), static_cast<unsigned long long>(random.below(500'000)),
            static_cast<long long>(latest - behind - (late ? 120'000 : 0)), pages[page(random)].c_str(),
            referrers[random.below(referrers.size())], countries[country(random)].c_str(),
            devices[random.below(devices.size())]);
        made.bytes.append(line.data(), static_cast<std::size_t>(length));
    }
    made.bytes.append(padding, ' ');
    return made;
}

/// The next block of at most `block_bytes` that ends with a line; removes it from `rest`.
inline std::string_view take_block(std::string_view& rest) noexcept {
    std::string_view block = rest;
    if (block.size() > block_bytes) block = block.substr(0, block.rfind('\n', block_bytes - 1) + 1);
    rest.remove_prefix(block.size());
    return block;
}

}  // namespace bench::ndjson_clicks
