// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstddef>
#include <utility>

namespace weir::detail {

/// Shares an object that does not change between its copies, also across threads, as std::shared_ptr does. That one comes
/// with all of <memory>, and with a control block of its own.
template <class T>
class shared {
    struct counted {
        T value;
        std::size_t owners = 1;
    };

public:
    shared() = default;
    explicit shared(T value) : inside_(new counted{std::move(value)}) {}
    shared(shared const& other) noexcept : inside_(other.inside_) {
        if (inside_) __atomic_fetch_add(&inside_->owners, 1, __ATOMIC_RELAXED);
    }
    shared(shared&& other) noexcept : inside_(std::exchange(other.inside_, nullptr)) {}
    shared& operator=(shared other) noexcept {
        std::swap(inside_, other.inside_);
        return *this;
    }
    ~shared() {
        // What the other owners read of it must be over before the last of them gives it back.
        if (inside_ && __atomic_fetch_sub(&inside_->owners, 1, __ATOMIC_ACQ_REL) == 1) delete inside_;
    }

    [[nodiscard]] T const& operator*() const noexcept { return inside_->value; }
    [[nodiscard]] T const* operator->() const noexcept { return &inside_->value; }
    explicit operator bool() const noexcept { return inside_ != nullptr; }

private:
    counted* inside_ = nullptr;
};

}  // namespace weir::detail
