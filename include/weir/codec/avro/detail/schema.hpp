// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <weir/base/detail/shown_text.hpp>
#include <weir/base/error.hpp>
#include <weir/base/result.hpp>
#include <weir/codec/avro/detail/json.hpp>

#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace weir::avro::detail {

/// A name of the writer's as an error may show it: it may be long, and hold anything.
[[nodiscard]] inline std::string shown_name(std::string_view name) { return weir::detail::shown_text(name, 256); }

/// What a value of a schema is made of.
enum class kind : std::uint8_t {
    null, boolean, int_, long_, float_, double_, bytes, string, fixed, enum_, record, array, map, union_,
};

/// What a value means beyond that.
enum class logical : std::uint8_t {
    none, date, time_millis, time_micros, timestamp_millis, timestamp_micros, timestamp_nanos, decimal, uuid,
};

[[nodiscard]] constexpr std::string_view name_of(kind what) noexcept {
    constexpr std::string_view names[] = {"null",  "boolean", "int",  "long",   "float", "double", "bytes",
                                          "string", "fixed",  "enum", "record", "array", "map",    "union"};
    return names[static_cast<std::size_t>(what)];
}

/// A part of a schema. Parts refer to each other by number, since a record may contain itself.
struct schema_node {
    struct field {
        std::string name;
        std::uint32_t node;
    };

    kind what = kind::null;
    logical means = logical::none;
    std::string name{};                   ///< with its namespace: of a record, an enum, a fixed
    std::int64_t size = 0;                ///< of a fixed
    std::int32_t precision = 0;           ///< of a decimal
    std::int32_t scale = 0;
    std::vector<field> fields{};          ///< of a record
    std::vector<std::string> symbols{};   ///< of an enum
    std::vector<std::uint32_t> inner{};   ///< the items of an array, the values of a map, the branches of a union
};

/// A schema that was understood.
struct schema {
    std::vector<schema_node> nodes{};
    std::uint32_t root = 0;

    [[nodiscard]] schema_node const& at(std::uint32_t number) const noexcept { return nodes[number]; }

    /// A part in words, for errors: `long (timestamp-millis)`, `union of null and string`, `record shop.click`.
    [[nodiscard]] std::string words(std::uint32_t number) const {
        schema_node const& node = nodes[number];
        std::string text(name_of(node.what));
        if (node.what == kind::union_) {
            if (node.inner.empty()) return "union of nothing";
            text += " of ";
            for (std::size_t i = 0; i < node.inner.size(); ++i) {
                schema_node const& branch = nodes[node.inner[i]];
                if (i != 0) text += i + 1 == node.inner.size() ? " and " : ", ";
                text += branch.name.empty() ? std::string(name_of(branch.what)) : shown_name(branch.name);
                if (text.size() > 200) return text + " …";
            }
        }
        if (!node.name.empty()) text.append(" ").append(shown_name(node.name));
        if (node.what == kind::fixed) text.append(" of ").append(std::to_string(node.size)).append(" bytes");
        constexpr std::string_view meanings[] = {
            "", "date", "time-millis", "time-micros", "timestamp-millis", "timestamp-micros", "timestamp-nanos", "", "uuid"};
        if (node.means == logical::decimal)
            text += " (decimal(" + std::to_string(node.precision) + ", " + std::to_string(node.scale) + "))";
        else if (node.means != logical::none)
            text.append(" (").append(meanings[static_cast<std::size_t>(node.means)]).append(")");
        return text;
    }
};

/// Understands schemas as the specification has them (1.12); aliases and defaults of the writer do not matter to a reader.
/// Time: `n log n` of their length, whatever they hold. They nest no deeper than their JSON may.
class schema_parser {
public:
    /// The longest name of a type with its namespace, in bytes. Every type within has the namespace in front of its own, so
    /// without a bound a megabyte of schema could ask for gigabytes of names.
    static constexpr std::size_t longest_name = 1024;

    /// `before`: schemas whose names this one may use, those they use first.
    [[nodiscard]] result<schema> parse(std::string_view text, std::span<std::string const> before = {}) {
        for (std::string const& other : before)
            if (!read(other)) return std::move(why_);
        if (!read(text)) return std::move(why_);
        return std::move(made_);
    }

private:
    using json = json_value::kind;

    bool fail(std::string cause, std::string place = {}) {
        why_ = error{.component = "avro",
                     .place = place.empty() ? "schema" : "schema: " + shown_name(place),
                     .cause = std::move(cause)};
        return false;
    }

    bool read(std::string_view text) {
        json_parser parser;
        auto const document = parser.parse(text);
        // A schema that is a name alone may be sent without its quotes.
        if (!document && text.find_first_of("{[\"") == std::string_view::npos && primitive(text))
            return add(schema_node{.what = *primitive(text)}, made_.root);
        if (!document) return fail("it is no JSON: " + parser.problem());
        return read(*document, "", made_.root);
    }

    [[nodiscard]] static std::optional<kind> primitive(std::string_view name) noexcept {
        for (kind const what : {kind::null, kind::boolean, kind::int_, kind::long_, kind::float_, kind::double_,
                                kind::bytes, kind::string})
            if (name == name_of(what)) return what;
        return std::nullopt;
    }

    bool add(schema_node node, std::uint32_t& number) {
        number = static_cast<std::uint32_t>(made_.nodes.size());
        made_.nodes.push_back(std::move(node));
        return true;
    }

    bool read(json_value const& from, std::string const& space, std::uint32_t& number) {
        if (from.is(json::text)) return read_name(from.text, space, number);
        if (from.is(json::array)) return read_union(from, space, number);
        if (!from.is(json::object)) return fail("a schema is a name, an array or an object");
        json_value const* const type = from.find("type");
        if (!type) return fail("an object has no \"type\"", std::string(from.text_of("name")));
        if (!type->is(json::text)) return read(*type, space, number);
        std::string_view const name = type->text;
        if (name == "record" || name == "error") return read_record(from, space, number);
        if (name == "enum") return read_enum(from, space, number);
        if (name == "fixed") return read_fixed(from, space, number);
        if (name == "array") return read_container(from, kind::array, "items", space, number);
        if (name == "map") return read_container(from, kind::map, "values", space, number);
        if (auto const what = primitive(name)) {
            schema_node node{.what = *what};
            read_meaning(from, node);
            return add(std::move(node), number);
        }
        return read_name(name, space, number);
    }

    bool read_name(std::string_view name, std::string const& space, std::uint32_t& number) {
        if (auto const what = primitive(name)) return add(schema_node{.what = *what}, number);
        auto found = names_.find(full_name(name, space));
        if (found == names_.end()) found = names_.find(std::string(name));
        if (found == names_.end()) return fail("the type '" + shown_name(name) + "' is not defined");
        number = found->second;
        return true;
    }

    [[nodiscard]] static std::string full_name(std::string_view name, std::string const& space) {
        if (space.empty() || name.find('.') != std::string_view::npos) return std::string(name);
        return space + "." + std::string(name);
    }

    /// Makes a part that has a name, and the namespace for the names inside of it.
    bool begin_named(json_value const& from, kind what, std::string const& space, std::uint32_t& number, std::string& inside) {
        std::string_view const name = from.text_of("name");
        if (name.empty()) return fail("a " + std::string(name_of(what)) + " has no name");
        json_value const* const own = from.find("namespace");
        std::string const full = full_name(name, own && own->is(json::text) ? own->text : space);
        if (full.size() > longest_name)
            return fail("a name, with its namespace, is longer than " + std::to_string(longest_name) + " bytes");
        std::size_t const dot = full.rfind('.');
        inside = dot == std::string::npos ? std::string() : full.substr(0, dot);
        add(schema_node{.what = what, .name = full}, number);
        if (!names_.emplace(full, number).second) return fail("the name '" + shown_name(full) + "' is defined twice");
        return true;
    }

    bool read_record(json_value const& from, std::string const& space, std::uint32_t& number) {
        std::string inside;
        if (!begin_named(from, kind::record, space, number, inside)) return false;
        json_value const* const fields = from.find("fields");
        std::string const record = made_.nodes[number].name;
        if (!fields || !fields->is(json::array)) return fail("it has no fields", record);
        std::set<std::string_view> seen;
        for (json_value const& field : fields->items) {
            std::string_view const name = field.text_of("name");
            json_value const* const type = field.find("type");
            if (name.empty() || !type) return fail("a field has no name or no type", record);
            if (!seen.insert(name).second) return fail("two fields are called '" + shown_name(name) + "'", record);
            std::uint32_t node = 0;
            if (!read(*type, inside, node)) return false;
            made_.nodes[number].fields.push_back({std::string(name), node});
        }
        return true;
    }

    bool read_enum(json_value const& from, std::string const& space, std::uint32_t& number) {
        std::string inside;
        if (!begin_named(from, kind::enum_, space, number, inside)) return false;
        json_value const* const symbols = from.find("symbols");
        if (!symbols || !symbols->is(json::array)) return fail("it has no symbols", made_.nodes[number].name);
        for (json_value const& symbol : symbols->items) made_.nodes[number].symbols.push_back(symbol.text);
        return true;
    }

    bool read_fixed(json_value const& from, std::string const& space, std::uint32_t& number) {
        std::string inside;
        if (!begin_named(from, kind::fixed, space, number, inside)) return false;
        auto const size = from.number_of("size");
        if (!size || *size < 0 || *size > (std::int64_t{1} << 30))
            return fail("a fixed needs a size from 0 to 2^30", made_.nodes[number].name);
        made_.nodes[number].size = *size;
        read_meaning(from, made_.nodes[number]);
        return true;
    }

    bool read_container(json_value const& from, kind what, std::string_view key, std::string const& space,
                        std::uint32_t& number) {
        json_value const* const inner = from.find(key);
        if (!inner) return fail("a " + std::string(name_of(what)) + " has no \"" + std::string(key) + "\"");
        std::uint32_t node = 0;
        if (!read(*inner, space, node)) return false;
        schema_node made{.what = what};
        made.inner.push_back(node);
        return add(std::move(made), number);
    }

    bool read_union(json_value const& from, std::string const& space, std::uint32_t& number) {
        schema_node made{.what = kind::union_};
        // A type that has a name is defined once, so its number stands for the name.
        std::set<std::pair<kind, std::uint32_t>> seen;
        for (json_value const& branch : from.items) {
            std::uint32_t node = 0;
            if (!read(branch, space, node)) return false;
            schema_node const& content = made_.nodes[node];
            if (content.what == kind::union_) return fail("a union stands directly in a union");
            if (!seen.emplace(content.what, content.name.empty() ? 0 : node).second)
                return fail("a union has two branches of the type " + made_.words(node));
            made.inner.push_back(node);
        }
        return add(std::move(made), number);
    }

    /// A logical type that does not fit is passed over, as the specification wants it.
    static void read_meaning(json_value const& from, schema_node& node) {
        std::string_view const name = from.text_of("logicalType");
        auto const means = [&](std::string_view other, kind of, logical meaning) {
            if (name == other && node.what == of) node.means = meaning;
        };
        means("date", kind::int_, logical::date);
        means("time-millis", kind::int_, logical::time_millis);
        means("time-micros", kind::long_, logical::time_micros);
        for (std::string_view const before : {std::string_view(), std::string_view("local-")}) {
            if (!name.starts_with(before)) continue;
            std::string_view const rest = name.substr(before.size());
            if (node.what != kind::long_) continue;
            if (rest == "timestamp-millis") node.means = logical::timestamp_millis;
            if (rest == "timestamp-micros") node.means = logical::timestamp_micros;
            if (rest == "timestamp-nanos") node.means = logical::timestamp_nanos;
        }
        means("uuid", kind::string, logical::uuid);
        if (node.size == 16) means("uuid", kind::fixed, logical::uuid);
        if (name != "decimal" || (node.what != kind::bytes && node.what != kind::fixed)) return;
        auto const precision = from.number_of("precision");
        auto const scale = from.find("scale") ? from.number_of("scale") : std::int64_t{0};
        if (!precision || !scale || *precision < 1 || *precision > 1'000'000 || *scale < 0 || *scale > *precision) return;
        node.means = logical::decimal;
        node.precision = static_cast<std::int32_t>(*precision);
        node.scale = static_cast<std::int32_t>(*scale);
    }

    schema made_{};
    std::map<std::string, std::uint32_t, std::less<>> names_{};
    error why_{};
};

}  // namespace weir::avro::detail
