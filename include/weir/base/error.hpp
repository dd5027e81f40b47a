// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <string>
#include <string_view>
#include <utility>

namespace weir {

/// What went wrong, as a value: who noticed it, where, why, and what to do about it.
///
/// `place` is the most exact address there is: `topic/partition/offset`, a URL without credentials, `file:line`, or a
/// field's path. No part ever holds a secret.
struct error {
    std::string component{};  ///< who noticed it: `kafka`, `clickhouse`, `json`, `window` …
    std::string place{};      ///< where: `web.clicks/3/1042`, `http://db:8123/`, `clicks.ndjson:17`, `user.age`
    std::string cause{};      ///< what is wrong, in one sentence
    std::string advice{};     ///< what to do about it; may be empty

    friend bool operator==(error const&, error const&) = default;
};

/// The error as one line: `component: place: cause (advice)`; parts that are empty are left out.
[[nodiscard]] inline std::string to_string(error const& problem) {
    std::string line = problem.component;
    for (std::string_view part : {std::string_view(problem.place), std::string_view(problem.cause)}) {
        if (part.empty()) continue;
        if (!line.empty()) line += ": ";
        line += part;
    }
    if (!problem.advice.empty()) line.append(" (").append(problem.advice).append(")");
    return line;
}

}  // namespace weir
