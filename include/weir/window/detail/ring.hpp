// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <weir/base/detail/order.hpp>
#include <weir/window/detail/block_pool.hpp>

#include <cstddef>
#include <cstdint>
#include <new>
#include <utility>

namespace weir::detail {

/// Objects in a row that come in at the back and leave at the front, in memory that is used in a circle. It grows by
/// doubling, but never beyond the greatest size that it is told, so that a full one holds no byte too many. Up to four
/// objects lie in a block of a pool, which must outlive it, and which each call is given.
template <class T>
class ring {
    static_assert(alignof(T) <= __STDCPP_DEFAULT_NEW_ALIGNMENT__);

    static constexpr std::uint32_t small = 4;

public:
    using pool = block_pool<small * sizeof(T)>;

    ring() = default;
    ring(ring&& other) noexcept
        : objects_(std::exchange(other.objects_, nullptr)), first_(std::exchange(other.first_, 0)), size_(std::exchange(other.size_, 0)),
          capacity_(std::exchange(other.capacity_, 0)) {}
    ring& operator=(ring&& other) noexcept {
        ring moved(std::move(other));
        std::swap(objects_, moved.objects_);
        std::swap(first_, moved.first_);
        std::swap(size_, moved.size_);
        std::swap(capacity_, moved.capacity_);
        return *this;
    }
    ~ring() {
        pop_front(size_);
        if (capacity_ > small) ::operator delete(objects_);
    }

    [[nodiscard]] bool empty() const noexcept { return size_ == 0; }
    [[nodiscard]] std::uint32_t size() const noexcept { return size_; }
    [[nodiscard]] std::uint32_t capacity() const noexcept { return capacity_; }
    [[nodiscard]] T& operator[](std::uint32_t at) noexcept { return objects_[place_of(at)]; }
    [[nodiscard]] T const& operator[](std::uint32_t at) const noexcept { return objects_[place_of(at)]; }

    /// Puts an object behind the last; `most`: how many there can be at all.
    void push_back(T object, std::uint32_t most, pool& blocks) {
        if (size_ == capacity_) move_to(max_of(size_ + 1, max_of(small, min_of(capacity_ * 2, most))), blocks);
        ::new (static_cast<void*>(objects_ + place_of(size_))) T(std::move(object));
        ++size_;
    }

    /// Puts an object before the one at `at`.
    void insert(std::uint32_t at, T object, std::uint32_t most, pool& blocks) {
        push_back(std::move(object), most, blocks);
        for (std::uint32_t i = size_ - 1; i > at; --i) std::swap((*this)[i], (*this)[i - 1]);
    }

    /// Takes out the first `count`.
    void pop_front(std::uint32_t count) noexcept {
        for (std::uint32_t i = 0; i < count; ++i) (*this)[i].~T();
        first_ = place_of(count);
        size_ -= count;
    }

    /// Takes everything out and gives the memory back.
    void clear(pool& blocks) noexcept {
        pop_front(size_);
        give_back(blocks);
        objects_ = nullptr;
        first_ = capacity_ = 0;
    }

    /// Moves to another pool than `before`, which it lies in.
    void move_house(pool& before, pool& blocks) {
        if (capacity_ != small) return;
        ring moved;
        moved.move_to(small, blocks);
        for (; !empty(); pop_front(1)) moved.push_back(std::move((*this)[0]), small, blocks);
        clear(before);
        *this = std::move(moved);
    }

    /// Asks for the memory where the objects at the two ends lie.
    [[gnu::always_inline]] void approach() const noexcept {
        __builtin_prefetch(objects_ + first_, 1);
        __builtin_prefetch(objects_ + place_of(size_), 1);
    }

private:
    [[nodiscard]] std::uint32_t place_of(std::uint32_t at) const noexcept {
        std::uint32_t const place = first_ + at;
        return place < capacity_ ? place : place - capacity_;
    }

    void give_back(pool& blocks) noexcept {
        if (capacity_ > small) ::operator delete(objects_);
        else if (capacity_ != 0) blocks.give_back(objects_);
    }

    // Moving does not throw here: an object that is moved in two steps would be lost between them.
    [[gnu::noinline]] void move_to(std::uint32_t capacity, pool& blocks) {
        T* const moved = static_cast<T*>(capacity > small ? ::operator new(capacity * sizeof(T)) : blocks.take());
        for (std::uint32_t i = 0; i < size_; ++i) {
            T& each = (*this)[i];
            ::new (static_cast<void*>(moved + i)) T(std::move(each));
            each.~T();
        }
        give_back(blocks);
        objects_ = moved;
        first_ = 0;
        capacity_ = capacity;
    }

    T* objects_ = nullptr;
    std::uint32_t first_ = 0;
    std::uint32_t size_ = 0;
    std::uint32_t capacity_ = 0;
};

}  // namespace weir::detail
