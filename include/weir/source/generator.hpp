// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <weir/base/detail/order.hpp>
#include <weir/pipeline/misfit.hpp>
#include <weir/pipeline/stage.hpp>

#include <concepts>
#include <cstddef>
#include <optional>
#include <string_view>
#include <type_traits>
#include <utility>

namespace weir {

namespace detail {

/// Emits what a function returns, until it returns nothing.
template <class Function>
struct generator_source {
    using output = typename std::invoke_result_t<Function&>::value_type;
    static constexpr std::string_view name = "generator";

    Function next;

    poll_result poll(auto& out) {
        for (std::size_t left = max_of<std::size_t>(out.budget(), 1); left != 0; --left) {
            std::optional<output> const item = next();
            if (!item) return poll_result::end;
            out.emit(*item);
        }
        return poll_result::ready;
    }
};

/// A function that is the `poll` of a source.
template <class T, class Function>
struct poll_source {
    using output = T;
    static constexpr std::string_view name = "generator";

    Function function;

    poll_result poll(auto& out) { return function(out); }
};

}  // namespace detail

/// The items that `next()` returns, a `std::optional<T>`, until it returns nothing. What an item borrows must stay
/// valid until the poll is over, that is, through many further calls; a function that waits would hold up the whole
/// job.
template <class Function>
    requires requires(Function& next) {
        typename std::invoke_result_t<Function&>::value_type;
        requires std::same_as<std::invoke_result_t<Function&>,
                              std::optional<typename std::invoke_result_t<Function&>::value_type>>;
    }
[[nodiscard]] constexpr auto generator(Function next) {
    return detail::generator_source<Function>{std::move(next)};
}

/// A source of `T` made of a function that is called with `out`:
///
///     generator<int>([n = 0](auto& out) mutable {
///         out.emit(n++);
///         return n < 3 ? weir::poll_result::ready : weir::poll_result::end;
///     })
template <class T, class Function>
[[nodiscard]] constexpr auto generator(Function function) {
    static_assert(
        requires(Function& f, detail::any_out<T>& out) {
            { f(out) } -> std::same_as<poll_result>;
        },
        "weir: the function given to `generator<T>` takes `auto& out`, emits items of type T, and returns a "
        "weir::poll_result; `generator(f)` without <T> is for a function that returns a std::optional.");
    return detail::poll_source<T, Function>{std::move(function)};
}

}  // namespace weir
