// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <weir/base/detail/order.hpp>
#include <weir/base/detail/owner.hpp>
#include <weir/base/detail/series.hpp>

#include <cstddef>
#include <cstdint>
#include <new>
#include <utility>

namespace weir::detail {

/// Few objects in order, in one piece of memory with their count, so that the first of them is one step away. Taking out the
/// first is cheap, whatever comes behind it. Lists are made by a `short_list_pool`.
template <class T>
class short_list {
    static constexpr std::size_t alignment = max_of<std::size_t>(alignof(T), __STDCPP_DEFAULT_NEW_ALIGNMENT__);

public:
    struct give_back {
        void operator()(short_list* made) const noexcept {
            made->~short_list();
            ::operator delete(static_cast<void*>(made), std::align_val_t(alignment));
        }
    };
    using owned = owner<short_list, give_back>;
    static constexpr std::uint32_t least_room = 2;

    /// An empty list with room for so many.
    [[nodiscard]] static owned make(std::uint32_t room = least_room) {
        return owned(::new (::operator new(bytes(room), std::align_val_t(alignment))) short_list(room));
    }
    short_list(short_list const&) = delete;
    short_list& operator=(short_list const&) = delete;
    ~short_list() { erase(0, size()); }

    [[nodiscard, gnu::always_inline]] std::size_t size() const noexcept { return end_ - first_; }
    [[nodiscard, gnu::always_inline]] T& operator[](std::size_t at) noexcept { return slots()[first_ + at]; }
    [[nodiscard, gnu::always_inline]] T const& operator[](std::size_t at) const noexcept { return slots()[first_ + at]; }
    [[nodiscard]] std::uint32_t room() const noexcept { return room_; }
    /// Bytes that a list with room for so many takes.
    [[nodiscard]] static constexpr std::size_t bytes(std::uint32_t room) noexcept { return offset + room * sizeof(T); }

    /// Puts an object before the one at `at`; `list` is another one then if there was no room.
    static void insert(owned& list, std::size_t at, T&& value) {
        if (list->end_ == list->room_) make_room(list);
        list->put(at, std::move(value));
    }

    /// Takes out those from `from` to before `end`.
    void erase(std::size_t from, std::size_t end) noexcept {
        std::size_t const count = end - from;
        if (count == 0) return;
        if (from == 0) {
            for (std::size_t i = 0; i < count; ++i) (*this)[i].~T();
            first_ += static_cast<std::uint32_t>(count);
            if (first_ == end_) first_ = end_ = 0;
            return;
        }
        for (std::size_t i = end; i < size(); ++i) (*this)[i - count] = std::move((*this)[i]);
        for (std::size_t i = size() - count; i < size(); ++i) (*this)[i].~T();
        end_ -= static_cast<std::uint32_t>(count);
    }

private:
    explicit short_list(std::uint32_t room) noexcept : room_(room) {}

    [[nodiscard, gnu::always_inline]] T* slots() noexcept {
        return reinterpret_cast<T*>(reinterpret_cast<std::byte*>(this) + offset);
    }
    [[nodiscard, gnu::always_inline]] T const* slots() const noexcept {
        return reinterpret_cast<T const*>(reinterpret_cast<std::byte const*>(this) + offset);
    }

    void put(std::size_t at, T&& value) {
        std::size_t to = size();
        ::new (static_cast<void*>(slots() + end_++)) T(std::move(value));
        for (; to > at; --to) std::swap((*this)[to], (*this)[to - 1]);
    }

    /// Where half of what there is room for has been taken out the rest moves there; else to twice the room.
    static void make_room(owned& list) {
        short_list& from = *list;
        if (from.first_ * 2 >= from.end_) {
            std::uint32_t const count = from.end_ - from.first_;
            for (std::uint32_t i = 0; i < count; ++i) {
                ::new (static_cast<void*>(from.slots() + i)) T(std::move(from[i]));
                from[i].~T();
            }
            from.first_ = 0;
            from.end_ = count;
            return;
        }
        owned wider = make(from.room_ * 2);
        for (std::size_t i = 0; i < from.size(); ++i) ::new (static_cast<void*>(wider->slots() + wider->end_++)) T(std::move(from[i]));
        list.swap(wider);
    }

    std::uint32_t first_ = 0;
    std::uint32_t end_ = 0;
    std::uint32_t room_;
    static constexpr std::size_t header = 3 * sizeof(std::uint32_t);
    static constexpr std::size_t offset = (header + alignof(T) - 1) / alignof(T) * alignof(T);
};

/// Lists that are empty for the moment: those that come and go, one behind the other, cost no allocation. It keeps as many as
/// take up 64 KiB, none of them longer than a new one.
template <class T>
class short_list_pool {
public:
    using owned = typename short_list<T>::owned;

    [[nodiscard]] owned take() {
        if (free_.empty()) return short_list<T>::make();
        owned last = std::move(free_.back());
        free_.pop_back();
        return last;
    }
    /// What the pool has no room for is freed.
    void give_back(owned emptied) {
        if (emptied->room() != short_list<T>::least_room || free_.size() == most) return;
        free_.push_back(std::move(emptied));
    }

    /// Bytes held.
    [[nodiscard]] std::size_t memory() const noexcept { return free_.size() * (list_bytes + sizeof(owned)); }

private:
    static constexpr std::size_t list_bytes = short_list<T>::bytes(short_list<T>::least_room);
    static constexpr std::size_t most = 65'536 / list_bytes;

    series<owned> free_;
};

}  // namespace weir::detail
