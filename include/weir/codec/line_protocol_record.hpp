// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <weir/codec/line_protocol.hpp>
#include <weir/pipeline/record.hpp>

#include <algorithm>
#include <cstddef>
#include <cstring>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

namespace weir {

/// Line protocol of rows whose columns are chosen at run time. The roles are chosen from the first record's columns,
/// and again whenever the columns change; a column without a value is left out.
///
/// Costs a comparison of the names and a branch on the type beside what a typed row costs.
template <>
class line_protocol<record> {
public:
    explicit line_protocol(line_protocol_options options) : options_(std::move(options)) {
        std::string const problem = detail::line_name_problem(options_.measurement);
        if (!problem.empty()) problem_ = detail::line_options_error("the measurement's name " + problem);
        beginning_ = detail::escaped_measurement(options_.measurement);
    }

    /// What is wrong with the options as far as no record is needed to tell, or null.
    [[nodiscard]] error const* problem() const noexcept { return problem_ ? &*problem_ : nullptr; }

    /// Appends the record as one line. The error names the column.
    bool encode(record const& row, byte_buffer& into, error& why) {
        if (problem_) return refuse(*problem_, why);
        if (!is_as_planned(row)) {
            plan(row);
            if (misplanned_) return refuse(*misplanned_, why);
        }
        char* const begin = into.room_for(beginning_.size() + room_of(row) + 64);
        char* at = begin;
        std::memcpy(at, beginning_.data(), beginning_.size());
        at += beginning_.size();
        for (std::size_t const i : tags_)
            if (!put_tag(at, row.columns[i].second, names_[i], row.columns[i].first, why)) return false;
        char* const tags_end = at;
        if (static_cast<std::size_t>(tags_end - begin) + longest_name_ + 4 > detail::longest_series_key)
            return refuse(detail::line_misfit::too_long, {}, why);
        for (std::size_t const i : fields_)
            if (!put_field(at, row.columns[i].second, names_[i], row.columns[i].first, why)) return false;
        if (at == tags_end) return refuse(detail::line_misfit::no_field, {}, why);
        auto const* const time = std::get_if<timestamp>(&row.columns[time_].second);
        if (time == nullptr) return refuse(detail::line_options_error("the time is absent"), why);
        *tags_end = ' ';
        *at++ = ' ';
        detail::line_misfit const what = detail::put_line_time(at, *time, options_.precision);
        if (what != detail::line_misfit::none) return refuse(what, row.columns[time_].first, why);
        *at++ = '\n';
        into.end_at(at);
        return true;
    }

private:
    using misfit = detail::line_misfit;

    [[nodiscard]] bool is_as_planned(record const& row) const noexcept {
        if (misplanned_ || row.columns.size() != columns_.size()) return false;
        for (std::size_t i = 0; i < columns_.size(); ++i)
            if (row.columns[i].first != columns_[i]) return false;
        return !columns_.empty();
    }

    void plan(record const& row) {
        columns_.clear();
        names_.clear();
        tags_.clear();
        fields_.clear();
        misplanned_.reset();
        longest_name_ = 0;
        line_columns described;
        for (auto const& [name, value] : row.columns) {
            columns_.emplace_back(name);
            names_.push_back(escaped(name));
            longest_name_ = std::max(longest_name_, names_.back().size());
            using nature = line_column::nature;
            // A text that is absent in the first record could not be told from a number.
            described.push_back({name, std::holds_alternative<timestamp>(value)          ? nature::time
                                       : std::holds_alternative<std::string_view>(value) ? nature::text
                                                                                         : nature::number});
        }
        auto const roles = choose_line_roles(options_, described);
        if (!roles) {
            misplanned_ = roles.problem();
            return;
        }
        for (std::size_t i = 0; i < roles->size(); ++i) {
            if ((*roles)[i] == line_role::tag) tags_.push_back(i);
            else if ((*roles)[i] == line_role::field) fields_.push_back(i);
            else if ((*roles)[i] == line_role::time) time_ = i;
        }
        std::sort(tags_.begin(), tags_.end(), [&](std::size_t a, std::size_t b) { return columns_[a] < columns_[b]; });
    }

    static std::string escaped(std::string_view name) {
        std::string text = ",";
        for (char c : name) {
            if (c == ',' || c == '=' || c == ' ') text += '\\';
            text += c;
        }
        return text + '=';
    }

    [[nodiscard]] std::size_t room_of(record const& row) const noexcept {
        std::size_t room = 0;
        for (std::size_t i = 0; i < row.columns.size(); ++i) {
            auto const* const text = std::get_if<std::string_view>(&row.columns[i].second);
            room += names_[i].size() + (text ? detail::line_room(*text) : 33);
        }
        return room;
    }

    bool put_tag(char*& at, record::value const& value, std::string const& name, std::string_view column,
                 error& why) const {
        if (std::holds_alternative<std::monostate>(value)) return true;
        char* const before = at;
        std::memcpy(at, name.data(), name.size());
        at += name.size();
        misfit const what = std::visit(
            [&](auto const& plain) {
                if constexpr (std::is_same_v<decltype(plain), std::monostate const&>) return misfit::none;
                else return detail::put_tag(at, plain);
            },
            value);
        if (what == misfit::none) return true;
        if (what != misfit::empty_tag || !options_.omit_empty_tags) return refuse(what, column, why);
        at = before;
        return true;
    }

    bool put_field(char*& at, record::value const& value, std::string const& name, std::string_view column,
                   error& why) const {
        if (std::holds_alternative<std::monostate>(value)) return true;
        std::memcpy(at, name.data(), name.size());
        at += name.size();
        misfit const what = std::visit(
            [&](auto const& plain) {
                if constexpr (std::is_same_v<decltype(plain), std::monostate const&>) return misfit::none;
                else return detail::put_field(at, plain, options_.unsigned_fields);
            },
            value);
        return what == misfit::none || refuse(what, column, why);
    }

    static bool refuse(misfit what, std::string_view column, error& why) {
        return refuse({.component = "line_protocol", .place = std::string(column), .cause = std::string(to_text(what))},
                      why);
    }
    static bool refuse(error const& reason, error& why) {
        why = reason;
        return false;
    }

    line_protocol_options options_;
    std::string beginning_{};
    std::vector<std::string> columns_{};
    std::vector<std::string> names_{};
    std::vector<std::size_t> tags_{};
    std::vector<std::size_t> fields_{};
    std::size_t time_ = 0;
    std::size_t longest_name_ = 0;
    std::optional<error> problem_{};
    std::optional<error> misplanned_{};
};

}  // namespace weir
