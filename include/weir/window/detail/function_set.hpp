// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <weir/aggregate/aggregate_function.hpp>
#include <weir/base/error.hpp>
#include <weir/base/row.hpp>
#include <weir/time/format_time.hpp>
#include <weir/window/key_text.hpp>

#include <cstddef>
#include <cstdint>
#include <tuple>
#include <type_traits>
#include <utility>

namespace weir::detail {

template <class Function>
consteval auto column_name_of() {
    if constexpr (requires { Function::column_name; }) {
        return Function::column_name;
    } else {
        char text[Function::name.size() + 1]{};
        for (std::size_t i = 0; i < Function::name.size(); ++i) text[i] = Function::name[i];
        return fixed_string(text);
    }
}

template <class Function>
using result_type =
    std::remove_cvref_t<decltype(std::declval<Function const&>().result(std::declval<aggregate_state<Function> const&>()))>;

/// The row of a window and key: the window's bounds, the key's columns, one column a function.
template <class Key, class... Functions>
using aggregate_row = concatenate_rows<row<column<"window_start", timestamp>, column<"window_end", timestamp>>,
                                       typename Key::columns, row<column<column_name_of<Functions>(), result_type<Functions>>...>>;

/// A function that can take away what was merged: `subtract(state& from, state const& what)`, the exact inverse of `merge`.
/// It may return bool: false says that the state cannot hold the result.
template <class A>
concept subtractable_aggregate =
    requires(A const& a, aggregate_state<A>& from, aggregate_state<A> const& what) { a.subtract(from, what); };

/// Takes `what` away from `from`; false when the state cannot hold the result.
template <subtractable_aggregate A>
[[nodiscard]] constexpr bool subtract_from(A const& function, aggregate_state<A>& from, aggregate_state<A> const& what) {
    if constexpr (std::is_void_v<decltype(function.subtract(from, what))>) {
        function.subtract(from, what);
        return true;
    } else {
        return function.subtract(from, what);
    }
}

/// A function whose states own what they hold: neither adding an item nor merging takes memory of an arena.
template <class A, class Item>
concept owns_its_state = !adds_with_arena<A, Item> &&
                         requires(A const& a, aggregate_state<A>& into, aggregate_state<A> const& from) { a.merge(into, from); };

/// The aggregate functions of one operator, as one function whose state is a tuple of theirs.
template <class... Functions>
class function_set {
public:
    using state_type = std::tuple<aggregate_state<Functions>...>;
    static constexpr bool mergeable = (mergeable_aggregate<Functions> && ...);
    static constexpr bool subtractable = (subtractable_aggregate<Functions> && ...);
    /// All states are whole numbers: to merge them in another order gives the same.
    static constexpr bool whole_numbers = (std::is_integral_v<aggregate_state<Functions>> && ...);
    template <class Item>
    static constexpr bool owns_states = (owns_its_state<Functions, Item> && ...);
    static constexpr bool reads_items = !(ignores_items<Functions> && ...);
    /// Whether states grow beyond themselves, into an arena.
    template <class Item>
    static constexpr bool grows = (adds_with_arena<Functions, Item> || ...);
    /// The place of a function that counts items anyway, if there is one.
    static constexpr std::size_t counter = [] {
        std::size_t at = 0;
        (void)((counts_items<Functions> || (++at, false)) || ...);
        return at;
    }();
    static constexpr bool counts = counter < sizeof...(Functions);

    constexpr explicit function_set(std::tuple<Functions...> functions) : functions_(std::move(functions)) {}

    [[nodiscard, gnu::always_inline]] state_type init() const {
        return std::apply([](auto const&... function) { return state_type(function.init()...); }, functions_);
    }

    /// Adds an item, or nothing where no function looks at one; false when a state cannot hold the result.
    template <class... Item>
    [[nodiscard, gnu::always_inline]] bool add(state_type& state, arena& memory, Item const&... item) const {
        return [&]<std::size_t... I>(std::index_sequence<I...>) __attribute__((always_inline)) {
            return (add_to(std::get<I>(functions_), std::get<I>(state), item..., memory) & ...);
        }(std::index_sequence_for<Functions...>{});
    }

    /// Merges `from` into `into`; false when a state cannot hold the result.
    [[nodiscard]] bool merge(state_type& into, state_type const& from, arena& memory) const
        requires mergeable
    {
        return [&]<std::size_t... I>(std::index_sequence<I...>) {
            return (merge_into(std::get<I>(functions_), std::get<I>(into), std::get<I>(from), memory) & ...);
        }(std::index_sequence_for<Functions...>{});
    }

    /// Takes `what`, which was merged into `from`, away again; false when a state cannot hold the result.
    [[nodiscard]] bool subtract(state_type& from, state_type const& what) const
        requires subtractable
    {
        return [&]<std::size_t... I>(std::index_sequence<I...>) {
            return (subtract_from(std::get<I>(functions_), std::get<I>(from), std::get<I>(what)) & ...);
        }(std::index_sequence_for<Functions...>{});
    }

    using results_type = std::tuple<result_type<Functions>...>;

    [[nodiscard, gnu::always_inline]] results_type results_of(state_type const& state) const {
        return [&]<std::size_t... I>(std::index_sequence<I...>) __attribute__((always_inline)) {
            return results_type(std::get<I>(functions_).result(std::get<I>(state))...);
        }(std::index_sequence_for<Functions...>{});
    }

    /// The row of a window, key and results.
    template <class Key, class Kept>
    [[nodiscard, gnu::always_inline]] static aggregate_row<Key, Functions...> row_with(timestamp start, timestamp end, Kept const& key,
                                                                                     results_type results) {
        return {std::tuple_cat(std::tuple<timestamp, timestamp>(start, end), Key::values(key), std::move(results))};
    }

    /// The row of a window, key and state.
    template <class Key, class Kept>
    [[nodiscard, gnu::always_inline]] aggregate_row<Key, Functions...> row_of(timestamp start, timestamp end, Kept const& key,
                                                                              state_type const& state) const {
        return row_with<Key>(start, end, key, results_of(state));
    }

private:
    [[no_unique_address]] std::tuple<Functions...> functions_;
};

/// What becomes of a job whose state cannot hold a result.
template <class Key>
[[nodiscard]] error overflow_error(Key const& key, timestamp window_start) {
    return error{.component = "aggregate",
                 .place = "key " + key_text(key) + ", window " + format_time(window_start),
                 .cause = "a sum does not fit into 64 bits",
                 .advice = "sum a floating-point member, or a smaller unit"};
}

}  // namespace weir::detail
