// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <weir/base/detail/invoke.hpp>
#include <weir/pipeline/emitter.hpp>
#include <weir/pipeline/pipe.hpp>

#include <string_view>
#include <type_traits>
#include <utility>

namespace weir {

namespace detail {

template <class Item, class Function>
struct call_sink {
    static constexpr std::string_view name = "call";
    static constexpr bool light = true;

    Function function;

    WEIR_INLINE void on_item(Item const& item) { detail::invoke(function, item); }
};

template <class Function>
struct call_blueprint {
    using is_blueprint = void;
    Function function;

    template <class Stream>
    constexpr auto bind(Stream&) && {
        using item = typename Stream::item;
        if constexpr (std::is_invocable_v<Function&, item const&>) {
            return call_sink<item, Function>{std::move(function)};
        } else {
            static_assert(never<Stream>, "weir: this sink does not take the item that the stage before it emits: the function "
                                         "given to `call` cannot be called with it.");
            return broken{};
        }
    }
};

}  // namespace detail

/// Calls `function(item)` for each item: the way out into the host. What an item borrows is gone when the call returns.
template <class Function>
[[nodiscard]] constexpr auto call(Function function) {
    return detail::call_blueprint<Function>{std::move(function)};
}

/// Takes every item and does nothing: says that they are not wanted. They are counted all the same.
struct discard {
    static constexpr std::string_view name = "discard";
    WEIR_INLINE void on_item(auto const&) {}
    WEIR_INLINE void on_batch(auto, auto&) {}
};

}  // namespace weir
