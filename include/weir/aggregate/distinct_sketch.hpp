// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <weir/base/arena.hpp>
#include <weir/base/error.hpp>
#include <weir/base/hash.hpp>
#include <weir/base/result.hpp>

#include <array>
#include <bit>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <limits>
#include <string>
#include <string_view>
#include <type_traits>

namespace weir {

/// A hash that is the same in every process and on every machine: what sketches that leave the process are made with.
///
/// Integers, enums, times and durations by their number, whatever its width; floating-point numbers by value; texts by
/// their bytes (alike on all machines that store the lowest byte of a number first, as nearly all do). Whoever chooses the values can choose them so that they collide.
/// Source of the last step: G. L. Steele, D. Lea, C. H. Flood, "Fast Splittable Pseudorandom Number Generators" (OOPSLA
/// 2014), with D. Stafford's constants (variant 13). It maps no two integers to one.
template <class T>
[[nodiscard]] std::uint64_t stable_hash(T const& value) noexcept {
    std::uint64_t word;
    if constexpr (std::is_convertible_v<T const&, std::string_view>) {
        word = hash_bytes(std::string_view(value), 0);
    } else if constexpr (std::is_enum_v<T> || std::is_integral_v<T>) {
        word = static_cast<std::uint64_t>(value);
    } else if constexpr (std::is_floating_point_v<T>) {
        word = std::bit_cast<std::uint64_t>(value == 0 ? 0.0 : static_cast<double>(value));
    } else if constexpr (requires { value.time_since_epoch().count(); }) {
        word = static_cast<std::uint64_t>(value.time_since_epoch().count());
    } else {
        word = static_cast<std::uint64_t>(value.count());
    }
    word = (word ^ (word >> 30)) * 0xbf58476d1ce4e5b9;
    word = (word ^ (word >> 27)) * 0x94d049bb133111eb;
    return word ^ (word >> 31);
}

/// HyperLogLog: about how many different values there are, in 2^Precision bytes, however many there are. Its memory comes from
/// an arena given to each call, which does not get back what the sketch outgrew: twice 2^Precision bytes at the most. It needs
/// no destructor, and a copy shares the memory: add to one of them.
///
/// The standard error is 1.04 / sqrt(2^Precision): 1.6 % with 12, 0.8 % with 14. Up to `few` values it keeps 4 bytes a value
/// and counts exactly, but for one pair of values in 10^8. What it says depends on the set of values only, not on their
/// order, nor on what was merged with what.
/// Sources: P. Flajolet, É. Fusy, O. Gandouet, F. Meunier, "HyperLogLog" (AofA 2007); keeping few values apart: S. Heule,
/// M. Nunkesser, A. Hall, "HyperLogLog in Practice" (EDBT 2013); the estimator, which needs no table of corrections: O. Ertl,
/// "New cardinality estimation algorithms for HyperLogLog sketches" (arXiv:1702.01284, 2017), algorithm 6.
template <int Precision = 12>
class distinct_sketch {
    static_assert(Precision >= 7 && Precision <= 18, "weir: a distinct_sketch has a precision from 7 to 18.");

public:
    static constexpr std::uint32_t registers = std::uint32_t{1} << Precision;
    /// Up to so many values are kept apart.
    static constexpr std::uint32_t few = registers / 8 < 2048 ? registers / 8 : 2048;
    /// Of an estimate, relative to the truth: one in three is further off, one in twenty further than twice this.
    static constexpr double standard_error = 1.04 / (Precision % 2 != 0 ? 1.4142135623730951 : 1.0) / (1 << (Precision / 2));

    /// Puts a value in.
    template <class T>
    void add(T const& value, arena& memory) {
        add_hash(stable_hash(value), memory);
    }

    /// Puts a value in by its hash, of which all 64 bits must be as if drawn by chance, and the same wherever sketches meet.
    void add_hash(std::uint64_t hash, arena& memory) {
        std::uint64_t const rest = hash << index_bits;
        auto const rank = rest == 0 ? most_rank : static_cast<std::uint32_t>(std::countl_zero(rest)) + 1;
        put(static_cast<std::uint32_t>(hash >> rest_bits) << rank_bits | rank, memory);
    }

    /// Puts in all that is in another.
    void merge(distinct_sketch const& other, arena& memory) {
        if (!other.ranks_) {
            for (std::uint32_t i = 0; i < other.size_; ++i) put(other.apart_[i], memory);
            return;
        }
        if (!ranks_) condense(memory);
        for (std::uint32_t i = 0; i < registers; ++i)
            if (ranks_[i] < other.ranks_[i]) ranks_[i] = other.ranks_[i];
    }

    /// About how many different values are in it. Beyond `few` it looks at every register.
    [[nodiscard]] double estimate() const noexcept {
        if (!ranks_) return size_;
        std::array<std::uint32_t, highest + 1> of_rank{};
        for (std::uint32_t i = 0; i < registers; ++i) ++of_rank[ranks_[i]];
        constexpr double m = registers;
        double sum = m * none_beyond(1 - of_rank[highest] / m);
        for (std::uint32_t rank = highest - 1; rank >= 1; --rank) sum = 0.5 * (sum + of_rank[rank]);
        sum += m * none_yet(of_rank[0] / m);
        return m * m / (2 * 0.6931471805599453 * sum);
    }

    /// The sketch as bytes, the same in every later version: `WDS1`, the precision, 0 or 1, two zeros;
    /// then, 0: how many values, and each, ascending, as four bytes (26 bits of the hash and 6 of the rank of the others),
    /// the lowest first; or, 1: a byte a register, the rank.
    [[nodiscard]] std::string bytes() const {
        std::string made("WDS1");
        made += {static_cast<char>(Precision), static_cast<char>(ranks_ ? 1 : 0), '\0', '\0'};
        if (ranks_) return made.append(reinterpret_cast<char const*>(ranks_), registers);
        made.reserve(header + 4 + std::size_t{4} * size_);
        append_word(made, size_);
        for (std::uint32_t i = 0; i < size_; ++i) append_word(made, apart_[i]);
        return made;
    }

    /// What `bytes` made, or an error that says why these are not such bytes.
    [[nodiscard]] static result<distinct_sketch> from_bytes(std::string_view text, arena& memory) {
        if (text.size() < header + 4 || text.substr(0, 4) != "WDS1") return refused("the bytes are not those of a distinct_sketch");
        if (text[4] != static_cast<char>(Precision))
            return refused("the sketch has precision " + std::to_string(static_cast<unsigned char>(text[4])) + ", and " +
                           std::to_string(Precision) + " is wanted");
        if (text[5] != 0 && text[5] != 1) return refused("the sketch is of an unknown form");
        std::string_view const rest = text.substr(header);
        return text[5] == 0 ? read_apart(rest, memory) : read_ranks(rest, memory);
    }

private:
    // A value kept apart is 26 bits of its hash, and how many zeros the other 38 begin with, plus one.
    static constexpr std::uint32_t index_bits = 26;
    static constexpr std::uint32_t rest_bits = 64 - index_bits;
    static constexpr std::uint32_t rank_bits = 6;
    static constexpr std::uint32_t most_rank = rest_bits + 1;
    static constexpr std::uint32_t highest = 64 - Precision + 1;  ///< rank of a register
    static constexpr std::size_t header = 8;

    void put(std::uint32_t value, arena& memory) {
        if (ranks_) return raise(value);
        std::uint32_t at = 0;
        for (std::uint32_t left = size_; left != 0;) {
            std::uint32_t const half = left / 2;
            if (apart_[at + half] < value) at += half + 1, left -= half + 1;
            else left = half;
        }
        if (at < size_ && apart_[at] == value) return;
        if (size_ == few) {
            condense(memory);
            return raise(value);
        }
        if (size_ == capacity_) grow(memory);
        std::memmove(apart_ + at + 1, apart_ + at, (size_ - at) * sizeof(std::uint32_t));
        apart_[at] = value;
        ++size_;
    }

    void grow(arena& memory) {
        capacity_ = capacity_ == 0 ? 4 : capacity_ * 2;
        auto* const wider = memory.allocate<std::uint32_t>(capacity_);
        if (size_ != 0) std::memcpy(wider, apart_, size_ * sizeof(std::uint32_t));
        apart_ = wider;
    }

    /// From values apart to registers.
    void condense(arena& memory) {
        ranks_ = memory.allocate<std::uint8_t>(registers);
        std::memset(ranks_, 0, registers);
        for (std::uint32_t i = 0; i < size_; ++i) raise(apart_[i]);
        size_ = capacity_ = 0;
        apart_ = nullptr;
    }

    void raise(std::uint32_t value) noexcept {
        constexpr std::uint32_t below = index_bits - Precision;
        std::uint32_t const index = value >> rank_bits;
        std::uint32_t const low = index & ((std::uint32_t{1} << below) - 1);
        std::uint32_t const rank = low != 0 ? below + 1 - static_cast<std::uint32_t>(std::bit_width(low))
                                            : below + (value & ((std::uint32_t{1} << rank_bits) - 1));
        std::uint8_t& its = ranks_[index >> below];
        if (its < rank) its = static_cast<std::uint8_t>(rank);
    }

    /// Ertl's sigma: what the registers that saw nothing come to.
    [[nodiscard]] static double none_yet(double share) noexcept {
        if (share == 1) return std::numeric_limits<double>::infinity();
        double sum = share, before = -1;
        for (double factor = 1; sum != before; factor *= 2) {
            share *= share;
            before = sum;
            sum += share * factor;
        }
        return sum;
    }

    /// Ertl's tau: what the registers come to that saw the highest rank.
    [[nodiscard]] static double none_beyond(double share) noexcept {
        double sum = 1 - share, before = -1;
        for (double factor = 0.5; sum != before; factor /= 2) {
            share = std::sqrt(share);
            before = sum;
            sum -= (1 - share) * (1 - share) * factor;
        }
        return sum / 3;
    }

    static void append_word(std::string& to, std::uint32_t word) {
        for (std::uint32_t shift = 0; shift < 32; shift += 8) to += static_cast<char>(static_cast<std::uint8_t>(word >> shift));
    }
    [[nodiscard]] static std::uint32_t word_at(std::string_view text, std::size_t at) noexcept {
        std::uint32_t word = 0;
        for (std::uint32_t i = 0; i < 4; ++i) word |= std::uint32_t{static_cast<unsigned char>(text[at + i])} << (8 * i);
        return word;
    }

    [[nodiscard]] static error refused(std::string cause) {
        return {.component = "distinct_sketch", .cause = std::move(cause), .advice = "give it what bytes() made"};
    }

    [[nodiscard]] static result<distinct_sketch> read_apart(std::string_view text, arena& memory) {
        distinct_sketch made;
        std::uint32_t const count = word_at(text, 0);
        if (count > few || text.size() != 4 + std::size_t{4} * count) return refused("the sketch is not of the length that it says");
        for (std::uint32_t i = 0, before = 0; i < count; ++i) {
            std::uint32_t const value = word_at(text, 4 + std::size_t{4} * i);
            std::uint32_t const rank = value & ((std::uint32_t{1} << rank_bits) - 1);
            if (value <= before || rank == 0 || rank > most_rank) return refused("the values of the sketch are damaged");
            made.put(value, memory);
            before = value;
        }
        return made;
    }

    [[nodiscard]] static result<distinct_sketch> read_ranks(std::string_view text, arena& memory) {
        if (text.size() != registers) return refused("the sketch is not of the length that it says");
        for (char each : text)
            if (static_cast<unsigned char>(each) > highest) return refused("the registers of the sketch are damaged");
        distinct_sketch made;
        made.condense(memory);
        std::memcpy(made.ranks_, text.data(), registers);
        return made;
    }

    std::uint32_t* apart_ = nullptr;  ///< in ascending order
    std::uint8_t* ranks_ = nullptr;   ///< a byte a register, once there are more than a few values
    std::uint32_t size_ = 0;
    std::uint32_t capacity_ = 0;
};

}  // namespace weir
