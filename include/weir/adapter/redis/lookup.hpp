// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <weir/adapter/redis/detail/lookup_stage.hpp>
#include <weir/adapter/redis/lookup_options.hpp>
#include <weir/codec/row_binary.hpp>
#include <weir/join/lookup.hpp>
#include <weir/pipeline/pipe.hpp>

#include <concepts>
#include <utility>

namespace weir::redis {

namespace detail {

template <class Row, class Kind, class Function>
struct lookup_blueprint {
    using is_blueprint = void;
    lookup_options chosen;
    Function function;

    template <class Stream>
    auto bind(Stream&) && {
        using item = typename Stream::item;
        if constexpr (!readable_row<Row>) {
            static_assert(weir::detail::never<Stream>,
                          "weir: `redis::lookup<row>` makes a plain struct of what Redis has, each member of the field of its name: "
                          "numbers, bools, texts (std::string, std::string_view), weir::timestamp, durations, enums, and optionals "
                          "of these.");
            return broken{};
        } else if constexpr (!row_binary_row<item> || !std::copy_constructible<item>) {
            static_assert(weir::detail::never<Stream>,
                          "weir: `redis::lookup` makes its keys of the item's columns, and items wait in it: it takes rows and plain "
                          "structs of numbers, bools, texts (std::string, std::string_view), weir::timestamp, durations, enums, and "
                          "optionals of these. Put `| weir::decode(...)`, `| weir::to<a_struct>()` or `| weir::map(...)` before it.");
            return broken{};
        } else if constexpr (!weir::detail::looked_up<Kind, item, Row, Function>::fits) {
            static_assert(weir::detail::never<Stream>,
                          "weir: the function given to `redis::lookup` cannot be called with the item and the row: `(item const&, row "
                          "const*)`, or, with `inner_join`, `(item const&, row const&)`.");
            return broken{};
        } else {
            return lookup_stage<Kind, item, Row, Function>(std::move(chosen), std::move(function));
        }
    }
};

}  // namespace detail

/// Looks each item up in Redis: `redis::lookup<user>({.key = "user:{user_id}"}, weir::left_join, [](click const& c, user const*
/// u) {…})`. `Row` is a plain struct whose members are the fields of a hash, or the one value of a string or field.
///
/// What the function returns goes on, with the item's stamp; it may hold views into the row, which last until the end of the
/// poll. The row is null where Redis has nothing, or a column that the key names is an absent optional; with `inner_join` such
/// items are left out, counted as filtered or as `null_key`, and the function may take `row const&`.
///
/// State: items that wait for answers, in order, time behind them; and the answers, for as long as `time_to_live` says. While an
/// answer is under way a key is asked for once. Nothing that waits is acknowledged, and the job does not end before it has gone on.
/// Errors: what cannot be read as `Row` is a dead letter, as is a key of another type; a server that cannot be reached is asked
/// again (`retry`), and then the job stops. It never blocks, but for the look-up of a server's name by the system's resolver.
/// Cost: a hit is one search by the key's text, and allocates nothing.
template <class Row, class Kind, class Function>
    requires weir::detail::is_join_kind<Kind>
[[nodiscard]] auto lookup(lookup_options chosen, Kind, Function function) {
    return detail::lookup_blueprint<Row, Kind, Function>{std::move(chosen), std::move(function)};
}

/// Without a function: a row of the item's columns and then of those of `Row` that the item has not, which are optionals under
/// `left_join`. `| weir::to<T>()` makes a struct of it.
template <class Row, class Kind>
    requires weir::detail::is_join_kind<Kind>
[[nodiscard]] auto lookup(lookup_options chosen, Kind) {
    return detail::lookup_blueprint<Row, Kind, weir::detail::combine_columns>{std::move(chosen), {}};
}

}  // namespace weir::redis
