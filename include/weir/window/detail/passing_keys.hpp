// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <weir/base/arena.hpp>
#include <weir/base/detail/owner.hpp>
#include <weir/base/detail/series.hpp>
#include <weir/base/hash.hpp>
#include <weir/base/packed_key.hpp>

#include <bit>
#include <cstddef>
#include <cstdint>
#include <utility>

namespace weir::detail {

/// A hash table whose keys come and go. An entry stays where it is until it is taken out, and what it held may be looked at
/// until `recycle`, so that rows may lend the texts of keys that have gone.
///
/// A flat index of 16-byte slots, at most half full, is probed linearly; taking out moves slots back, so that no marks of
/// what was there are left. Long texts of keys lie in an arena that is made anew when most of them have gone.
template <class Key, class Value>
class passing_keys {
public:
    struct entry {
        template <class Make>
        entry(Key const& from, arena& names, Make&& make) : key(kept_key<Key>::make(from, names)), value(make()) {}
        typename kept_key<Key>::type key;
        Value value;
    };

    /// The entry of `key`; when there is none, one is made with the value that `make()` returns.
    template <class Make>
    [[nodiscard, gnu::always_inline]] entry& find_or_insert(Key const& key, Make&& make) {
        std::uint64_t const hash = hash_key(key, process_seed);
        auto const tag = static_cast<std::uint32_t>(hash >> 32);
        if (!index_.empty()) [[likely]]
            for (std::size_t at = home_of(tag); index_[at].found; at = (at + 1) & mask())
                if (index_[at].tag == tag && kept_key<Key>::same(index_[at].found->key, key)) return *index_[at].found;
        return insert(key, tag, make);
    }

    /// Takes an entry out.
    void erase(entry& gone) {
        Key const key = gone.key;
        std::size_t hole = home_of(static_cast<std::uint32_t>(hash_key(key, process_seed) >> 32));
        while (index_[hole].found != &gone) hole = (hole + 1) & mask();
        for (std::size_t at = (hole + 1) & mask(); index_[at].found; at = (at + 1) & mask()) {
            std::size_t const behind_home = (at - home_of(index_[at].tag)) & mask();
            if (behind_home < ((at - hole) & mask())) continue;
            index_[hole] = index_[at];
            hole = at;
        }
        index_[hole] = {};
        --size_;
        gone_.push_back(owner<entry>(&gone));
    }

    /// Gives back what has been taken out; nobody looks at a text of a key any more, and entries stay where they are.
    void recycle() {
        erased_ += gone_.size();
        gone_.clear();
        if (erased_ > size_ + 1024) renew();
    }

    /// Calls `visit(entry)` for each entry, in no order that would mean anything.
    template <class Visit>
    void for_each(Visit&& visit) const {
        for (slot const& each : index_)
            if (each.found) visit(*each.found);
    }

    template <class Visit>
    void for_each(Visit&& visit) {
        for (slot& each : index_)
            if (each.found) visit(*each.found);
    }

    [[nodiscard]] std::size_t size() const noexcept { return size_; }
    /// Bytes of long texts held.
    [[nodiscard]] std::size_t text_bytes() const noexcept { return names_.capacity(); }

    passing_keys() = default;
    passing_keys(passing_keys const&) = delete;
    passing_keys& operator=(passing_keys const&) = delete;
    passing_keys(passing_keys&& other) noexcept
        : index_(std::move(other.index_)), gone_(std::move(other.gone_)), names_(std::move(other.names_)),
          size_(std::exchange(other.size_, 0)), erased_(std::exchange(other.erased_, 0)) {
        other.index_.clear();
    }
    ~passing_keys() {
        for (slot& each : index_) delete each.found;
    }

private:
    struct slot {
        entry* found = nullptr;
        std::uint32_t tag = 0;
    };
    static constexpr std::size_t smallest_index = 16;

    [[nodiscard]] std::size_t mask() const noexcept { return index_.size() - 1; }
    [[nodiscard]] std::size_t home_of(std::uint32_t tag) const noexcept { return tag & mask(); }

    template <class Make>
    [[gnu::noinline]] entry& insert(Key const& key, std::uint32_t tag, Make& make) {
        if (size_ * 2 >= index_.size()) resize(index_.empty() ? smallest_index : index_.size() * 2);
        entry* const made = new entry(key, names_, make);
        put(made, tag);
        ++size_;
        return *made;
    }

    void put(entry* what, std::uint32_t tag) {
        std::size_t at = home_of(tag);
        while (index_[at].found) at = (at + 1) & mask();
        index_[at] = {what, tag};
    }

    void resize(std::size_t slots) {
        series<slot> before;
        before.swap(index_);
        index_.grow_to(slots);
        for (slot const& each : before)
            if (each.found) put(each.found, each.tag);
    }

    /// After many keys have gone: texts of those that are left move to an arena of their own, and the index shrinks.
    void renew() {
        erased_ = 0;
        if (names_.capacity() != 0) {
            arena fresh;
            for (slot& each : index_)
                if (each.found) each.found->key = kept_key<Key>::make(Key(each.found->key), fresh);
            names_ = std::move(fresh);
        }
        std::size_t const wanted = std::bit_ceil(size_ * 4 + smallest_index);
        if (wanted * 2 < index_.size()) resize(wanted);
    }

    series<slot> index_;
    series<owner<entry>> gone_;
    arena names_;
    std::size_t size_ = 0;
    std::size_t erased_ = 0;  ///< since the texts were moved last
};

/// What stands for it where there is no key: one entry that is always there.
template <class Key, class Value>
class only_key {
public:
    struct entry {
        Key key{};
        Value value;
    };

    template <class Make>
    explicit only_key(Make&& make) : only_{{}, make()} {}

    template <class Make>
    [[nodiscard, gnu::always_inline]] entry& find_or_insert(Key const&, Make&&) noexcept { return only_; }
    void erase(entry&) noexcept {}
    void recycle() noexcept {}
    template <class Visit>
    void for_each(Visit&& visit) const {
        visit(only_);
    }
    template <class Visit>
    void for_each(Visit&& visit) {
        visit(only_);
    }

private:
    entry only_;
};

}  // namespace weir::detail
