// SPDX-License-Identifier: Apache-2.0
#pragma once
#include "click.hpp"

#include <weir/codec/access_log.hpp>

#include <algorithm>
#include <charconv>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace clickstream {

/// What the command line may call a column, and how to read it. The columns of a key are chosen at run time here; a
/// program that knows them writes `key_by<&click::page, &click::country>()` and needs none of this.
template <class Item>
struct field {
    std::string_view name;
    std::string_view (*text)(Item const&) = nullptr;
    std::int64_t (*number)(Item const&) = nullptr;
};

template <class Item>
std::vector<field<Item>> fields_of();

template <>
inline std::vector<field<click>> fields_of<click>() {
    return {{"page", [](click const& c) { return c.page; }},
            {"country", [](click const& c) { return c.country; }},
            {"device", [](click const& c) { return c.device; }},
            {"user_id", [](click const& c) { return c.user_id; }}};
}

template <>
inline std::vector<field<weir::access_log_entry>> fields_of<weir::access_log_entry>() {
    using entry = weir::access_log_entry;
    return {{"status", nullptr, [](entry const& e) { return static_cast<std::int64_t>(e.status); }},
            {"method", [](entry const& e) { return e.method; }},
            {"address", [](entry const& e) { return e.address; }},
            {"path", [](entry const& e) { return e.path; }}};
}

/// The columns chosen by `names`; what is no column of the item is `unknown`.
template <class Item>
std::vector<field<Item>> choose_fields(std::vector<std::string> const& names, std::string& unknown) {
    std::vector<field<Item>> chosen;
    auto const all = fields_of<Item>();
    for (std::string const& name : names) {
        auto const found = std::find_if(all.begin(), all.end(), [&](auto const& each) { return each.name == name; });
        if (found != all.end()) chosen.push_back(*found);
        else unknown = name;
    }
    return chosen;
}

/// The key of an item: its chosen columns, one behind the other, each with its length before it, so that no two keys
/// look alike. The view lives until the next call.
template <class Item>
class composite_key {
public:
    explicit composite_key(std::vector<field<Item>> fields) : fields_(std::move(fields)) {}

    std::string_view operator()(Item const& item) const {
        text_.clear();
        for (auto const& each : fields_) {
            char digits[24];
            std::string_view part;
            if (each.number) {
                auto const end = std::to_chars(digits, digits + sizeof digits, each.number(item)).ptr;
                part = {digits, static_cast<std::size_t>(end - digits)};
            } else {
                part = each.text(item);
            }
            auto const size = static_cast<std::uint32_t>(part.size());
            text_.append(reinterpret_cast<char const*>(&size), sizeof size).append(part);
        }
        return text_;
    }

private:
    std::vector<field<Item>> fields_;
    mutable std::string text_;
};

/// Takes a key apart again, into columns of a record.
template <class Item>
void add_key_columns(weir::record& into, std::string_view key, std::vector<field<Item>> const& fields) {
    for (auto const& each : fields) {
        std::uint32_t size = 0;
        key.copy(reinterpret_cast<char*>(&size), sizeof size);
        std::string_view const part = key.substr(sizeof size, size);
        key.remove_prefix(sizeof size + size);
        if (each.number) {
            std::int64_t number = 0;
            std::from_chars(part.data(), part.data() + part.size(), number);
            into.add(each.name, number);
        } else {
            into.add(each.name, part);
        }
    }
}

/// The column that `--distinct` counts, as an aggregate function of its own.
template <class Item>
struct distinct_values {
    static constexpr std::string_view name = "distinct";
    field<Item> column{};

    [[nodiscard]] weir::arena_set<std::string_view> init() const { return {}; }
    void add(weir::arena_set<std::string_view>& seen, Item const& item, weir::arena& memory) const {
        if (column.text) {
            seen.insert(column.text(item), memory);
        } else if (column.number) {
            char digits[24];
            auto const end = std::to_chars(digits, digits + sizeof digits, column.number(item)).ptr;
            seen.insert({digits, static_cast<std::size_t>(end - digits)}, memory);
        }
    }
    void merge(weir::arena_set<std::string_view>& into, weir::arena_set<std::string_view> const& from, weir::arena& memory) const {
        for (std::string_view value : from.values()) into.insert(value, memory);
    }
    [[nodiscard]] std::uint64_t result(weir::arena_set<std::string_view> const& seen) const { return seen.size(); }
};

}  // namespace clickstream
