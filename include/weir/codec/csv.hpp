// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <weir/base/byte_buffer.hpp>
#include <weir/base/enum_name.hpp>
#include <weir/base/error.hpp>
#include <weir/codec/detail/names_columns.hpp>
#include <weir/time/format_time.hpp>

#include <charconv>
#include <concepts>
#include <cstddef>
#include <string>
#include <string_view>
#include <type_traits>
#include <variant>
#include <vector>

namespace weir {

/// Settings of the CSV writer.
struct csv_format {
    char separator = ',';
    bool header = true;                  ///< whether a line of the columns' names comes first
    std::string_view line_end = "\r\n";  ///< as RFC 4180 has it; `"\n"` for tools that do not
};

namespace detail {

/// Appends a text as a field: in quotes where it needs them, and where it is empty, to tell it from what is absent.
inline void append_csv_text(byte_buffer& to, std::string_view text, char separator) {
    char const special[] = {separator, '"', '\r', '\n'};
    if (!text.empty() && text.find_first_of(std::string_view(special, sizeof special)) == std::string_view::npos) {
        to.append(text);
        return;
    }
    to.push_back('"');
    for (;;) {
        std::size_t const quote = text.find('"');
        to.append(text.substr(0, quote));
        if (quote == std::string_view::npos) break;
        to.append("\"\"");
        text.remove_prefix(quote + 1);
    }
    to.push_back('"');
}

template <class T>
void append_csv(byte_buffer& to, T const& value, char separator) {
    if constexpr (std::is_same_v<T, std::monostate>) {
    } else if constexpr (std::is_same_v<T, bool>) {
        to.append(value ? "true" : "false");
    } else if constexpr (std::is_convertible_v<T const&, std::string_view>) {
        append_csv_text(to, value, separator);
    } else if constexpr (std::is_enum_v<T>) {
        std::string_view const enumerator = enum_name(value);
        if (enumerator.empty()) append_csv(to, static_cast<std::underlying_type_t<T>>(value), separator);
        else append_csv_text(to, enumerator, separator);
    } else if constexpr (std::is_arithmetic_v<T>) {
        constexpr std::size_t longest = 32;  // the longest double takes 24
        char* const room = to.room_for(longest);
        if constexpr (sizeof(T) == 1) to.end_at(std::to_chars(room, room + longest, static_cast<int>(value)).ptr);
        else to.end_at(std::to_chars(room, room + longest, value).ptr);
    } else if constexpr (std::is_same_v<T, timestamp>) {
        to.end_at(format_time(value, to.room_for(longest_time_text)));
    } else if constexpr (requires {
                             typename T::rep;
                             typename T::period;
                             value.count();
                         }) {
        append_csv(to, value.count(), separator);
    } else {
        static_assert(
            requires {
                value.has_value();
                *value;
            },
            "weir: a column of this type has no form in CSV: it is no number, text, time, enum or optional of these.");
        if (value.has_value()) append_csv(to, *value, separator);
    }
}

/// Writes rows as CSV.
class csv_writer {
public:
    static constexpr std::string_view name = "csv";

    explicit csv_writer(csv_format format) : format_(format) {}

    /// Appends what comes before the first row, whose values are not looked at.
    template <names_columns Row>
    void begin(Row const& row, byte_buffer& into) {
        bool first = true;
        visit_columns(row, [&](std::string_view column, auto const&) {
            if constexpr (std::is_same_v<Row, record>) columns_.emplace_back(column);
            if (!format_.header) return;
            if (!first) into.push_back(format_.separator);
            first = false;
            append_csv_text(into, column, format_.separator);
        });
        if (format_.header) into.append(format_.line_end);
    }

    /// Appends one row. A record whose columns are not those of the first is an error: they would stand under wrong
    /// names.
    template <names_columns Row>
    bool encode(Row const& row, byte_buffer& into, error& why) {
        if constexpr (std::is_same_v<Row, record>)
            if (!has_columns_of_first(row, why)) return false;
        bool first = true;
        visit_columns(row, [&](std::string_view, auto const& value) {
            if (!first) into.push_back(format_.separator);
            first = false;
            append_csv(into, value, format_.separator);
        });
        into.append(format_.line_end);
        return true;
    }

private:
    bool has_columns_of_first(record const& row, error& why) const {
        bool same = row.columns.size() == columns_.size();
        for (std::size_t i = 0; same && i < columns_.size(); ++i) same = row.columns[i].first == columns_[i];
        if (!same)
            why = {.component = "csv",
                   .cause = "the record has other columns than the first one",
                   .advice = "a CSV file has the same columns on every line; NDJSON does not need them"};
        return same;
    }

    csv_format format_;
    std::vector<std::string> columns_{};
};

}  // namespace detail

/// Writes rows as CSV by RFC 4180, with a header line of the columns' names.
///
/// A text is put in quotes only where it has to be, and where it is empty: what is absent is an empty field without
/// quotes. Times are ISO 8601 in UTC, numbers as in JSON but for `nan` and `inf`, truth values `true` and `false`,
/// enums their names. Bytes of a text are written as they are, whatever their encoding.
[[nodiscard]] inline auto csv(csv_format format = {}) { return detail::csv_writer(format); }

}  // namespace weir
