// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <weir/adapter/clickhouse/options.hpp>
#include <weir/adapter/clickhouse/table.hpp>
#include <weir/base/detail/series.hpp>
#include <weir/base/result.hpp>
#include <weir/codec/detail/utf8.hpp>
#include <weir/codec/ndjson.hpp>
#include <weir/codec/row_binary_as.hpp>
#include <weir/pipeline/record.hpp>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

namespace weir::clickhouse::detail {

/// A value as an error shows it.
template <class T>
std::string shown_value(T const& value) {
    if constexpr (weir::detail::is_optional<T>) return value ? shown_value(*value) : "absent";
    else if constexpr (weir::detail::is_text<T>) return "'" + std::string(std::string_view(value).substr(0, 64)) + "'";
    else if constexpr (std::is_enum_v<T>) return std::to_string(static_cast<long long>(value));
    else if constexpr (std::is_same_v<T, timestamp>)
        return std::to_string(value.time_since_epoch().count()) + " us since 1970";
    else if constexpr (weir::detail::is_duration<T>) return std::to_string(value.count());
    else if constexpr (std::is_same_v<T, std::monostate>) return "absent";
    else return std::to_string(value);
}

template <class T>
error value_error(misfit what, std::string_view name, std::string const& type_text, T const& value) {
    error why{.component = "clickhouse", .place = std::string(name)};
    why.cause = "the value " + shown_value(value) + " " + std::string(to_text(what)) + " (" + type_text + ")";
    if (what == misfit::inexact_time) why.advice = "give the column a finer DateTime64, or set options::truncate_times";
    return why;
}

/// Why JSON cannot carry a value exactly; empty when it can.
template <class T>
std::string_view json_problem(T const& value) noexcept {
    if constexpr (weir::detail::is_optional<T>) {
        return value ? json_problem(*value) : std::string_view();
    } else if constexpr (weir::detail::is_text<T>) {
        return weir::detail::is_utf8(value) ? std::string_view()
                                            : "is not UTF-8, which JSON cannot carry; use data_format::row_binary";
    } else if constexpr (weir::detail::is_duration<T>) {
        return json_problem(value.count());
    } else if constexpr (std::is_floating_point_v<T>) {
        return std::isfinite(value) ? std::string_view()
                                    : "is not finite, which JSON cannot carry; use data_format::row_binary";
    } else {
        return {};
    }
}

/// Why a column cannot be filled from JSON as `ndjson` writes it; empty when it can.
inline std::string json_column_problem(table_column const& column) {
    if (column.type.what != clickhouse_type::kind::date) return {};
    return "the column '" + column.name +
           "' is a Date, which the server does not read from a time in JSON; use data_format::row_binary";
}

inline table_column const* find_column(std::vector<table_column> const& columns, std::string_view name) {
    auto const found =
        std::find_if(columns.begin(), columns.end(), [&](auto const& column) { return column.name == name; });
    return found == columns.end() ? nullptr : &*found;
}

/// Encodes rows of a known type as the table's columns want them: straight where a column is of the natural type, else
/// converted and held against its range.
template <class Row>
class table_encoder {
public:
    static constexpr bool learns_from_rows = false;

    explicit table_encoder(options const& chosen)
        : options_{chosen.truncate_times}, json_(chosen.format == data_format::json_each_row) {}

    /// The columns to make when the table is not there.
    static std::vector<wanted_column> wanted() { return wanted_columns<Row>(); }

    /// Fits the encoder to the table; the columns to insert into, in the row's order, or what does not fit.
    result<weir::detail::series<table_column const*>> bind(std::vector<table_column> const& columns, std::string_view table) {
        weir::detail::series<table_column const*> into;
        std::string problems;
        for_each_column<Row>([&](auto i) {
            using value = column_type<Row, i()>;
            table_column const* const found = find_column(columns, column_name<Row, i()>);
            std::string problem = column_problem<value>(column_name<Row, i()>, found, table);
            if (problem.empty() && json_) problem = json_column_problem(*found);
            if (!problem.empty()) problems += (problems.empty() ? "" : "; ") + problem;
            if (found == nullptr) return;
            into.push_back(found);
            types_[i()] = found->type;
            texts_[i()] = found->type_text;
            natural_[i()] = same_bytes(found->type, natural_clickhouse_type<value>);
        });
        if (!problems.empty()) return error{.component = "clickhouse", .cause = problems};
        return into;
    }

    [[gnu::always_inline]] bool encode(Row const& row, byte_buffer& into, error& why) {
        if (json_) [[unlikely]]
            return encode_json(row, into, why);
        return encode_columns(row, into, why, std::make_index_sequence<column_count<Row>>{});
    }

private:
    /// The server would not notice what does not fit (300 for a UInt8 becomes 44 there), so each value is first held
    /// against its column as for RowBinary.
    [[gnu::noinline]] bool encode_json(Row const& row, byte_buffer& into, error& why) {
        checked_.clear();
        if (!encode_columns(row, checked_, why, std::make_index_sequence<column_count<Row>>{})) return false;
        bool fits = true;
        for_each_column<Row>([&](auto i) {
            std::string_view const problem = json_problem(column_value<i()>(row));
            if (problem.empty() || !fits) return;
            fits = false;
            why = {.component = "clickhouse",
                   .place = std::string(column_name<Row, i()>),
                   .cause = "the value " + std::string(problem)};
        });
        return fits && ndjson().encode(row, into, why);
    }

    template <std::size_t... I>
    [[gnu::always_inline]] bool encode_columns(Row const& row, byte_buffer& into, error& why,
                                               std::index_sequence<I...>) const {
        constexpr std::size_t fixed = (weir::detail::fixed_room<column_type<Row, I>> + ... + sizeof...(I));
        char* at = into.room_for(fixed + (weir::detail::more_room(column_value<I>(row)) + ... + 0));
        bool const done = (put<I>(at, row, why) && ...);
        if (done) [[likely]]
            into.end_at(at);
        return done;
    }

    /// `Bool` and `UInt8` differ in name only.
    static constexpr bool same_bytes(clickhouse_type found, clickhouse_type natural) noexcept {
        if (natural.what == clickhouse_type::kind::boolean && found.what == clickhouse_type::kind::uint8)
            found.what = natural.what;
        return found == natural;
    }

    template <std::size_t I>
    [[gnu::always_inline]] bool put(char*& at, Row const& row, error& why) const {
        using value = column_type<Row, I>;
        auto const& content = column_value<I>(row);
        // An enum may lack a name, and DateTime64 a year: these are looked at in any case.
        constexpr bool always_fits =
            !weir::detail::may_have_no_name<value> && !std::is_same_v<weir::detail::content_of<value>, timestamp>;
        if constexpr (always_fits) {
            if (natural_[I]) [[likely]] {
                at = weir::detail::put_value(at, content);
                return true;
            }
        }
        misfit const what = put_as(types_[I], at, content, options_);
        if (what == misfit::none) [[likely]]
            return true;
        why = value_error(what, column_name<Row, I>, texts_[I], content);
        return false;
    }

    put_options options_;
    bool json_;
    byte_buffer checked_{};
    std::array<clickhouse_type, column_count<Row>> types_{};
    std::array<std::string, column_count<Row>> texts_{};
    std::array<bool, column_count<Row>> natural_{};
};

/// The same for rows whose columns are chosen at run time: the first one says which there are.
template <>
class table_encoder<record> {
public:
    static constexpr bool learns_from_rows = true;

    explicit table_encoder(options const& chosen)
        : options_{chosen.truncate_times}, json_(chosen.format == data_format::json_each_row) {}

    /// Takes the columns of the first record.
    void learn(record const& first) {
        names_.clear();
        wanted_.clear();
        for (auto const& [name, value] : first.columns) {
            names_.emplace_back(name);
            wanted_.push_back(
                {std::string(name), std::visit([](auto const& plain) { return natural_of(plain); }, value), false});
        }
    }

    [[nodiscard]] std::vector<wanted_column> const& wanted() const noexcept { return wanted_; }

    result<weir::detail::series<table_column const*>> bind(std::vector<table_column> const& columns, std::string_view table) {
        weir::detail::series<table_column const*> into;
        std::string problems;
        types_.clear();
        texts_.clear();
        for (auto const& want : wanted_) {
            table_column const* const found = find_column(columns, want.name);
            std::string problem = problem_of(want, found, table);
            if (problem.empty() && json_) problem = json_column_problem(*found);
            if (!problem.empty()) problems += (problems.empty() ? "" : "; ") + problem;
            if (found == nullptr) continue;
            into.push_back(found);
            types_.push_back(found->type);
            texts_.push_back(found->type_text);
        }
        if (wanted_.empty()) problems = "the first record has no columns";
        if (!problems.empty()) return error{.component = "clickhouse", .cause = problems};
        return into;
    }

    bool encode(record const& row, byte_buffer& into, error& why) {
        if (!json_) return encode_columns(row, into, why);
        checked_.clear();
        if (!encode_columns(row, checked_, why)) return false;
        for (auto const& [name, value] : row.columns) {
            std::string_view const problem = std::visit([](auto const& plain) { return json_problem(plain); }, value);
            if (problem.empty()) continue;
            why = {.component = "clickhouse", .place = std::string(name), .cause = "the value " + std::string(problem)};
            return false;
        }
        return ndjson().encode(row, into, why);
    }

private:
    bool encode_columns(record const& row, byte_buffer& into, error& why) const {
        if (!has_the_columns(row)) {
            why = {.component = "clickhouse", .cause = "the record has other columns than the first one had"};
            return false;
        }
        std::size_t room = 12 * row.columns.size();
        for (auto const& [name, value] : row.columns)
            if (auto const* const text = std::get_if<std::string_view>(&value)) room += text->size();
        char* at = into.room_for(room);
        for (std::size_t i = 0; i < types_.size(); ++i) {
            record::value const& value = row.columns[i].second;
            misfit const what = std::visit([&](auto const& plain) { return put(types_[i], at, plain); }, value);
            if (what == misfit::none) continue;
            std::visit([&](auto const& plain) { why = value_error(what, names_[i], texts_[i], plain); }, value);
            return false;
        }
        into.end_at(at);
        return true;
    }

    template <class T>
    static clickhouse_type natural_of(T const&) {
        if constexpr (std::is_same_v<T, std::monostate>) return {};
        else return natural_clickhouse_type<T>;
    }

    template <class T>
    misfit put(clickhouse_type type, char*& at, T const& value) const {
        if constexpr (std::is_same_v<T, std::monostate>) return put_as(type, at, std::optional<bool>(), options_);
        else return put_as(type, at, value, options_);
    }

    static std::string problem_of(wanted_column const& want, table_column const* found, std::string_view table) {
        using kind = clickhouse_type::kind;
        switch (want.type.what) {
            case kind::boolean:
                return column_problem<bool>(want.name, found, table);
            case kind::int64:
                return column_problem<std::int64_t>(want.name, found, table);
            case kind::uint64:
                return column_problem<std::uint64_t>(want.name, found, table);
            case kind::float64:
                return column_problem<double>(want.name, found, table);
            case kind::string:
                return column_problem<std::string_view>(want.name, found, table);
            case kind::date_time64:
                return column_problem<timestamp>(want.name, found, table);
            default:
                break;
        }
        // Without a value nothing is known of the type: each value that comes is held against the column.
        return found ? std::string() : "the row's column '" + want.name + "' is not in the table " + std::string(table);
    }

    [[nodiscard]] bool has_the_columns(record const& row) const noexcept {
        if (row.columns.size() != names_.size()) return false;
        for (std::size_t i = 0; i < names_.size(); ++i)
            if (row.columns[i].first != names_[i]) return false;
        return true;
    }

    put_options options_;
    bool json_;
    byte_buffer checked_{};
    std::vector<std::string> names_{};
    std::vector<wanted_column> wanted_{};
    std::vector<clickhouse_type> types_{};
    std::vector<std::string> texts_{};
};

}  // namespace weir::clickhouse::detail
