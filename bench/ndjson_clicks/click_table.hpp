// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <memory>
#include <string_view>
#include <utility>
#include <vector>

namespace bench::ndjson_clicks {

inline constexpr std::size_t panes = 4;

inline std::uint64_t load_word(char const* at) noexcept {
    std::uint64_t word = 0;
    std::memcpy(&word, at, sizeof word);
    return word;
}

inline std::uint64_t fold(std::uint64_t a, std::uint64_t b) noexcept {
    __extension__ using wide = unsigned __int128;
    wide const product = static_cast<wide>(a) * b;
    return static_cast<std::uint64_t>(product) ^ static_cast<std::uint64_t>(product >> 64U);
}

/// Hash of a text, continuing from `seed`: sixteen bytes a multiplication, the last ones overlapping.
inline std::uint64_t hash_text(std::string_view text, std::uint64_t seed) noexcept {
    constexpr std::uint64_t a = 0x9e3779b97f4a7c15U, b = 0xd1b54a32d192ed03U;
    char const* const begin = text.data();
    std::size_t const size = text.size();
    std::uint64_t h = seed ^ size * a;
    if (size > 16) {
        std::size_t at = 0;
        for (; at + 16 < size; at += 16) h = fold(load_word(begin + at) ^ a, load_word(begin + at + 8) ^ h);
        return fold(load_word(begin + size - 16) ^ b, load_word(begin + size - 8) ^ h);
    }
    if (size >= 8) return fold(load_word(begin) ^ h, load_word(begin + size - 8) ^ b);
    std::uint64_t word = 0;
    if (size >= 4) {
        std::uint32_t head = 0, tail = 0;
        std::memcpy(&head, begin, 4);
        std::memcpy(&tail, begin + size - 4, 4);
        word = (std::uint64_t{head} << 32U) | tail;
    } else {
        for (char const each : text) word = word << 8U | static_cast<unsigned char>(each);
    }
    return fold(word ^ h, b);
}

inline std::uint64_t hash_key(std::string_view page, std::string_view country) noexcept {
    return hash_text(country, hash_text(page, 0x2545f4914f6cdd1dU));
}

/// Equality without a call for the short texts that keys are.
inline bool same_bytes(char const* a, char const* b, std::size_t size) noexcept {
    if (size < 8) {
        for (; size > 0; --size, ++a, ++b)
            if (*a != *b) return false;
        return true;
    }
    for (std::size_t at = 0; at + 8 < size; at += 8)
        if (load_word(a + at) != load_word(b + at)) return false;
    return load_word(a + size - 8) == load_word(b + size - 8);
}

/// Counts per (page, country) in a ring of windows: linear probing, half of the slots empty, one cache line an entry,
/// in which a key of up to 32 bytes stands itself; longer ones stand in memory of their own. Counts have 32 bits: the
/// caller checks that no more items come than fit.
class click_table {
public:
    void prefetch(std::uint64_t hash) const noexcept { __builtin_prefetch(&entries_[hash & mask_], 1); }

    [[gnu::always_inline]] void add(std::uint64_t hash, std::string_view page, std::string_view country,
                                    std::size_t pane) {
        for (std::size_t slot = hash & mask_;; slot = (slot + 1) & mask_) {
            entry& each = entries_[slot];
            if (each.used != 0) {
                if (each.hash != hash || each.page_size != page.size() || each.country_size != country.size()) continue;
                char const* const text = each.text();
                if (!same_bytes(text, page.data(), page.size())) continue;
                if (!same_bytes(text + page.size(), country.data(), country.size())) continue;
                ++each.counts[pane];
                return;
            }
            ++keep(slot, hash, page, country).counts[pane];
            return;
        }
    }

    /// Hands each key with a count in the pane to the consumer, and empties the pane.
    template <class Consumer>
    void close(std::size_t pane, Consumer const& consume) {
        for (entry& each : entries_)
            if (auto const count = std::exchange(each.counts[pane], 0); count != 0)
                consume(std::string_view(each.text(), each.page_size),
                        std::string_view(each.text() + each.page_size, each.country_size), count);
    }

private:
    struct alignas(64) entry {
        std::uint64_t hash;
        std::array<std::uint32_t, panes> counts;
        std::uint32_t page_size;
        std::uint16_t country_size;
        std::uint16_t used;
        std::array<char, 32> inside;  ///< the text, or the address of a text that is longer

        char const* text() const noexcept {
            if (page_size + country_size <= inside.size()) return inside.data();
            char const* outside = nullptr;
            std::memcpy(&outside, inside.data(), sizeof outside);
            return outside;
        }
    };
    static_assert(sizeof(entry) == 64);

    [[gnu::noinline]] entry& keep(std::size_t slot, std::uint64_t hash, std::string_view page,
                                  std::string_view country) {
        if (used_ == entries_.size() / 2) {
            grow();
            slot = hash & mask_;
            while (entries_[slot].used != 0) slot = (slot + 1) & mask_;
        }
        ++used_;
        entry& into = entries_[slot];
        char* text = into.inside.data();
        if (page.size() + country.size() > into.inside.size()) {
            long_texts_.push_back(std::make_unique<char[]>(page.size() + country.size()));
            text = long_texts_.back().get();
            std::memcpy(into.inside.data(), &text, sizeof text);
        }
        std::memcpy(text, page.data(), page.size());
        std::memcpy(text + page.size(), country.data(), country.size());
        into.hash = hash;
        into.page_size = static_cast<std::uint32_t>(page.size());
        into.country_size = static_cast<std::uint16_t>(country.size());
        into.used = 1;
        return into;
    }

    void grow() {
        auto const before = std::exchange(entries_, std::vector<entry>(entries_.size() * 2));
        mask_ = entries_.size() - 1;
        for (entry const& each : before) {
            if (each.used == 0) continue;
            std::size_t slot = each.hash & mask_;
            while (entries_[slot].used != 0) slot = (slot + 1) & mask_;
            entries_[slot] = each;
        }
    }

    std::vector<entry> entries_ = std::vector<entry>(1'024);
    std::vector<std::unique_ptr<char[]>> long_texts_;
    std::size_t mask_ = 1'023;
    std::size_t used_ = 0;
};

}  // namespace bench::ndjson_clicks
