// SPDX-License-Identifier: Apache-2.0
#pragma once

namespace weir {

/// How a point in time is written: as a count of a unit since 1970-01-01T00:00:00Z, or as text.
enum class epoch {
    seconds,       ///< a whole or fractional number of seconds
    milliseconds,  ///< a number of milliseconds
    microseconds,  ///< a number of microseconds
    nanoseconds,   ///< a number of nanoseconds
    iso8601,       ///< a text such as 2026-03-01T12:30:00.250Z
};

}  // namespace weir
