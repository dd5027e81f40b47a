// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string_view>

namespace weir::detail {

/// The first 16 bytes of a key's text together with its closing quote, of which as many count as the key has.
///
/// The first 16 bytes at the key must be readable.
struct key_text {
    static constexpr std::size_t longest = 15;

    std::uint64_t first = 0;
    std::uint64_t second = 0;
    // A first byte of zero, which no key can begin with: nothing matches.
    std::uint64_t first_mask = std::endian::native == std::endian::little ? 0xff : 0xff00000000000000;
    std::uint64_t second_mask = 0;

    [[nodiscard]] bool matches(char const* at) const noexcept {
        std::uint64_t bytes[2];
        std::memcpy(bytes, at, 16);
        return (((bytes[0] ^ first) & first_mask) | ((bytes[1] ^ second) & second_mask)) == 0;
    }

    /// Takes on the key that begins at `at`; one that is too long, or has no byte, matches nothing.
    void learn(char const* at, std::size_t size) noexcept {
        *this = {};
        if (size > longest || size == 0) return;
        unsigned char mask[16] = {};
        std::memset(mask, 0xff, size + 1);
        std::memcpy(&first_mask, mask, 8);
        std::memcpy(&second_mask, mask + 8, 8);
        std::memcpy(&first, at, 8);
        std::memcpy(&second, at + 8, 8);
        first &= first_mask;
        second &= second_mask;
    }
};

/// Expects each key of an object to be followed by the key that followed it last time, which is nearly always so.
///
/// A place in the order is the key before: the object's beginning, a member, or one of a few unknown keys. Where the guess
/// is wrong the caller looks the key up and says what it was; the next guess then is that.
template <std::size_t Members>
class key_order {
public:
    static constexpr int unknown = -1;

    struct place {
        key_text key{};                  ///< the key that is expected here
        place* next = nullptr;           ///< the place behind it
        int member = unknown;            ///< the member of that name
        place* after_unknown = nullptr;  ///< the place behind an unknown key, once there was one
    };

    key_order() = default;
    key_order(key_order&&) = delete;

    [[nodiscard]] place* beginning() noexcept { return &places_.front(); }

    /// At `here` this key came; returns the place behind it. An empty key is one not to be remembered by its bytes.
    place* learn(place* here, char const* key, std::size_t size, int member) noexcept {
        here->key.learn(key, size);
        here->member = member;
        if (member != unknown) return here->next = &places_[static_cast<std::size_t>(1 + member)];
        if (here->after_unknown == nullptr) here->after_unknown = new_place();
        return here->next = here->after_unknown;
    }

private:
    static constexpr std::size_t most_unknown = 96;

    /// Once all are taken, the last one stands for all further: guesses behind it are wrong, which costs time only.
    place* new_place() noexcept {
        if (used_ < places_.size()) ++used_;
        return &places_[used_ - 1];
    }

    std::array<place, 1 + Members + most_unknown> places_{};
    std::size_t used_ = 1 + Members;
};

/// Finds a name's number among names known to the compiler.
template <std::size_t Names>
class name_table {
public:
    explicit constexpr name_table(std::array<std::string_view, Names> const& names) noexcept : names_(names) {
        for (std::size_t i = 0; i < Names; ++i) {
            std::size_t at = hash(names[i]);
            while (slots_[at] != 0) at = (at + 1) % size;
            slots_[at] = static_cast<std::uint16_t>(i + 1);
        }
    }

    /// The number of the name, or -1.
    [[nodiscard]] constexpr int find(std::string_view name) const noexcept {
        for (std::size_t at = hash(name); slots_[at] != 0; at = (at + 1) % size)
            if (names_[slots_[at] - std::size_t{1}] == name) return slots_[at] - 1;
        return -1;
    }

private:
    static constexpr std::size_t size = std::bit_ceil(Names * 2 + 2);

    [[nodiscard]] static constexpr std::size_t hash(std::string_view name) noexcept {
        // Names of one struct differ in length, or in one of a few letters, nearly always.
        std::uint64_t mixed = name.size();
        if (!name.empty()) {
            for (std::size_t at : {std::size_t{0}, name.size() / 3, name.size() / 2, name.size() - 1})
                mixed = mixed * 31 + static_cast<unsigned char>(name[at]);
        }
        return static_cast<std::size_t>((mixed * 0x9e3779b97f4a7c15U) >> 32U) % size;
    }

    std::array<std::string_view, Names> names_;
    std::array<std::uint16_t, size> slots_{};
};

}  // namespace weir::detail
