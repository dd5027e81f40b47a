// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <weir.hpp>
#include <weir/time/format_time.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <cstddef>
#include <cstdio>
#include <string>
#include <string_view>
#include <type_traits>
#include <unistd.h>
#include <vector>

namespace clickstream {

/// Shows rows as they come: on a terminal a table of the newest window's greatest rows that is painted anew, elsewhere a
/// plain line each.
class terminal {
public:
    static constexpr std::string_view name = "terminal";

    explicit terminal(std::FILE* to = stdout) : to_(to), live_(isatty(fileno(to)) != 0) {}

    void on_item(weir::record const& row) {
        line made;
        weir::visit_columns(row, [&](std::string_view column, auto const& value) { made.add(column, value); });
        if (!live_) {
            fmt::print(to_, "{}\n", made.text);
            return;
        }
        if (made.window != window_) {
            paint();
            rows_.clear();
            window_ = made.window;
        }
        rows_.push_back(std::move(made));
    }

    void on_end(auto&) { paint(); }
    void flush(auto&) { paint(); }

private:
    struct line {
        weir::timestamp window{};
        std::uint64_t events = 0;
        std::string text;

        template <class Value>
        void add(std::string_view column, Value const& value) {
            if (column == "window_end") return;
            if constexpr (std::is_same_v<Value, weir::timestamp>) {
                if (column == "window_start") window = value;
                text += weir::format_time(value);
                text += "  ";
            } else if constexpr (std::is_same_v<Value, std::monostate>) {
                text += fmt::format("{:<16}", "");
            } else if constexpr (std::is_same_v<Value, std::uint64_t>) {
                if (column == "events") events = value;
                text += fmt::format("  {} {:>7}", column, value);
            } else {
                text += fmt::format("{:<16}", value);
            }
        }
    };

    void paint() {
        if (!live_ || rows_.empty()) return;
        std::size_t const shown = std::min<std::size_t>(rows_.size(), 20);
        std::partial_sort(rows_.begin(), rows_.begin() + static_cast<std::ptrdiff_t>(shown), rows_.end(),
                          [](line const& a, line const& b) { return a.events > b.events; });
        // Up over the table painted before, clearing what is left of it.
        if (painted_ > 0) fmt::print(to_, "\x1b[{}A\x1b[J", painted_);
        for (std::size_t i = 0; i < shown; ++i) fmt::print(to_, "{}\n", rows_[i].text);
        fmt::print(to_, "{} rows in this window\n", rows_.size());
        painted_ = shown + 1;
        std::fflush(to_);
    }

    std::FILE* to_;
    bool live_;
    weir::timestamp window_{};
    std::vector<line> rows_;
    std::size_t painted_ = 0;
};

}  // namespace clickstream
