// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <weir/base/error.hpp>

#include <cstdlib>
#include <optional>
#include <stdexcept>
#include <utility>

namespace weir {

#if defined(__cpp_exceptions)
/// The exception that `value_or_throw()` throws; `what()` is the error's one line.
class failure : public std::runtime_error {
public:
    explicit failure(error problem) : std::runtime_error(to_string(problem)), problem_(std::move(problem)) {}
    /// The error that was thrown.
    [[nodiscard]] error const& problem() const noexcept { return problem_; }

private:
    error problem_;
};
#endif

/// Either a value or the `error` that explains why there is none.
///
/// `*r` and `r->` need `r.has_value()`; `r.problem()` needs the opposite. `value_or_throw()` is the throwing twin.
template <class T>
class [[nodiscard]] result {
public:
    using value_type = T;

    result(T value) : value_(std::in_place, std::move(value)) {}
    result(error problem) : problem_(std::move(problem)) {}

    [[nodiscard]] bool has_value() const noexcept { return value_.has_value(); }
    explicit operator bool() const noexcept { return has_value(); }

    [[nodiscard]] T& operator*() & noexcept { return *value_; }
    [[nodiscard]] T const& operator*() const& noexcept { return *value_; }
    [[nodiscard]] T&& operator*() && noexcept { return *std::move(value_); }
    [[nodiscard]] T* operator->() noexcept { return &*value_; }
    [[nodiscard]] T const* operator->() const noexcept { return &*value_; }

    /// The error; only when there is no value.
    [[nodiscard]] error const& problem() const noexcept { return *problem_; }

#if defined(__cpp_exceptions)
    /// The value, or throws `weir::failure`.
    [[nodiscard]] T value_or_throw() && {
        if (!has_value()) throw failure(problem());
        return std::move(**this);
    }
#endif

private:
    // One of the two. A variant of them is many times as much for a compiler.
    std::optional<T> value_;
    std::optional<error> problem_;
};

/// Success, or the `error` that explains why not.
template <>
class [[nodiscard]] result<void> {
public:
    using value_type = void;

    result() = default;
    result(error problem) : problem_(std::move(problem)) {}

    [[nodiscard]] bool has_value() const noexcept { return !problem_; }
    explicit operator bool() const noexcept { return has_value(); }

    /// The error; only when there was no success.
    [[nodiscard]] error const& problem() const noexcept { return *problem_; }

#if defined(__cpp_exceptions)
    /// Nothing, or throws `weir::failure`.
    void value_or_throw() const {
        if (problem_) throw failure(*problem_);
    }
#endif

private:
    std::optional<error> problem_;
};

}  // namespace weir
