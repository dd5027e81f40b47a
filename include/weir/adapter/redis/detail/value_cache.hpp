// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <weir/adapter/redis/detail/field_reader.hpp>
#include <weir/adapter/redis/detail/value_reply.hpp>
#include <weir/base/borrows.hpp>
#include <weir/base/detail/owner.hpp>
#include <weir/base/detail/series.hpp>
#include <weir/base/error.hpp>
#include <weir/base/hash.hpp>
#include <weir/join/detail/table_index.hpp>
#include <weir/join/detail/table_nodes.hpp>
#include <weir/join/detail/text_blocks.hpp>
#include <weir/time/timestamp.hpp>

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <limits>
#include <string_view>
#include <utility>

namespace weir::redis::detail {

/// What a server said of keys, and which keys it is being asked for. Each is known by a number.
///
/// An entry is found again until its time is over or others need its place. It stays where it is as long as items wait for
/// it (`pin`), and as long as its value may be looked at: from `lend` until the first `begin` after `settle`.
template <class Row>
class value_cache {
    using block = weir::detail::text_blocks::block;

public:
    static constexpr std::uint32_t none = ~std::uint32_t{0};
    enum class state : unsigned char {
        asked,    ///< not known yet
        found,
        absent,   ///< the server has nothing there
        refused,  ///< it cannot be had, or not be read: `why`
    };
    struct entry {
        Row row{};
        weir::detail::owner<error> why{};
        block name{};   ///< the key, and behind it the field where one is named
        block texts{};  ///< those that the row borrows
        std::size_t name_size = 0;
        std::size_t key_size = 0;
        std::uint64_t hash = 0;
        timestamp since{};
        std::uint32_t newer = none;
        std::uint32_t older = none;
        std::uint32_t pins = 0;
        state what = state::asked;
        bool known = true;   ///< it can be found
        bool used = false;   ///< it was found since it was last in danger

        [[nodiscard]] std::string_view text() const noexcept { return {name.bytes, name_size}; }
        [[nodiscard]] std::string_view key() const noexcept { return text().substr(0, key_size); }
        [[nodiscard]] std::string_view field() const noexcept { return text().substr(key_size); }
    };

    value_cache(std::size_t most, duration life, duration life_of_absence) : most_(most), life_(life), life_of_absence_(life_of_absence) {}
    value_cache(value_cache const&) = delete;
    value_cache& operator=(value_cache const&) = delete;
    ~value_cache() {
        // Long texts belong to no chunk.
        nodes_.for_each([this](entry& each) { give_back(each); });
    }

    /// Where this key and field stand, as one text; `none` when nothing is known of them and nobody asks.
    [[nodiscard]] std::uint32_t find(std::string_view text, std::size_t key_size, timestamp now) {
        std::uint64_t const hash = hash_of(text, key_size);
        std::uint32_t const found = index_.find(hash, [&](std::uint32_t number) {
            return nodes_[number].key_size == key_size && same_bytes(nodes_[number].text(), text);
        });
        if (found == none) return none;
        entry& one = nodes_[found];
        if (one.what == state::asked) return found;
        // A clock that was set back must not make a value live longer.
        if (now < one.since || now >= saturating_add(one.since, life_of(one.what))) {
            unlist(found);
            forget(found);
            return none;
        }
        one.used = true;
        return found;
    }

    /// A new entry, of a key that is being asked for; its number.
    [[nodiscard]] std::uint32_t add(std::string_view text, std::size_t key_size) {
        std::uint32_t const number = nodes_.make();
        entry& made = nodes_[number];
        made.hash = hash_of(text, key_size);
        made.name = texts_.take(text.size(), everything);
        if (!text.empty()) std::memcpy(made.name.bytes, text.data(), text.size());
        made.name_size = text.size();
        made.key_size = key_size;
        index_.insert(made.hash, number);
        return number;
    }

    /// What the server has there.
    void answer(std::uint32_t number, value_reply const& said, field_form const& form, timestamp now) {
        entry& one = nodes_[number];
        bool any = false;
        for (std::size_t i = 0; i < said.size(); ++i) any = any || said.has(i);
        if (!any) return settle_down(number, state::absent, now, true);
        char const* texts = said.texts().data();
        if constexpr (borrows<Row>) {
            one.texts = texts_.take(said.texts().size(), everything);
            if (!said.texts().empty()) std::memcpy(one.texts.bytes, texts, said.texts().size());
            texts = one.texts.bytes;
        }
        if (read_fields(said, texts, one.row, form, why_)) return settle_down(number, state::found, now, true);
        why_.component = "redis";
        refuse(number, std::move(why_), now, true);
        why_ = {};
    }
    /// It cannot be had; `lasting`: asking again would bring the same.
    void refuse(std::uint32_t number, error why, timestamp now, bool lasting) {
        nodes_[number].why.reset(new error(std::move(why)));
        settle_down(number, state::refused, now, lasting);
    }

    [[nodiscard]] entry& operator[](std::uint32_t number) noexcept { return nodes_[number]; }
    [[nodiscard]] bool is_answered(std::uint32_t number) noexcept { return nodes_[number].what != state::asked; }

    /// An item waits for it; no longer.
    void pin(std::uint32_t number) noexcept { ++nodes_[number].pins; }
    void unpin(std::uint32_t number) {
        entry& one = nodes_[number];
        if (--one.pins == 0 && !one.known) forgotten_.push_back(number);
    }

    /// Values are handed out, and may be looked at until the poll is over.
    void lend() noexcept { lent_ = true; }
    void settle() noexcept { lent_ = false; }
    /// To be called before anything else is done in a poll.
    void begin() {
        if (lent_ || forgotten_.empty()) return;
        for (std::uint32_t const each : forgotten_) {
            give_back(nodes_[each]);
            nodes_.take_back(each);
        }
        forgotten_.clear();
    }

    /// How many answers it keeps.
    [[nodiscard]] std::size_t size() const noexcept { return size_; }
    /// Bytes that it holds from the system, but for what members such as std::string hold of their own.
    [[nodiscard]] std::size_t memory() const noexcept { return texts_.memory() + nodes_.memory() + index_.memory(); }

private:
    static constexpr std::size_t everything = std::numeric_limits<std::size_t>::max();

    [[nodiscard]] static std::uint64_t hash_of(std::string_view text, std::size_t key_size) noexcept {
        return hash_bytes(text, process_seed + key_size);
    }
    [[nodiscard]] duration life_of(state what) const noexcept { return what == state::absent ? life_of_absence_ : life_; }

    void give_back(entry& one) noexcept {
        texts_.give_back(one.name);
        texts_.give_back(one.texts);
    }

    /// The answer is there: it is kept, if it is worth that, in the place of another when there are too many.
    void settle_down(std::uint32_t number, state what, timestamp now, bool lasting) {
        entry& one = nodes_[number];
        one.what = what;
        one.since = now;
        if (!lasting || life_of(what) <= duration::zero() || most_ == 0) return forget(number);
        list(number);
        while (size_ > most_) make_room();
    }

    void list(std::uint32_t number) noexcept {
        entry& one = nodes_[number];
        one.newer = none;
        one.older = newest_;
        (newest_ == none ? oldest_ : nodes_[newest_].newer) = number;
        newest_ = number;
        ++size_;
    }
    void unlist(std::uint32_t number) noexcept {
        entry const& one = nodes_[number];
        (one.older == none ? oldest_ : nodes_[one.older].newer) = one.newer;
        (one.newer == none ? newest_ : nodes_[one.newer].older) = one.older;
        --size_;
    }
    /// The oldest goes, but what was found since it was last looked at here gets a second chance: the clock algorithm
    /// (Corbató, "A paging experiment with the Multics system", 1968).
    void make_room() {
        std::uint32_t const last = oldest_;
        unlist(last);
        if (std::exchange(nodes_[last].used, false)) list(last);
        else forget(last);
    }
    /// It is not found any more, and goes once nobody waits for it or looks at it.
    void forget(std::uint32_t number) {
        entry& one = nodes_[number];
        index_.erase(one.hash, number);
        one.known = false;
        if (one.pins == 0) forgotten_.push_back(number);
    }

    std::size_t most_;
    duration life_;
    duration life_of_absence_;
    weir::detail::text_blocks texts_{};
    weir::detail::table_nodes<entry> nodes_{};
    weir::detail::table_index index_{};
    weir::detail::series<std::uint32_t> forgotten_{};
    std::uint32_t newest_ = none;
    std::uint32_t oldest_ = none;
    std::size_t size_ = 0;
    error why_{};
    bool lent_ = false;
};

}  // namespace weir::redis::detail
