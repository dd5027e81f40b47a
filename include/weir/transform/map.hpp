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

/// The same for rows that may come anew or be taken back: what an update replaces is mapped too.
template <class Row, class Function>
struct map_changes_stage {
    using mapped = std::remove_cvref_t<std::invoke_result_t<Function&, Row const&>>;
    using output = change<mapped>;
    static constexpr std::string_view name = "map";
    static constexpr bool one_to_one = true;

    Function function;

    WEIR_INLINE void on_item(change<Row> const& item, auto& out) {
        output made{item.kind, detail::invoke(function, item.row), {}};
        if (item.kind == change_kind::update) made.before = detail::invoke(function, item.before);
        out.emit(made);
    }
};

template <class Function>
struct map_blueprint {
    using is_blueprint = void;
    using takes_changes = void;
    Function function;

    template <class Stream>
    constexpr auto bind(Stream&) && {
        using item = plain_item<Stream>;
        if constexpr (!std::is_invocable_v<Function&, item const&>) {
            static_assert(never<Stream>, "weir: the function given to `map` cannot be called with the item that comes before it.");
            return broken{};
        } else if constexpr (std::is_void_v<std::invoke_result_t<Function&, item const&>>) {
            static_assert(never<Stream>, "weir: the function given to `map` returns nothing. To look at items without changing "
                                         "them use `tap`; to end the pipeline use `call`.");
            return broken{};
        } else if constexpr (changing<Stream>) {
            return map_changes_stage<item, Function>{std::move(function)};
        } else {
            return map_stage<item, Function>{std::move(function)};
        }
    }
};

}  // namespace detail

/// Replaces each item by `function(item)`. Event time, lane and position stay; a key chosen before must be chosen again.
///
/// Behind an aggregate whose rows change, the function takes the row, and what comes out are the changes of what it returns.
template <class Function>
[[nodiscard]] constexpr auto map(Function function) {
    return detail::map_blueprint<Function>{std::move(function)};
}

}  // namespace weir
