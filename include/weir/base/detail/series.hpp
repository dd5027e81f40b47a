// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstddef>
#include <new>
#include <utility>

namespace weir::detail {

/// Objects side by side that grow at the end: what of std::vector the stages need. Of that one a compiler makes some fifty
/// functions for every type of element, and of this one five or six, which shows in every program that has a window.
template <class T>
class series {
    static_assert(alignof(T) <= __STDCPP_DEFAULT_NEW_ALIGNMENT__);

public:
    series() = default;
    series(series const& other) {
        for (T const& each : other) push_back(each);
    }
    series(series&& other) noexcept { swap(other); }
    series& operator=(series other) noexcept {
        swap(other);
        return *this;
    }
    ~series() {
        clear();
        ::operator delete(first_);
    }

    [[gnu::always_inline]] void push_back(T value) {
        if (size_ == capacity_) [[unlikely]] grow();
        ::new (static_cast<void*>(first_ + size_)) T(std::move(value));
        ++size_;
    }
    void pop_back() noexcept { first_[--size_].~T(); }

    /// Puts an object before the one at `at`, or takes it out; what lies behind moves by one.
    void insert(std::size_t at, T value) {
        push_back(std::move(value));
        for (std::size_t i = size_ - 1; i > at; --i) std::swap(first_[i], first_[i - 1]);
    }
    void erase(std::size_t at) noexcept {
        for (std::size_t i = at + 1; i < size_; ++i) first_[i - 1] = std::move(first_[i]);
        pop_back();
    }

    /// Grows to `size` objects, the new ones made by `T()`.
    void grow_to(std::size_t size) {
        while (size_ < size) push_back(T());
    }
    /// Shrinks to `size` objects, the first ones.
    void shrink_to(std::size_t size) noexcept {
        while (size_ > size) pop_back();
    }
    void clear() noexcept { shrink_to(0); }
    void swap(series& other) noexcept {
        std::swap(first_, other.first_);
        std::swap(size_, other.size_);
        std::swap(capacity_, other.capacity_);
    }

    [[nodiscard, gnu::always_inline]] T& operator[](std::size_t at) noexcept { return first_[at]; }
    [[nodiscard, gnu::always_inline]] T const& operator[](std::size_t at) const noexcept { return first_[at]; }
    [[nodiscard, gnu::always_inline]] T& front() noexcept { return first_[0]; }
    [[nodiscard, gnu::always_inline]] T const& front() const noexcept { return first_[0]; }
    [[nodiscard, gnu::always_inline]] T& back() noexcept { return first_[size_ - 1]; }
    [[nodiscard, gnu::always_inline]] T const& back() const noexcept { return first_[size_ - 1]; }
    [[nodiscard, gnu::always_inline]] T* begin() noexcept { return first_; }
    [[nodiscard, gnu::always_inline]] T const* begin() const noexcept { return first_; }
    [[nodiscard, gnu::always_inline]] T* end() noexcept { return first_ + size_; }
    [[nodiscard, gnu::always_inline]] T const* end() const noexcept { return first_ + size_; }
    [[nodiscard, gnu::always_inline]] std::size_t size() const noexcept { return size_; }
    [[nodiscard, gnu::always_inline]] bool empty() const noexcept { return size_ == 0; }
    /// For how many objects it holds memory: for as many as it has had at most.
    [[nodiscard]] std::size_t capacity() const noexcept { return capacity_; }

private:
    // Moving does not throw here: an element that is moved in two steps would be lost between them.
    [[gnu::noinline]] void grow() {
        std::size_t const wider = capacity_ == 0 ? 4 : capacity_ * 2;
        T* const moved = static_cast<T*>(::operator new(wider * sizeof(T)));
        for (std::size_t i = 0; i < size_; ++i) {
            ::new (static_cast<void*>(moved + i)) T(std::move(first_[i]));
            first_[i].~T();
        }
        ::operator delete(first_);
        first_ = moved;
        capacity_ = wider;
    }

    T* first_ = nullptr;
    std::size_t size_ = 0;
    std::size_t capacity_ = 0;
};

}  // namespace weir::detail
