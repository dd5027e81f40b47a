// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <weir/base/detail/owner.hpp>

#include <cstddef>
#include <type_traits>
#include <utility>

namespace weir {

/// Holds anything that can be called so, or nothing: `callback<void(report const&)>`. A copy holds a copy.
///
/// It is what std::function is, without <functional>, which costs every program more compile time than all stages do. It
/// is only called when it holds something, which `if (f)` tells.
template <class Signature>
class callback;

template <class Result, class... Arguments>
class callback<Result(Arguments...)> {
public:
    callback() = default;
    callback(std::nullptr_t) noexcept {}

    /// Holds `function`; nothing if that is a null pointer or another holder that is empty.
    template <class Function>
        requires(!std::is_same_v<std::remove_cvref_t<Function>, callback> &&
                 std::is_invocable_r_v<Result, std::decay_t<Function>&, Arguments...>)
    callback(Function&& function) {
        if (is_empty(function)) return;
        inside_.reset(new held_as<std::decay_t<Function>>(std::forward<Function>(function)));
    }

    callback(callback const& other) : inside_(other.inside_ ? other.inside_->copy() : nullptr) {}
    callback(callback&& other) noexcept = default;
    callback& operator=(callback other) noexcept {
        inside_.swap(other.inside_);
        return *this;
    }

    /// Whether it holds something.
    explicit operator bool() const noexcept { return static_cast<bool>(inside_); }

    Result operator()(Arguments... arguments) const { return inside_->call(std::forward<Arguments>(arguments)...); }

private:
    struct held {
        virtual ~held() = default;
        [[nodiscard]] virtual held* copy() const = 0;
        virtual Result call(Arguments... arguments) = 0;
    };

    template <class Function>
    struct held_as final : held {
        explicit held_as(Function from) : function(std::move(from)) {}
        [[nodiscard]] held* copy() const override { return new held_as(function); }
        Result call(Arguments... arguments) override {
            return static_cast<Result>(function(std::forward<Arguments>(arguments)...));
        }

        Function function;
    };

    template <class Function>
    [[nodiscard]] static bool is_empty(Function const& function) noexcept {
        if constexpr (std::is_pointer_v<Function>) return function == nullptr;
        else if constexpr (requires { function.operator bool(); }) return !function;
        else return false;
    }

    detail::owner<held> inside_{};
};

}  // namespace weir
