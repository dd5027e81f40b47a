// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstddef>
#include <new>
#include <utility>

namespace weir::detail {

/// Things in a row: put in behind, taken out in front. They lie in a ring whose size is a power of two and which doubles
/// when it is full: both cost a move.
template <class T>
class fifo {
    static_assert(alignof(T) <= __STDCPP_DEFAULT_NEW_ALIGNMENT__);

public:
    fifo() = default;
    fifo(fifo&& other) noexcept
        : first_(std::exchange(other.first_, nullptr)), capacity_(std::exchange(other.capacity_, 0)),
          begin_(std::exchange(other.begin_, 0)), end_(std::exchange(other.end_, 0)) {}
    fifo& operator=(fifo&& other) noexcept {
        std::swap(first_, other.first_);
        std::swap(capacity_, other.capacity_);
        std::swap(begin_, other.begin_);
        std::swap(end_, other.end_);
        return *this;
    }
    ~fifo() {
        while (!empty()) pop_front();
        ::operator delete(first_);
    }

    [[gnu::always_inline]] void push_back(T value) {
        if (size() == capacity_) [[unlikely]] grow();
        ::new (static_cast<void*>(&place(end_))) T(std::move(value));
        ++end_;
    }
    [[gnu::always_inline]] void pop_front() noexcept { place(begin_++).~T(); }
    void pop_back() noexcept { place(--end_).~T(); }

    /// The thing so many places behind the front.
    [[nodiscard, gnu::always_inline]] T& operator[](std::size_t at) noexcept { return place(begin_ + at); }
    [[nodiscard, gnu::always_inline]] T const& operator[](std::size_t at) const noexcept { return place(begin_ + at); }
    [[nodiscard, gnu::always_inline]] T& front() noexcept { return place(begin_); }
    [[nodiscard, gnu::always_inline]] T const& front() const noexcept { return place(begin_); }
    [[nodiscard, gnu::always_inline]] T& back() noexcept { return place(end_ - 1); }
    [[nodiscard, gnu::always_inline]] T const& back() const noexcept { return place(end_ - 1); }
    [[nodiscard, gnu::always_inline]] std::size_t size() const noexcept { return end_ - begin_; }
    [[nodiscard, gnu::always_inline]] bool empty() const noexcept { return begin_ == end_; }

private:
    [[nodiscard, gnu::always_inline]] T& place(std::size_t number) const noexcept { return first_[number & (capacity_ - 1)]; }

    // Moving does not throw here: an element that is moved in two steps would be lost between them.
    [[gnu::noinline]] void grow() {
        std::size_t const wider = capacity_ == 0 ? 8 : capacity_ * 2;
        T* const moved = static_cast<T*>(::operator new(wider * sizeof(T)));
        std::size_t const count = size();
        for (std::size_t i = 0; i < count; ++i) {
            ::new (static_cast<void*>(moved + i)) T(std::move(front()));
            pop_front();
        }
        ::operator delete(first_);
        first_ = moved;
        capacity_ = wider;
        begin_ = 0;
        end_ = count;
    }

    T* first_ = nullptr;
    std::size_t capacity_ = 0;
    std::size_t begin_ = 0;  ///< places are counted on and on; the ring's size cuts them off
    std::size_t end_ = 0;
};

}  // namespace weir::detail
