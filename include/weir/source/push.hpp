// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <weir/pipeline/stage.hpp>

#include <string_view>

namespace weir {

/// The host's own events: they come by `job.push(item)`, on the host's thread, and are handled before it returns.
///
/// It never ends by itself: `job.stop()` says that nothing will follow.
template <class T>
struct push {
    using output = T;
    static constexpr std::string_view name = "push";
    static constexpr bool takes_pushes = true;

    poll_result poll(auto&) { return poll_result::idle; }
};

}  // namespace weir
