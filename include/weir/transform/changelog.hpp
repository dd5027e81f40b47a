// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <weir/pipeline/change.hpp>
#include <weir/pipeline/pipe.hpp>

#include <utility>

namespace weir {

namespace detail {

struct changelog_blueprint {
    using is_blueprint = void;
    using takes_changes = void;

    template <class Stream>
    constexpr auto bind(Stream&) && {
        if constexpr (changing<Stream>) {
            using next = stream<typename Stream::item, typename Stream::time>;
            return annotated<next>{next{}};
        } else {
            static_assert(never<Stream>, "weir: `changelog` needs rows that can change before it: an aggregate of a window that has "
                                         "`emit::on_update`, `emit::every(...)` or `allowed_lateness(...)`.");
            return broken{};
        }
    }
};

}  // namespace detail

/// Makes each change of a row an item of its own, a `change<Row>`: what comes behind sees inserts, updates and erasures, and
/// writes them one after the other. Costs nothing.
[[nodiscard]] constexpr auto changelog() { return detail::changelog_blueprint{}; }

}  // namespace weir
