// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <type_traits>
#include <utility>

namespace weir {

/// No event time is known yet: windows do not compile.
struct untimed {};
/// Every item's stamp carries its event time, and watermarks flow.
struct timed {};
/// No key was chosen.
struct unkeyed {};
/// No window was chosen.
struct unwindowed {};
/// Rows are only ever added.
struct append_only {};
/// A row may come anew and then replaces the one before it: what flows is `change<Row>`.
struct updating {};
/// A row may come anew, and may be taken back: what flows is `change<Row>`, and a sink that can only add does not compile.
struct erasing {};

/// What the compiler knows of a stream at one point of the pipeline, and what the next stage may need of it.
///
/// `Item` is what flows; `Time` is `timed` or `untimed`; `Key` and `Window` are what `key_by` and `window` chose, kept
/// here until an aggregate asks for them; `Change` says whether rows are `append_only`, `updating` or `erasing`.
///
/// A *blueprint* is a stage that is made to measure: it says `using is_blueprint = void;` and its
/// `template <class Stream> auto bind(Stream& before) &&` returns the stage that fits behind such a stream, or, to change
/// only what is known of the stream, an `annotated<NewStream>`.
template <class Item, class Time = untimed, class Key = unkeyed, class Window = unwindowed, class Change = append_only>
struct stream {
    using item = Item;
    using time = Time;
    using key = Key;
    using window = Window;
    using change = Change;
    static constexpr bool is_timed = std::is_same_v<Time, timed>;

    // Not an aggregate: Clang 16 crashes over the initialisation of empty members that have no address of their own.
    constexpr stream() = default;
    constexpr stream(Key key_chosen, Window window_chosen)
        : key_choice(std::move(key_chosen)), window_choice(std::move(window_chosen)) {}

    [[no_unique_address]] Key key_choice{};
    [[no_unique_address]] Window window_choice{};
};

/// What a blueprint returns when it adds no stage, only knowledge.
template <class Stream>
struct annotated {
    Stream stream;
};

/// What a blueprint returns after it has said what is wrong: it absorbs whatever follows without a further error.
struct broken {
    template <class Right>
    friend constexpr broken operator|(broken, Right&&) noexcept { return {}; }
};

namespace detail {

template <class B>
concept marked_blueprint = requires { typename B::is_blueprint; };

}  // namespace detail
}  // namespace weir
