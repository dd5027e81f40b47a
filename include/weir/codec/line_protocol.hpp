// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <weir/base/byte_buffer.hpp>
#include <weir/base/columns.hpp>
#include <weir/base/error.hpp>
#include <weir/base/key_columns.hpp>
#include <weir/codec/detail/line_text.hpp>
#include <weir/codec/line_roles.hpp>

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace weir {

/// A row whose every column line protocol can carry.
template <class Row>
concept line_protocol_row = columnar<Row> && []<std::size_t... I>(std::index_sequence<I...>) {
    return (detail::is_column_value<column_type<Row, I>> && ...);
}(std::make_index_sequence<column_count<Row>>{});

namespace detail {

template <std::size_t Room>
struct line_name_text {
    char text[Room]{};
    std::size_t size = 0;
};

/// `,page=` with the name escaped, as it stands before a tag's or a field's value.
template <class Row, std::size_t I>
inline constexpr auto line_name = [] {
    constexpr std::string_view name = column_name<Row, I>;
    line_name_text<2 * name.size() + 2> made;
    made.text[made.size++] = ',';
    for (char c : name) {
        if (c == ',' || c == '=' || c == ' ') made.text[made.size++] = '\\';
        made.text[made.size++] = c;
    }
    made.text[made.size++] = '=';
    return made;
}();

/// The columns by name, bytewise: servers want tags in this order.
template <class Row>
inline constexpr auto columns_by_name = [] {
    std::array<std::size_t, column_count<Row>> order{};
    std::array<std::string_view, column_count<Row>> names{};
    for_each_column<Row>([&](auto i) { names[i()] = column_name<Row, i()>; });
    for (std::size_t i = 0; i < order.size(); ++i) {
        std::size_t at = i;
        for (; at > 0 && names[i] < names[order[at - 1]]; --at) order[at] = order[at - 1];
        order[at] = i;
    }
    return order;
}();

}  // namespace detail

/// InfluxDB's line protocol: one point a row, `measurement,tags fields time`. Which column is a tag, a field or the
/// time is chosen by `line_protocol_options`; names are escaped by the compiler, values as they are copied.
///
/// What line protocol cannot say is an error, never a silent change. Costs a copy of the bytes and a look at each of a
/// text's. Source: InfluxData, line protocol reference; escapes and limits as InfluxDB 1.6 and VictoriaMetrics 1.79
/// read them.
template <class Row>
class line_protocol;

template <line_protocol_row Row>
class line_protocol<Row> {
public:
    explicit line_protocol(line_protocol_options options) : options_(std::move(options)) {
        line_columns columns;
        for_each_column<Row>([&](auto i) {
            using value = detail::content_of<column_type<Row, i()>>;
            columns.push_back({column_name<Row, i()>, detail::line_nature_of<value>(), is_key_column<Row, i()>});
        });
        auto chosen = choose_line_roles(options_, columns);
        if (!chosen) {
            problem_ = chosen.problem();
            return;
        }
        for (std::size_t i = 0; i < column_count<Row>; ++i) roles_[i] = (*chosen)[i];
        beginning_ = detail::escaped_measurement(options_.measurement);
    }

    /// What is wrong with the options, or null.
    [[nodiscard]] error const* problem() const noexcept { return problem_ ? &*problem_ : nullptr; }
    /// What became of each column.
    [[nodiscard]] auto const& roles() const noexcept { return roles_; }

    /// Appends the row as one line. The error names the column.
    [[gnu::always_inline]] bool encode(Row const& row, byte_buffer& into, error& why) const {
        return encode_columns(row, into, why, std::make_index_sequence<column_count<Row>>{});
    }

private:
    using misfit = detail::line_misfit;

    template <std::size_t... I>
    [[gnu::always_inline]] bool encode_columns(Row const& row, byte_buffer& into, error& why,
                                               std::index_sequence<I...>) const {
        if (problem_) [[unlikely]] {
            why = *problem_;
            return false;
        }
        constexpr std::size_t names = (detail::line_name<Row, I>.size + ... + 0) + 64;
        char* const begin =
            into.room_for(beginning_.size() + names + (detail::line_room(column_value<I>(row)) + ... + 0));
        char* at = begin;
        std::memcpy(at, beginning_.data(), beginning_.size());
        at += beginning_.size();
        std::size_t failed = 0;
        misfit what = misfit::none;
        bool done = (put_tag<detail::columns_by_name<Row>[I]>(at, row, what, failed) && ...);
        char* const tags_end = at;
        if (done && tags_end - begin > 60'000) [[unlikely]]
            done = check_key(static_cast<std::size_t>(tags_end - begin), what);
        done = done && (put_field<I>(at, row, what, failed) && ...);
        if (done && at == tags_end) [[unlikely]] {
            done = false;
            what = misfit::no_field;
            failed = column_count<Row>;
        }
        done = done && (put_time<I>(at, row, what, failed) && ...);
        if (!done) [[unlikely]]
            return refuse(what, failed, why);
        *tags_end = ' ';
        *at++ = '\n';
        into.end_at(at);
        return true;
    }

    template <std::size_t I>
    [[gnu::always_inline]] static void put_name(char*& at) noexcept {
        std::memcpy(at, detail::line_name<Row, I>.text, detail::line_name<Row, I>.size);
        at += detail::line_name<Row, I>.size;
    }

    template <std::size_t I>
    [[gnu::always_inline]] bool put_tag(char*& at, Row const& row, misfit& what, std::size_t& failed) const noexcept {
        if (roles_[I] != line_role::tag) return true;
        auto const& value = column_value<I>(row);
        if constexpr (detail::is_optional<column_type<Row, I>>) {
            return !value || put_present_tag<I>(at, *value, what, failed);
        } else {
            return put_present_tag<I>(at, value, what, failed);
        }
    }
    template <std::size_t I, class T>
    [[gnu::always_inline]] bool put_present_tag(char*& at, T const& value, misfit& what,
                                                std::size_t& failed) const noexcept {
        char* const before = at;
        put_name<I>(at);
        what = detail::put_tag(at, value);
        if (what == misfit::none) [[likely]]
            return true;
        failed = I;
        if (what != misfit::empty_tag || !options_.omit_empty_tags) return false;
        at = before;
        return true;
    }

    template <std::size_t I>
    [[gnu::always_inline]] bool put_field(char*& at, Row const& row, misfit& what, std::size_t& failed) const noexcept {
        if (roles_[I] != line_role::field) return true;
        auto const& value = column_value<I>(row);
        if constexpr (detail::is_optional<column_type<Row, I>>) {
            return !value || put_present_field<I>(at, *value, what, failed);
        } else {
            return put_present_field<I>(at, value, what, failed);
        }
    }
    template <std::size_t I, class T>
    [[gnu::always_inline]] bool put_present_field(char*& at, T const& value, misfit& what,
                                                  std::size_t& failed) const noexcept {
        put_name<I>(at);
        what = detail::put_field(at, value, options_.unsigned_fields);
        if (what == misfit::none) [[likely]]
            return true;
        failed = I;
        return false;
    }

    template <std::size_t I>
    [[gnu::always_inline]] bool put_time(char*& at, Row const& row, misfit& what, std::size_t& failed) const noexcept {
        if constexpr (std::is_same_v<column_type<Row, I>, timestamp>) {
            if (roles_[I] != line_role::time) return true;
            *at++ = ' ';
            what = detail::put_line_time(at, column_value<I>(row), options_.precision);
            failed = I;
            return what == misfit::none;
        } else {
            return true;
        }
    }

    [[gnu::noinline]] bool check_key(std::size_t size, misfit& what) const noexcept {
        std::size_t longest_name = 0;
        for_each_column<Row>([&](auto i) { longest_name = std::max(longest_name, detail::line_name<Row, i()>.size); });
        if (size + longest_name + 4 <= detail::longest_series_key) return true;
        what = misfit::too_long;
        return false;
    }

    [[gnu::noinline]] bool refuse(misfit what, std::size_t failed, error& why) const {
        std::string_view column;
        for_each_column<Row>([&](auto i) {
            if (i() == failed) column = column_name<Row, i()>;
        });
        why = {.component = "line_protocol", .place = std::string(column), .cause = std::string(to_text(what))};
        return false;
    }

    line_protocol_options options_;
    std::array<line_role, column_count<Row>> roles_{};
    std::string beginning_{};
    std::optional<error> problem_{};
};

}  // namespace weir
