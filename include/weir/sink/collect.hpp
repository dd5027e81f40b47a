// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <weir/base/borrows.hpp>
#include <weir/pipeline/emitter.hpp>
#include <weir/pipeline/pipe.hpp>

#include <concepts>
#include <span>
#include <string_view>
#include <vector>

namespace weir {

namespace detail {

template <class T, class Item>
struct collect_sink {
    static constexpr std::string_view name = "collect";
    static constexpr bool keeps_items = borrows<T>;

    std::vector<T>* into;

    void on_item(Item const& item) { into->emplace_back(item); }
    void on_batch(std::span<Item const> items, auto&) { into->insert(into->end(), items.begin(), items.end()); }
};

template <class T>
struct collect_blueprint {
    using is_blueprint = void;
    std::vector<T>* into;

    template <class Stream>
    constexpr auto bind(Stream&) && {
        using item = typename Stream::item;
        if constexpr (std::constructible_from<T, item const&>) {
            return collect_sink<T, item>{into};
        } else {
            static_assert(never<Stream>,
                          "weir: this sink does not take the item that the stage before it emits: the vector given to "
                          "`collect` holds another type, which cannot be made of it. `| weir::to<T>()` turns rows "
                          "and structs into a struct of your own.");
            return broken{};
        }
    }
};

}  // namespace detail

/// Appends each item to a vector of the caller's, which must outlive the job.
///
/// The vector's elements are of the item's type, or of one that is made of it: a `std::vector<std::string>` takes
/// lines. An element that borrows memory is refused by the compiler, because what it borrows is gone when the poll is
/// over.
template <class T>
[[nodiscard]] constexpr auto collect(std::vector<T>& into) {
    return detail::collect_blueprint<T>{&into};
}

}  // namespace weir
