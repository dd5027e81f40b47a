// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <weir/time/parse_time.hpp>

#include <cstddef>

namespace weir {

/// What is done about a key that an object has twice, where a member of the struct is called so. The JSON grammar
/// allows it and leaves its meaning open.
enum class duplicate_key {
    error,       ///< the document is refused
    first_wins,  ///< the further ones are checked and passed over
    last_wins,   ///< the last one counts, as in most other parsers
};

/// Settings of `json<T>()`.
struct json_options {
    std::size_t deepest =
        64;  ///< how deep arrays and objects may be nested, the document itself included; at most 1024
    duplicate_key duplicates = duplicate_key::error;
    time_range plausible = {};  ///< the times that a `timestamp` member may hold
};

}  // namespace weir
