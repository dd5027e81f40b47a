// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <weir/adapter/elasticsearch/detail/document_fields.hpp>
#include <weir/adapter/elasticsearch/detail/index_pattern.hpp>
#include <weir/adapter/elasticsearch/options.hpp>
#include <weir/base/byte_buffer.hpp>
#include <weir/base/columns.hpp>
#include <weir/base/error.hpp>
#include <weir/base/hash.hpp>
#include <weir/base/key_columns.hpp>
#include <weir/codec/detail/names_columns.hpp>
#include <weir/codec/ndjson.hpp>
#include <weir/pipeline/change.hpp>
#include <weir/pipeline/record.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

namespace weir::elasticsearch {

/// The longest `_id` that servers take, in bytes.
inline constexpr std::size_t longest_id = 512;

namespace detail {

template <class Item>
struct row_in {
    using type = Item;
    static constexpr bool may_be_erased = false;
};
template <class Row>
struct row_in<change<Row>> {
    using type = Row;
    static constexpr bool may_be_erased = true;
};

/// What the codec needs to know of the columns, by their numbers. A record's columns are known only when it comes.
struct bulk_plan {
    std::vector<std::string> fields{};  ///< `"NAME":` of each column; empty: it is in no document
    std::vector<std::size_t> key{};
    std::size_t index_time = 0;
    std::string problem{};
};

/// A column as the plan sees it.
struct bulk_column {
    std::string_view name;
    bool is_key;
    bool is_time;
    bool can_be_key;
};

/// Holds the options against the columns.
inline bulk_plan plan_bulk(options const& chosen, index_pattern const& index, std::vector<bulk_column> const& columns) {
    bulk_plan plan;
    auto const number_of = [&](std::string_view name) {
        std::size_t at = 0;
        while (at < columns.size() && columns[at].name != name) ++at;
        return at;
    };
    auto const require = [&](std::string const& name, std::string_view option) {
        std::size_t const at = number_of(name);
        if (at != columns.size() || !plan.problem.empty()) return at;
        plan.problem = "options::" + std::string(option) + " names the column '" + name +
                       "', which the row does not have; its columns are ";
        for (auto const& column : columns)
            plan.problem.append(&column == &columns.front() ? "" : ", ").append(column.name);
        return at;
    };
    for (auto const& name : chosen.omit) require(name, "omit");
    for (auto const& [name, field] : chosen.rename) require(name, "rename");

    std::vector<std::string> names;
    for (auto const& column : columns) {
        std::string field;
        if (!holds(chosen.omit, column.name)) {
            std::string name;
            assign_field_name(name, chosen, column.name);
            if (holds(names, name)) plan.problem = "two columns would be the field '" + name + "'";
            byte_buffer quoted;
            append_json_text(quoted, name);
            field.assign(quoted.view()).push_back(':');
            names.push_back(std::move(name));
        }
        plan.fields.push_back(std::move(field));
    }
    if (chosen.mode == write_mode::upsert) {
        for (auto const& name : chosen.key) plan.key.push_back(require(name, "key"));
        if (chosen.key.empty()) {
            for (std::size_t i = 0; i < columns.size(); ++i)
                if (columns[i].is_key) plan.key.push_back(i);
            std::size_t const start = number_of("window_start");
            if (!plan.key.empty() && start != columns.size() && !columns[start].is_key) plan.key.push_back(start);
        }
        if (plan.key.empty())
            plan.problem =
                "it is not known what tells rows apart: options::key names the columns, or options::mode says that "
                "rows "
                "are appended";
        for (std::size_t const at : plan.key)
            if (at < columns.size() && !columns[at].can_be_key)
                plan.problem = "the column '" + std::string(columns[at].name) +
                               "' cannot be a part of an _id: it is no number, text or time";
    }
    if (index.dated()) {
        std::string name = chosen.index_time;
        for (std::string_view usual : {"window_start", "window_end"})
            if (std::size_t const at = number_of(usual); name.empty() && at != columns.size() && columns[at].is_time)
                name = usual;
        for (auto const& column : columns)
            if (name.empty() && column.is_time) name = column.name;
        plan.index_time = name.empty() ? columns.size() : require(name, "index_time");
        if (plan.problem.empty() && (plan.index_time == columns.size() || !columns[plan.index_time].is_time))
            plan.problem =
                "options::index asks for a time, and " +
                (name.empty() ? std::string("the row has none") : "the column '" + name + "' is no weir::timestamp");
    }
    return plan;
}

}  // namespace detail

/// Writes rows as the body of a `_bulk` request: for each an action in a line, and, but for a `delete`, its document in
/// the next: `{"index":{"_id":"/cart|2015-05-17T10:05:00Z"}}`, `{"window_start":…,"page":"/cart","clicks":7}`.
///
/// Item: a row, a plain struct, a record, or with `TakesBack` a `change` of a row: one that is erased becomes a `delete`.
/// The action names the index only where its name depends on the row. How values are written says `append_json`; times
/// as `options::times` has it. Refused are rows whose key is longer than `longest_id`, which lack a key column (a record
/// may), or have no time for the index's name. Cost: the encoding; nothing is allocated a row.
template <class Item, bool TakesBack = detail::row_in<Item>::may_be_erased>
class bulk {
public:
    using row_type = std::conditional_t<TakesBack, typename detail::row_in<Item>::type, Item>;

    explicit bulk(options chosen) : options_(std::move(chosen)), index_(options_.index) {
        std::string problem = index_.problem();
        if constexpr (!std::is_same_v<row_type, record>) {
            std::vector<detail::bulk_column> columns;
            for_each_column<row_type>([&](auto i) {
                using type = column_type<row_type, i()>;
                columns.push_back({column_name<row_type, i()>, is_key_column<row_type, i()>, detail::is_time<type>,
                                   detail::can_be_key<type>});
            });
            plan_ = detail::plan_bulk(options_, index_, columns);
            if (problem.empty()) problem = plan_.problem;
        } else if (options_.mode == write_mode::upsert && options_.key.empty()) {
            problem =
                "it is not known what tells records apart: options::key names the columns, or options::mode says that "
                "they are "
                "appended";
        }
        std::string advice;
        if (problem.empty() && TakesBack && appends() && !options_.drop_erased) {
            problem = "rows of this stream can be taken back, and what is appended stays";
            advice = "write_mode::upsert deletes them; options::drop_erased = true says that they may stay";
        }
        if (!problem.empty())
            problem_ = error{.component = "elasticsearch",
                             .place = "index '" + options_.index + "'",
                             .cause = std::move(problem),
                             .advice = std::move(advice)};
    }

    /// What is wrong with the options, or null.
    [[nodiscard]] error const* problem() const noexcept { return problem_ ? &*problem_ : nullptr; }

    /// Whether rows are only added, so that none can be taken back.
    [[nodiscard]] bool appends() const noexcept { return options_.mode != write_mode::upsert; }

    /// Appends the lines of one row.
    bool encode(Item const& item, byte_buffer& into, error& why) {
        if constexpr (TakesBack) return put(item.row, item.kind == change_kind::erase, into, why);
        else return put(item, false, into, why);
    }

private:
    bool put(row_type const& row, bool erased, byte_buffer& into, error& why) {
        bool const once = options_.mode == write_mode::append_once;
        if (erased && appends()) return refuse(why, "it was taken back, and what is appended stays");
        if (once) {
            document_.clear();
            put_document(row, document_);
        }
        into.append(erased ? "{\"delete\":{" : once ? "{\"create\":{" : "{\"index\":{");
        if (index_.dated()) {
            std::optional<timestamp> const time = index_time_of(row);
            into.append("\"_index\":\"");
            if (!time || !index_.append(into, *time))
                return refuse(why,
                              time ? "its time has no year of four digits" : "it has no time for the index's name");
            into.append(options_.mode == write_mode::append ? "\"" : "\",");
        }
        if (once) {
            into.append("\"_id\":\"");
            put_hash(into);
            into.push_back('"');
        } else if (options_.mode == write_mode::upsert) {
            id_.clear();
            if (!put_key(row, id_)) return refuse(why, "it lacks a column of options::key");
            if (id_.size() > longest_id)
                return refuse(why, "its key is longer than 512 bytes, which is the most for an _id");
            // The empty text is no _id; a single backslash stands for no other key.
            if (id_.empty()) id_.push_back('\\');
            into.append("\"_id\":");
            append_json_text(into, id_.view());
        }
        into.append("}}\n");
        if (erased) return true;
        if (once) into.append(document_.view());
        else put_document(row, into);
        into.push_back('\n');
        return true;
    }

    static bool refuse(error& why, std::string_view cause) {
        why = {.component = "elasticsearch", .cause = "the row cannot be sent: " + std::string(cause)};
        return false;
    }

    void put_document(row_type const& row, byte_buffer& into) {
        into.push_back('{');
        bool first = true;
        if constexpr (std::is_same_v<row_type, record>) {
            visit_columns(row, [&](std::string_view name, auto const& value) {
                if (detail::holds(options_.omit, name)) return;
                if (!std::exchange(first, false)) into.push_back(',');
                detail::assign_field_name(field_, options_, name);
                append_json_text(into, field_);
                into.push_back(':');
                detail::append_field_value(into, value, options_.times);
            });
        } else {
            for_each_column<row_type>([&](auto i) {
                if (plan_.fields[i()].empty()) return;
                if (!std::exchange(first, false)) into.push_back(',');
                into.append(plan_.fields[i()]);
                detail::append_field_value(into, column_value<i()>(row), options_.times);
            });
        }
        into.push_back('}');
    }

    /// Two hashes of eight bytes: equal documents have equal ids, in every process.
    void put_hash(byte_buffer& into) const {
        constexpr std::string_view digits = "0123456789abcdef";
        for (std::uint64_t const seed : {0x7765697265646f63U, 0x6f6e63656f6e6c79U}) {
            std::uint64_t const hash = hash_bytes(document_.view(), seed);
            for (int shift = 60; shift >= 0; shift -= 4) into.push_back(digits[hash >> shift & 15]);
        }
    }

    bool put_key(row_type const& row, byte_buffer& into) const {
        bool first = true;
        if constexpr (std::is_same_v<row_type, record>) {
            for (std::string const& wanted : options_.key) {
                bool found = false;
                visit_columns(row, [&](std::string_view name, auto const& value) {
                    if (name != wanted || std::exchange(found, true)) return;
                    if (!std::exchange(first, false)) into.push_back('|');
                    detail::append_key_value(into, value);
                });
                if (!found) return false;
            }
        } else {
            for (std::size_t const wanted : plan_.key) {
                if (!std::exchange(first, false)) into.push_back('|');
                for_each_column<row_type>([&](auto i) {
                    if (i() == wanted) detail::append_key_value(into, column_value<i()>(row));
                });
            }
        }
        return true;
    }

    [[nodiscard]] std::optional<timestamp> index_time_of(row_type const& row) const {
        std::optional<timestamp> time;
        if constexpr (std::is_same_v<row_type, record>) {
            int best = 0;  // of the usual names the first that is there, else the first time
            visit_columns(row, [&](std::string_view name, auto const& value) {
                int const worth = !options_.index_time.empty() ? (name == options_.index_time ? 4 : 0)
                                  : name == "window_start"     ? 3
                                  : name == "window_end"       ? 2
                                                               : 1;
                std::optional<timestamp> const found = detail::time_of(value);
                if (!found || worth <= best) return;
                best = worth;
                time = found;
            });
        } else {
            for_each_column<row_type>([&](auto i) {
                if (i() == plan_.index_time) time = detail::time_of(column_value<i()>(row));
            });
        }
        return time;
    }

    options options_;
    detail::index_pattern index_;
    detail::bulk_plan plan_{};
    std::optional<error> problem_{};
    byte_buffer id_{};
    byte_buffer document_{};
    std::string field_{};
};

}  // namespace weir::elasticsearch
