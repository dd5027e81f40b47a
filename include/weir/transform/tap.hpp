// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <weir/base/detail/invoke.hpp>
#include <weir/pipeline/emitter.hpp>
#include <weir/pipeline/pipe.hpp>

#include <span>
#include <type_traits>
#include <utility>

namespace weir {

namespace detail {

template <class Item, class Function>
struct tap_stage {
    using output = Item;
    static constexpr std::string_view name = "tap";
    static constexpr bool one_to_one = true;

    Function function;

    WEIR_INLINE void on_item(Item const& item, auto& out) {
        detail::invoke(function, item);
        out.emit(item);
    }
    void on_batch(std::span<Item const> items, auto& out) {
        for (Item const& item : items) detail::invoke(function, item);
        out.emit_batch(items, out.at());
    }
};

template <class Function>
struct tap_blueprint {
    using is_blueprint = void;
    Function function;

    template <class Stream>
    constexpr auto bind(Stream&) && {
        using item = typename Stream::item;
        if constexpr (std::is_invocable_v<Function&, item const&>) {
            return tap_stage<item, Function>{std::move(function)};
        } else {
            static_assert(never<Stream>,
                          "weir: the function given to `tap` cannot be called with the item that comes before it.");
            return broken{};
        }
    }
};

}  // namespace detail

/// Calls `function(item)` for each item and passes the item on unchanged. Items that come as a batch are all looked at
/// before the first of them goes on.
template <class Function>
[[nodiscard]] constexpr auto tap(Function function) {
    return detail::tap_blueprint<Function>{std::move(function)};
}

}  // namespace weir
