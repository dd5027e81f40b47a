// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstddef>
#include <string>
#include <string_view>

namespace weir::detail {

/// Text from outside as an error may show it: cut to `most` bytes, and `?` for all that is not printable ASCII, since
/// it may end in a log or on a terminal.
[[nodiscard]] inline std::string shown_text(std::string_view text, std::size_t most = 48) {
    std::string shown;
    for (char c : text.substr(0, most)) shown += c >= ' ' && c <= '~' ? c : '?';
    if (text.size() > most) shown += "...";
    return shown;
}

}  // namespace weir::detail
