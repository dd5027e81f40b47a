// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <weir/pipeline/emitter.hpp>
#include <weir/pipeline/pipe.hpp>

#include <functional>
#include <type_traits>
#include <utility>

namespace weir {

namespace detail {

template <class Item, class Predicate>
struct filter_stage {
    using output = Item;
    static constexpr std::string_view name = "filter";

    Predicate keep;
    std::uint64_t filtered = 0;

    WEIR_INLINE void on_item(Item const& item, auto& out) {
        if (std::invoke(keep, item)) out.emit(item);
        else ++filtered;
    }

    void account(tally& count) const {
        count.filtered = filtered;
        count.passed = count.emitted = count.in - filtered;
    }
};

template <class Predicate>
struct filter_blueprint {
    using is_blueprint = void;
    Predicate keep;

    template <class Stream>
    constexpr auto bind(Stream&) && {
        using item = typename Stream::item;
        if constexpr (std::is_invocable_r_v<bool, Predicate&, item const&>) {
            return filter_stage<item, Predicate>{std::move(keep)};
        } else {
            static_assert(never<Stream>, "weir: the predicate given to `filter` cannot be called with the item that comes before "
                                         "it, or does not return bool.");
            return broken{};
        }
    }
};

}  // namespace detail

/// Lets pass the items for which `keep(item)` is true; the others are counted as filtered. Key and window choices stay.
template <class Predicate>
[[nodiscard]] constexpr auto filter(Predicate keep) {
    return detail::filter_blueprint<Predicate>{std::move(keep)};
}

}  // namespace weir
