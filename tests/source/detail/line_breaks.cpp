// SPDX-License-Identifier: Apache-2.0
#include <weir/source/detail/line_breaks.hpp>

#include <catch.hpp>
#include <cstddef>
#include <cstdint>
#include <oracle/random_stream.hpp>
#include <string>
#include <vector>

namespace weir_test::source_line_breaks {

/// Bytes that differ from a line break in one bit or by one, and some line breaks, with padding behind them.
std::string random_lines(dice& roll, std::size_t size, std::int64_t one_in) {
    constexpr char others[] = {'\v', '\t', '\x0b', '\r', '\x8a', 'a', '\0', '\x2a'};
    std::string text(size, ' ');
    for (char& each : text) each = roll.once_in(one_in) ? '\n' : others[roll.between(0, 7)];
    return text.append(weir::detail::line_stride, '\n');
}

TEST_CASE("every line break is found once and in order, wherever the search begins and the text ends") {
    for (std::uint64_t seed = 1; seed <= 400; ++seed) {
        INFO("seed " << seed);
        dice roll(seed);
        auto const size = static_cast<std::size_t>(roll.between(1, 5'000));
        std::string const text = random_lines(roll, size, std::int64_t{1} << roll.between(0, 9));
        std::size_t const begin = static_cast<std::size_t>(roll.between(0, static_cast<std::int64_t>(size) - 1));
        std::vector<std::size_t> wanted;
        for (std::size_t at = begin; at < size; ++at)
            if (text[at] == '\n') wanted.push_back(at);
        std::vector<std::size_t> found;
        weir::detail::line_breaks breaks;
        for (std::size_t at = begin; at < size;) {
            at = breaks.find(text.data(), at, size);
            while (breaks.size() != 0) found.push_back(breaks.take());
            REQUIRE((found.empty() || found.back() < at));
        }
        REQUIRE(found == wanted);
    }
}

TEST_CASE("what this processor offers finds the same line breaks as what every processor has") {
    dice roll(7);
    for (int round = 0; round < 500; ++round) {
        std::string const text = random_lines(roll, 8 * weir::detail::line_stride, std::int64_t{1} << roll.between(0, 6));
        std::uint64_t plain[8] = {};
        std::uint64_t best[8] = {};
        weir::detail::mask_line_breaks_plain(text.data(), 8, plain);
        weir::detail::mask_line_breaks(text.data(), 8, best);
        for (std::size_t n = 0; n < 8; ++n) {
            REQUIRE(plain[n] == best[n]);
            for (std::size_t bit = 0; bit < 64; ++bit)
                REQUIRE((plain[n] >> bit & 1) == (text[n * 64 + bit] == '\n' ? 1u : 0u));
        }
    }
}

}  // namespace weir_test::source_line_breaks
