// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <weir/base/detail/invoke.hpp>
#include <weir/pipeline/emitter.hpp>
#include <weir/pipeline/pipe.hpp>

#include <type_traits>
#include <utility>

namespace weir {

namespace detail {

template <class Item, class Function>
struct map_stage {
    using output = std::remove_cvref_t<std::invoke_result_t<Function&, Item const&>>;
    static constexpr std::string_view name = "map";
    static constexpr bool one_to_one = true;
    static constexpr bool light = true;

    Function function;

    WEIR_INLINE void on_item(Item const& item, auto& out) { out.emit(detail::invoke(function, item)); }
};

template <class Function>
struct map_blueprint {
    using is_blueprint = void;
    Function function;

    template <class Stream>
    constexpr auto bind(Stream&) && {
        using item = typename Stream::item;
        if constexpr (!std::is_invocable_v<Function&, item const&>) {
            static_assert(never<Stream>, "weir: the function given to `map` cannot be called with the item that comes before it.");
            return broken{};
        } else if constexpr (std::is_void_v<std::invoke_result_t<Function&, item const&>>) {
            static_assert(never<Stream>, "weir: the function given to `map` returns nothing. To look at items without changing "
                                         "them use `tap`; to end the pipeline use `call`.");
            return broken{};
        } else {
            return map_stage<item, Function>{std::move(function)};
        }
    }
};

}  // namespace detail

/// Replaces each item by `function(item)`. Event time, lane and position stay; a key chosen before must be chosen again.
template <class Function>
[[nodiscard]] constexpr auto map(Function function) {
    return detail::map_blueprint<Function>{std::move(function)};
}

}  // namespace weir
