// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>

namespace examples {

/// Values, each with its weight.
template <std::size_t N>
using weights = std::array<std::pair<std::string_view, double>, N>;

/// What generators throw dice with. Equal seeds give equal numbers on every machine.
class random {
public:
    explicit random(std::uint64_t seed) : state_(seed) {}

    /// The next number of the splitmix64 sequence (Steele, Lea and Flood, OOPSLA 2014).
    std::uint64_t next() noexcept {
        std::uint64_t x = state_ += 0x9e3779b97f4a7c15;
        x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9;
        x = (x ^ (x >> 27)) * 0x94d049bb133111eb;
        return x ^ (x >> 31);
    }

    /// A number from 0 to `end`, which is left out.
    std::uint64_t below(std::uint64_t end) noexcept { return next() % end; }

    /// A number from 0 to 1, which is left out.
    double share() noexcept { return static_cast<double>(next() >> 11) * 0x1p-53; }

    /// True this often, from 0 to 1.
    bool chance(double probability) noexcept { return share() < probability; }

    template <class T, std::size_t N>
    T const& one_of(std::array<T, N> const& choices) noexcept {
        return choices[below(N)];
    }

    template <std::size_t N>
    std::string_view one_of(weights<N> const& choices) noexcept {
        double left = share();
        for (auto const& [value, weight] : choices)
            if ((left -= weight) < 0) return value;
        return choices.front().first;
    }

    /// Appends a random UUID of version 4.
    void append_uuid(std::string& to) {
        constexpr char digits[] = "0123456789abcdef";
        std::uint64_t const high = (next() & ~std::uint64_t{0xf000}) | 0x4000;
        std::uint64_t const low = (next() & ~(std::uint64_t{3} << 62)) | std::uint64_t{1} << 63;
        for (int i = 0; i < 32; ++i) {
            if (i == 8 || i == 12 || i == 16 || i == 20) to += '-';
            to += digits[((i < 16 ? high : low) >> (60 - 4 * (i % 16))) & 0xf];
        }
    }

private:
    std::uint64_t state_;
};

}  // namespace examples
