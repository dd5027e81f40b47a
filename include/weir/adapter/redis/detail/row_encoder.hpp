// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <weir/adapter/redis/detail/commands.hpp>
#include <weir/adapter/redis/detail/fill_pattern.hpp>
#include <weir/adapter/redis/detail/pattern.hpp>
#include <weir/adapter/redis/detail/values.hpp>
#include <weir/adapter/redis/options.hpp>
#include <weir/base/byte_buffer.hpp>
#include <weir/base/columns.hpp>
#include <weir/base/error.hpp>
#include <weir/codec/ndjson.hpp>
#include <weir/pipeline/change.hpp>

#include <algorithm>
#include <charconv>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

namespace weir::redis::detail {

/// What a row encoder reads out of the options, once: patterns held against the columns, and what is wrong with them.
struct row_plan {
    struct named_column {
        std::string name;
        std::size_t column;
    };

    data_type type;
    time_text times;
    pattern key{};
    pattern field{};
    pattern value{};
    pattern id{};
    named_column score{};
    std::vector<named_column> columns{};  ///< of a stream, or of a hash without `field`
    bool all_columns = false;             ///< of a record: those of the row that `key` does not name
    std::string time_to_live{};           ///< in milliseconds; empty: for ever
    std::string problem{};

    row_plan(options const& chosen, known_columns const& known, bool rows_change) : type(chosen.type), times(chosen.times) {
        key = pattern::read(chosen.key, "key", known, problem);
        field = pattern::read(chosen.field, "field", known, problem);
        value = pattern::read(chosen.value, "value", known, problem);
        id = pattern::read(chosen.id, "id", known, problem);
        if (!chosen.score.empty() && problem.empty()) known.check(chosen.score, "score", problem);
        score = {chosen.score, known.find(chosen.score)};
        choose_columns(chosen, known);
        if (problem.empty()) problem = misuse(chosen, rows_change);
        auto const life = std::chrono::ceil<std::chrono::milliseconds>(chosen.time_to_live).count();
        if (life > 0) time_to_live = std::to_string(life);
    }

    [[nodiscard]] bool by_columns() const noexcept {
        return type == data_type::stream || (type == data_type::hash && field.empty());
    }

private:
    void choose_columns(options const& chosen, known_columns const& known) {
        for (std::string const& name : chosen.columns) {
            if (problem.empty()) known.check(name, "columns", problem);
            columns.push_back({name, known.find(name)});
        }
        if (!columns.empty()) return;
        all_columns = !known.all;
        for (std::size_t i = 0; i < known.names.size(); ++i)
            if (!key.names(known.names[i])) columns.push_back({std::string(known.names[i]), i});
    }

    [[nodiscard]] std::string misuse(options const& chosen, bool rows_change) const {
        bool const hash = type == data_type::hash;
        bool const stream = type == data_type::stream;
        bool const ranked = type == data_type::sorted_set;
        if (chosen.key.empty()) return "options::key is empty";
        if (!hash && !chosen.field.empty()) return "options::field belongs to data_type::hash";
        if (ranked && chosen.score.empty()) return "options::score is empty: a sorted set needs the column that ranks";
        if (ranked && chosen.value.empty()) return "options::value is empty: a sorted set needs its members";
        if (!ranked && !chosen.score.empty()) return "options::score belongs to data_type::sorted_set";
        if (!stream && !chosen.id.empty()) return "options::id belongs to data_type::stream";
        if (by_columns() && !chosen.value.empty())
            return hash ? "options::value needs options::field" : "options::value does not belong to data_type::stream";
        if (!by_columns() && !chosen.columns.empty())
            return "options::columns belongs to data_type::stream, or to a hash without options::field";
        if (by_columns() && columns.empty() && !all_columns) return "options::key names every column: nothing is left to store";
        if (chosen.time_to_live < duration::zero()) return "options::time_to_live is negative";
        if (stream && rows_change)
            return "entries of a stream cannot be replaced or taken back, and rows of this pipeline can: put "
                   "`| weir::changelog()` before the sink, which makes each change an entry of its own";
        return {};
    }
};

/// Writes rows as commands. A change is written as what it leaves behind: the row as it is now, or its absence.
template <class Row>
class row_encoder {
public:
    row_encoder(options const& chosen, bool rows_change) : plan_(chosen, columns_of<Row>(), rows_change) {
        if (!plan_.problem.empty()) problem_ = error{.component = "redis", .cause = plan_.problem};
    }

    /// What is wrong with the options, or null.
    [[nodiscard]] error const* problem() const noexcept { return problem_ ? &*problem_ : nullptr; }

    bool encode(Row const& row, byte_buffer& into, error& why) {
        return address(row, key_, name_, why) && write(row, into, why);
    }
    bool encode(change<Row> const& item, byte_buffer& into, error& why) {
        if (!address(item.row, key_, name_, why)) return false;
        if (item.kind == change_kind::erase) {
            return erase(item.row, key_, name_, true, into) || nothing_left(why);
        }
        if (!write(item.row, into, why)) return false;
        if (item.kind == change_kind::update && address(item.before, old_key_, old_name_, why) &&
            (key_.view() != old_key_.view() || name_.view() != old_name_.view()))
            erase(item.before, old_key_, old_name_, false, into);
        return true;
    }

private:
    /// Where a row is stored: its key, and within it the field or the member.
    bool address(Row const& row, byte_buffer& key, byte_buffer& name, error& why) {
        name.clear();
        if (!fill(plan_.key, "key", plan_.times, row, key, why)) return false;
        if (plan_.type == data_type::hash && !plan_.field.empty())
            return fill(plan_.field, "field", plan_.times, row, name, why);
        return plan_.type != data_type::sorted_set || fill(plan_.value, "value", plan_.times, row, name, why);
    }

    bool write(Row const& row, byte_buffer& into, error& why) {
        bool const lives_for_ever = plan_.time_to_live.empty();
        if (plan_.type == data_type::hash && !plan_.by_columns()) {
            if (!fill_value(row, why)) return false;
            command(into, {"HSET", key_, name_, value_});
        } else if (plan_.type == data_type::hash) {
            if (!write_fields(row, into)) return nothing_left(why);
        } else if (plan_.type == data_type::string) {
            if (!fill_value(row, why)) return false;
            if (lives_for_ever) command(into, {"SET", key_, value_});
            else command(into, {"SET", key_, value_, "PX", plan_.time_to_live});
            return true;
        } else if (plan_.type == data_type::sorted_set) {
            value_.clear();
            if (!with_column(row, plan_.score.column, plan_.score.name, [&](auto const& v) { return append_score(value_, v); })) {
                why = {.component = "redis", .place = plan_.score.name, .cause = "the value is no number, and so no score"};
                return false;
            }
            command(into, {"ZADD", key_, value_, name_});
        } else if (!write_entry(row, into, why)) {
            return false;
        }
        if (!lives_for_ever) command(into, {"pexpire", key_, plan_.time_to_live});
        return true;
    }

    /// Columns without a value are absent fields: what an earlier row left there goes away.
    bool write_fields(Row const& row, byte_buffer& into) {
        std::size_t const absent = gather(row);
        if (pairs_ != 0) {
            append_command(into, 2 + 2 * pairs_);
            append_argument(into, "HSET");
            append_argument(into, key_);
            into.append(arguments_);
        }
        if (absent == 0) return pairs_ != 0;
        append_command(into, 2 + absent);
        append_argument(into, pairs_ != 0 ? "hdel" : "HDEL");
        append_argument(into, key_);
        into.append(absent_);
        return true;
    }

    /// A record may have no columns but those of the key. Without a command of its own a row could not be told from the one
    /// before it.
    static bool nothing_left(error& why) {
        why = {.component = "redis", .cause = "the row has no columns but those that options::key names"};
        return false;
    }

    bool write_entry(Row const& row, byte_buffer& into, error& why) {
        value_.clear();
        if (plan_.id.empty()) {
            value_.append("*");
        } else {
            if (!fill(plan_.id, "id", time_text::milliseconds, row, text_, why)) return false;
            if (!make_id(text_)) {
                why = {.component = "redis",
                       .place = "options::id",
                       .cause = "'" + std::string(text_.view().substr(0, 64)) + "' is no id of an entry",
                       .advice = "an id is a number, or two with '-' between them"};
                return false;
            }
        }
        gather(row);
        if (pairs_ == 0) {
            why = {.component = "redis", .cause = "no column has a value, and an entry needs one"};
            return false;
        }
        append_command(into, 3 + 2 * pairs_);
        append_argument(into, "XADD");
        append_argument(into, key_);
        append_argument(into, value_);
        into.append(arguments_);
        return true;
    }

    /// An id as Redis shows it, so that what is read back can be compared.
    bool make_id(std::string_view text) {
        std::uint64_t parts[2] = {};
        std::size_t const dash = text.find('-');
        for (std::size_t i = 0; i < (dash == std::string_view::npos ? 1u : 2u); ++i) {
            std::string_view const part = i == 0 ? text.substr(0, dash) : text.substr(dash + 1);
            auto const [end, code] = std::from_chars(part.data(), part.data() + part.size(), parts[i]);
            if (code != std::errc() || end != part.data() + part.size()) return false;
        }
        append_value(value_, parts[0], {});
        value_.push_back('-');
        append_value(value_, parts[1], {});
        return true;
    }

    /// Collects names and values, and the names of what has no value; returns how many these are.
    std::size_t gather(Row const& row) {
        arguments_.clear();
        absent_.clear();
        pairs_ = 0;
        std::size_t absent = 0;
        auto const take = [&](std::string_view name, auto const& value) {
            text_.clear();
            if (append_value(text_, value, plan_.times)) {
                append_argument(arguments_, name);
                append_argument(arguments_, text_);
                ++pairs_;
            } else {
                append_argument(absent_, name);
                ++absent;
            }
            return true;
        };
        for (auto const& one : plan_.columns)
            with_column(row, one.column, one.name, [&](auto const& value) { return take(one.name, value); });
        if constexpr (!weir::detail::knows_columns<Row>)
            if (plan_.all_columns)
                visit_columns(row, [&](std::string_view name, auto const& value) {
                    if (!plan_.key.names(name)) take(name, value);
                });
        return absent;
    }

    /// False, with nothing written, when there is nothing to delete.
    bool erase(Row const& row, byte_buffer const& key, byte_buffer const& name, bool first, byte_buffer& into) {
        if (plan_.type == data_type::string) return command(into, {first ? "DEL" : "del", key});
        if (plan_.type == data_type::sorted_set) return command(into, {first ? "ZREM" : "zrem", key, name});
        if (!plan_.by_columns()) return command(into, {first ? "HDEL" : "hdel", key, name});
        std::size_t fields = 0;
        absent_.clear();
        auto const take = [&](std::string_view column) {
            append_argument(absent_, column);
            ++fields;
        };
        for (auto const& one : plan_.columns) take(one.name);
        if constexpr (!weir::detail::knows_columns<Row>)
            if (plan_.all_columns)
                visit_columns(row, [&](std::string_view column, auto const&) {
                    if (!plan_.key.names(column)) take(column);
                });
        static_cast<void>(row);
        if (fields == 0) return false;
        append_command(into, 2 + fields);
        append_argument(into, first ? "HDEL" : "hdel");
        append_argument(into, key);
        into.append(absent_);
        return true;
    }

    bool fill_value(Row const& row, error& why) {
        if (!plan_.value.empty()) return fill(plan_.value, "value", plan_.times, row, value_, why);
        value_.clear();
        append_json(value_, row);
        return true;
    }

    bool fill(pattern const& from, std::string_view option, time_text times, Row const& row, byte_buffer& into, error& why) {
        into.clear();
        pattern::piece const* const empty = fill_pattern(from, times, row, into);
        if (empty)
            why = {.component = "redis",
                   .place = empty->text,
                   .cause = std::string("the column has no value, and options::").append(option).append(" names it")};
        return !empty;
    }

    static bool command(byte_buffer& into, std::initializer_list<std::string_view> arguments) {
        append_command(into, arguments.size());
        for (std::string_view one : arguments) append_argument(into, one);
        return true;
    }

    row_plan plan_;
    std::optional<error> problem_{};
    byte_buffer key_{};
    byte_buffer name_{};
    byte_buffer old_key_{};
    byte_buffer old_name_{};
    byte_buffer value_{};
    byte_buffer text_{};
    byte_buffer arguments_{};
    byte_buffer absent_{};
    std::size_t pairs_ = 0;
};

}  // namespace weir::redis::detail
