// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <weir/base/detail/invoke.hpp>
#include <weir/pipeline/emitter.hpp>
#include <weir/pipeline/pipe.hpp>

#include <iterator>
#include <type_traits>
#include <utility>

namespace weir {

namespace detail {

template <class Range>
concept flat_range = requires(Range const& range) {
    std::begin(range);
    std::end(range);
};

template <class Maybe>
concept flat_optional = requires(Maybe const& maybe) {
    { maybe.has_value() } -> std::same_as<bool>;
    *maybe;
};

template <class Made>
struct flat_item {};
template <flat_range Made>
struct flat_item<Made> {
    using type = std::remove_cvref_t<decltype(*std::begin(std::declval<Made const&>()))>;
};
template <flat_optional Made>
struct flat_item<Made> {
    using type = std::remove_cvref_t<decltype(*std::declval<Made const&>())>;
};

/// Emits each item of the range that a function returns.
template <class Item, class Function>
struct flat_map_stage {
    using made = std::remove_cvref_t<std::invoke_result_t<Function&, Item const&>>;
    using output = typename flat_item<made>::type;
    static constexpr std::string_view name = "flat_map";

    Function function;

    WEIR_INLINE void on_item(Item const& item, auto& out) {
        auto const& all = detail::invoke(function, item);
        if constexpr (flat_optional<made>) {
            if (all.has_value()) out.emit(*all);
        } else {
            for (auto const& each : all) out.emit(each);
        }
    }
};

/// Calls a function that emits.
template <class Item, class Output, class Function>
struct flat_emit_stage {
    using output = Output;
    static constexpr std::string_view name = "flat_map";

    Function function;

    WEIR_INLINE void on_item(Item const& item, auto& out) {
        detail::invoke(function, item, [&out](Output const& made) { out.emit(made); });
    }
};

struct takes_emitted {
    template <class T>
    void operator()(T const&) const;
};

template <class Output, class Function>
struct flat_map_blueprint {
    using is_blueprint = void;
    Function function;

    template <class Stream>
    constexpr auto bind(Stream&) && {
        using item = typename Stream::item;
        if constexpr (!std::is_void_v<Output>) {
            if constexpr (std::is_invocable_v<Function&, item const&, takes_emitted>) {
                return flat_emit_stage<item, Output, Function>{std::move(function)};
            } else {
                static_assert(never<Stream>,
                              "weir: the function given to `flat_map<T>` cannot be called with the item that comes "
                              "before it and a function `emit` that takes a T.");
                return broken{};
            }
        } else if constexpr (!std::is_invocable_v<Function&, item const&>) {
            static_assert(never<Stream>,
                          "weir: the function given to `flat_map` cannot be called with the item that comes before "
                          "it. `flat_map(f)` is for `f(item)` that returns a range or an optional, "
                          "`flat_map<T>(f)` for `f(item, emit)` that emits items of type T.");
            return broken{};
        } else if constexpr (!requires {
                                 typename flat_item<
                                     std::remove_cvref_t<std::invoke_result_t<Function&, item const&>>>::type;
                             }) {
            static_assert(never<Stream>,
                          "weir: the function given to `flat_map` returns neither a range nor an optional. For one "
                          "item out of one use `map`.");
            return broken{};
        } else {
            return flat_map_stage<item, Function>{std::move(function)};
        }
    }
};

}  // namespace detail

/// Replaces each item by all those of the range that `function(item)` returns, or by the value of the optional, or by
/// none. They keep event time, lane and position of the item that they came from. A range returned by value may cost an
/// allocation an item; `flat_map<T>` costs none.
template <class Function>
[[nodiscard]] constexpr auto flat_map(Function function) {
    return detail::flat_map_blueprint<void, Function>{std::move(function)};
}

/// Replaces each item by the items of type `T` that `function(item, emit)` hands to `emit`.
template <class T, class Function>
[[nodiscard]] constexpr auto flat_map(Function function) {
    return detail::flat_map_blueprint<T, Function>{std::move(function)};
}

}  // namespace weir
