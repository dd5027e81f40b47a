// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <weir/pipeline/stamp.hpp>

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace weir_test {

/// As much of an `out` as something asks for that only puts rows aside; it keeps the letters.
struct letters_out {
    struct letter {
        weir::error why;
        std::string payload;
        weir::stamp at;
    };

    weir::stamp stamp{};
    weir::timestamp clock{};
    std::vector<letter> letters{};

    [[nodiscard]] weir::stamp const& at() const { return stamp; }
    [[nodiscard]] weir::timestamp now() const { return clock; }
    void dead_letter(weir::error const& why, std::string_view payload) { dead_letter(why, payload, stamp); }
    void dead_letter(weir::error const& why, std::string_view payload, weir::stamp const& at) {
        letters.push_back({why, std::string(payload), at});
    }

    /// What was put aside, in order.
    [[nodiscard]] std::vector<std::string> payloads() const {
        std::vector<std::string> all;
        for (letter const& one : letters) all.push_back(one.payload);
        return all;
    }
};

}  // namespace weir_test
