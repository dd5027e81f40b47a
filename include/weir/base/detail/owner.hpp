// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstddef>
#include <type_traits>
#include <utility>

namespace weir::detail {

/// Gives back what `new` made.
template <class T>
struct delete_made {
    void operator()(std::remove_extent_t<T>* made) const noexcept {
        if constexpr (std::is_array_v<T>) delete[] made;
        else delete made;
    }
};

/// Owns an object, or an array, as std::unique_ptr does. That one comes with all of <memory> and is made of tuples, which
/// costs every program more compile time than the tables of windows do.
template <class T, class Release = delete_made<T>>
class owner {
public:
    using element_type = std::remove_extent_t<T>;

    owner() = default;
    explicit owner(element_type* owned) noexcept : owned_(owned) {}
    owner(owner&& other) noexcept : owned_(other.release()) {}
    owner& operator=(owner&& other) noexcept {
        reset(other.release());
        return *this;
    }
    ~owner() { reset(); }

    /// Gives back what it owns and owns something else.
    void reset(element_type* owned = nullptr) noexcept {
        if (element_type* const before = std::exchange(owned_, owned)) Release()(before);
    }
    /// Hands over what it owns.
    [[nodiscard]] element_type* release() noexcept { return std::exchange(owned_, nullptr); }
    void swap(owner& other) noexcept { std::swap(owned_, other.owned_); }

    [[nodiscard]] element_type* get() const noexcept { return owned_; }
    [[nodiscard]] std::add_lvalue_reference_t<element_type> operator*() const noexcept { return *owned_; }
    [[nodiscard]] element_type* operator->() const noexcept { return owned_; }
    [[nodiscard]] std::add_lvalue_reference_t<element_type> operator[](std::size_t at) const noexcept
        requires std::is_array_v<T>
    {
        return owned_[at];
    }
    explicit operator bool() const noexcept { return owned_ != nullptr; }

private:
    element_type* owned_ = nullptr;
};

}  // namespace weir::detail
