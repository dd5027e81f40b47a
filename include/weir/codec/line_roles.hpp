// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <weir/base/error.hpp>
#include <weir/base/result.hpp>
#include <weir/codec/detail/line_text.hpp>
#include <weir/time/timestamp.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace weir {

/// The unit of a point's time.
enum class line_precision { nanoseconds, microseconds, milliseconds, seconds };

/// How `/write` of InfluxDB 1.x spells a precision.
[[nodiscard]] constexpr std::string_view v1_name(line_precision p) noexcept {
    constexpr std::string_view names[] = {"n", "u", "ms", "s"};
    return names[static_cast<std::size_t>(p)];
}
/// How `/api/v2/write` spells it.
[[nodiscard]] constexpr std::string_view v2_name(line_precision p) noexcept {
    constexpr std::string_view names[] = {"ns", "us", "ms", "s"};
    return names[static_cast<std::size_t>(p)];
}

/// Which column becomes what in a point.
struct line_protocol_options {
    std::string measurement{};
    /// Columns that are tags. Empty: the columns of the row's key, or where the row does not know its key, those that
    /// are texts or enums; with `guess_tags` false: none.
    ///
    /// Two points of equal tags and time are one point: what tells rows apart must be a tag, numbers too.
    std::vector<std::string> tags{};
    bool guess_tags = true;
    /// Columns that are fields. Empty: all that are neither tag nor time. Times become integer fields in microseconds.
    std::vector<std::string> fields{};
    /// Columns left out.
    std::vector<std::string> omit{};
    /// The column that is the point's time. Empty: `window_end`, else `window_start`, else the first that is a time.
    std::string time{};
    line_precision precision = line_precision::microseconds;
    bool unsigned_fields = false;  ///< write unsigned integers as `1u`: InfluxDB 2 and later only
    bool omit_empty_tags = false;  ///< leave an empty tag out instead of refusing the row
};

enum class line_role : std::uint8_t { omitted, tag, field, time };

/// What the choice of roles needs to know of a column.
struct line_column {
    enum class nature { text, number, time };
    std::string_view name{};
    nature what = nature::number;
    bool is_key = false;
};
using line_columns = std::vector<line_column>;

namespace detail {

template <class T>
[[nodiscard]] constexpr line_column::nature line_nature_of() noexcept {
    if constexpr (std::is_same_v<T, timestamp>) return line_column::nature::time;
    else if constexpr (is_text<T> || std::is_enum_v<T>) return line_column::nature::text;
    else return line_column::nature::number;
}

inline error line_options_error(std::string cause, std::string advice = {}) {
    return {.component = "line_protocol", .cause = std::move(cause), .advice = std::move(advice)};
}

/// Why a name cannot be a measurement, a tag or a field; empty when it can.
inline std::string line_name_problem(std::string_view name) {
    if (name.empty()) return "is empty";
    if (name.size() > 1000) return "is longer than 1000 bytes";
    if (std::any_of(name.begin(), name.end(), [](char c) { return static_cast<unsigned char>(c) < 0x20; }))
        return "holds a control character";
    if (name.find('\\') != std::string_view::npos) return "holds a backslash, which servers read differently";
    return {};
}

inline std::string escaped_measurement(std::string_view name) {
    std::string text;
    for (char c : name) {
        if (c == ',' || c == ' ') text += '\\';
        text += c;
    }
    return text;
}

/// Writes a time in steps of the precision.
[[gnu::always_inline]] inline line_misfit put_line_time(char*& at, timestamp time, line_precision precision) noexcept {
    std::int64_t const micros = time.time_since_epoch().count();
    constexpr std::int64_t furthest = 9'223'372'036'854'775;
    if (micros > furthest || micros < -furthest) [[unlikely]]
        return line_misfit::time_range;
    std::int64_t steps = micros;
    switch (precision) {
        case line_precision::nanoseconds:
            steps = micros * 1000;
            break;
        case line_precision::microseconds:
            break;
        case line_precision::milliseconds:
            steps = micros / 1000;
            break;
        case line_precision::seconds:
            steps = micros / 1'000'000;
            break;
    }
    std::int64_t const step = precision == line_precision::seconds        ? 1'000'000
                              : precision == line_precision::milliseconds ? 1000
                                                                          : 1;
    if (step != 1 && steps * step != micros) [[unlikely]]
        return line_misfit::inexact_time;
    at = put_decimal(at, steps);
    return line_misfit::none;
}

}  // namespace detail

/// The role of each column, by the options; an error names what does not fit together.
[[nodiscard]] inline result<std::vector<line_role>> choose_line_roles(line_protocol_options const& options,
                                                                      line_columns const& columns) {
    using nature = line_column::nature;
    if (std::string const problem = detail::line_name_problem(options.measurement); !problem.empty())
        return detail::line_options_error("the measurement's name " + problem);
    if (options.measurement.front() == '#')
        return detail::line_options_error("the measurement's name begins with '#', as a comment does");

    std::vector<line_role> roles(columns.size(), line_role::omitted);
    std::vector<bool> chosen(columns.size(), false);
    std::string unknown;
    auto const choose = [&](std::string const& name, line_role role, std::string_view option) {
        std::size_t at = 0;
        while (at < columns.size() && columns[at].name != name) ++at;
        if (at == columns.size())
            unknown =
                "the option " + std::string(option) + " names the column '" + name + "', which the row does not have";
        else if (chosen[at]) unknown = "the column '" + name + "' is chosen twice";
        else {
            chosen[at] = true;
            roles[at] = role;
        }
        return at;
    };
    std::string time = options.time;
    for (std::string_view usual : {"window_end", "window_start"})
        for (auto const& column : columns)
            if (time.empty() && column.what == nature::time && column.name == usual) time = column.name;
    for (auto const& column : columns)
        if (time.empty() && column.what == nature::time) time = column.name;
    if (time.empty())
        return detail::line_options_error("no column is a time, and points without one cannot be sent again safely",
                                          "add a weir::timestamp to the row");
    std::size_t const time_at = choose(time, line_role::time, "time");
    if (unknown.empty() && columns[time_at].what != nature::time)
        unknown = "the column '" + time + "' is no weir::timestamp";
    for (auto const& name : options.omit) choose(name, line_role::omitted, "omit");
    for (auto const& name : options.tags) choose(name, line_role::tag, "tags");
    for (auto const& name : options.fields) choose(name, line_role::field, "fields");
    if (!unknown.empty()) {
        std::string all;
        for (auto const& column : columns) all.append(all.empty() ? "" : ", ").append(column.name);
        return detail::line_options_error(unknown, "its columns are " + all);
    }
    bool const knows_key = std::any_of(columns.begin(), columns.end(), [](auto const& c) { return c.is_key; });
    bool any_field = false;
    for (std::size_t i = 0; i < columns.size(); ++i) {
        bool const like_a_tag =
            knows_key ? columns[i].is_key && columns[i].what != nature::time : columns[i].what == nature::text;
        if (!chosen[i] && options.tags.empty() && options.guess_tags && like_a_tag) roles[i] = line_role::tag;
        else if (!chosen[i] && options.fields.empty()) roles[i] = line_role::field;
        any_field = any_field || roles[i] == line_role::field;
        if (roles[i] != line_role::tag && roles[i] != line_role::field) continue;
        std::string problem = detail::line_name_problem(columns[i].name);
        if (columns[i].name == "time") problem = "is the name that servers give to the point's own time";
        if (!problem.empty())
            return detail::line_options_error("the column name '" + std::string(columns[i].name) + "' " + problem);
    }
    if (!any_field) return detail::line_options_error("no column is left to be a field, and a point needs one");
    return roles;
}

}  // namespace weir
