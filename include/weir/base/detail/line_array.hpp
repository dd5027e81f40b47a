// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <weir/base/detail/owner.hpp>

#include <cstddef>
#include <new>
#include <type_traits>

namespace weir::detail {

/// So many objects side by side that begin on a cache line's boundary, so that a group which is no larger than a line
/// lies in one. They are copies of one value; the array does not grow.
template <class T>
class line_array {
    static_assert(std::is_trivially_destructible_v<T>);

public:
    line_array() = default;
    line_array(std::size_t size, T const& value)
        : first_(static_cast<T*>(::operator new(size * sizeof(T), line))), size_(size) {
        for (T& each : *this) ::new (static_cast<void*>(&each)) T(value);
    }

    [[nodiscard]] T* data() const noexcept { return first_.get(); }
    [[nodiscard]] T& operator[](std::size_t at) const noexcept { return first_.get()[at]; }
    [[nodiscard]] std::size_t size() const noexcept { return size_; }
    [[nodiscard]] T* begin() const noexcept { return first_.get(); }
    [[nodiscard]] T* end() const noexcept { return first_.get() + size_; }

private:
    static constexpr std::align_val_t line{64};
    struct give_back {
        void operator()(T* first) const noexcept { ::operator delete(first, line); }
    };

    owner<T, give_back> first_;
    std::size_t size_ = 0;
};

}  // namespace weir::detail
