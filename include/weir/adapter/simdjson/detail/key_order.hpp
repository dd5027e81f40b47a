// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string_view>

namespace weir::detail {

/// A piece of text that is compared in strides of 8 bytes: as many of 32 as it has. So many must be readable where it
/// is looked for.
class expected_text {
public:
    static constexpr std::size_t longest = 32;

    [[nodiscard, gnu::always_inline]] bool begins(char const* text) const noexcept {
        if (differs<0>(text)) return false;
        return !wide_ || !differs<2>(text);
    }

    /// Takes on `text`; one that is too long is never found again.
    void learn(std::string_view text) noexcept {
        *this = {};
        if (text.size() > longest || text.empty()) return;
        char bytes[longest] = {};
        unsigned char mask[longest] = {};
        std::memcpy(bytes, text.data(), text.size());
        std::memset(mask, 0xff, text.size());
        std::memcpy(words_, bytes, longest);
        std::memcpy(masks_, mask, longest);
        wide_ = text.size() > longest / 2;
    }

private:
    template <std::size_t First>
    [[nodiscard, gnu::always_inline]] bool differs(char const* text) const noexcept {
        std::uint64_t bytes[2];
        std::memcpy(bytes, text + First * 8, 16);
        return (((bytes[0] ^ words_[First]) & masks_[First]) | ((bytes[1] ^ words_[First + 1]) & masks_[First + 1])) !=
               0;
    }

    // At first a byte of zero is expected, which no text that was indexed has outside of strings.
    std::uint64_t words_[4] = {};
    std::uint64_t masks_[4] = {std::endian::native == std::endian::little ? 0xff : 0xff00000000000000};
    bool wide_ = false;
};

/// Expects the keys of an object in the order of the object before, which is nearly always right.
///
/// A step in that order is the text from the bracket or comma before a key to the colon behind it, or the closing
/// bracket: `{"user_id":`, then `,"page":`, then `}`. One comparison checks the grammar and finds the member. Which
/// step follows is remembered for each key; where that is wrong the caller looks the key up and says what it was.
template <std::size_t Members>
class key_order {
public:
    static constexpr int unknown = -1;  ///< a key that no member has
    static constexpr int closing = -2;  ///< the object's end

    struct step {
        expected_text text{};
        int member = unknown;           ///< the member of that name
        step* next = nullptr;           ///< the step behind it
        step* after_unknown = nullptr;  ///< the step behind an unknown key, once there was one
    };

    key_order() = default;
    key_order(key_order&&) = delete;

    [[nodiscard]] step* beginning() noexcept { return &steps_.front(); }

    /// Here came this text; returns the step behind it. An empty text is not to be expected again.
    step* learn(step* here, std::string_view text, int member) noexcept {
        here->text.learn(text);
        here->member = member;
        if (member == closing) return here->next = here;
        if (member >= 0) return here->next = &steps_[static_cast<std::size_t>(1 + member)];
        if (here->after_unknown == nullptr) here->after_unknown = new_step();
        return here->next = here->after_unknown;
    }

private:
    static constexpr std::size_t most_unknown = 96;

    /// Once all are taken, the last one stands for all further: guesses behind it are wrong, which costs time only.
    step* new_step() noexcept {
        if (used_ < steps_.size()) ++used_;
        return &steps_[used_ - 1];
    }

    std::array<step, 1 + Members + most_unknown> steps_{};
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
