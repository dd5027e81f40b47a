// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <weir/adapter/elasticsearch/detail/document_fields.hpp>
#include <weir/adapter/elasticsearch/detail/index_pattern.hpp>
#include <weir/adapter/elasticsearch/options.hpp>
#include <weir/base/byte_buffer.hpp>
#include <weir/base/columns.hpp>
#include <weir/codec/ndjson.hpp>

#include <concepts>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>

namespace weir::elasticsearch {

namespace detail {

template <class T>
concept has_content = requires(T const& value) {
    value.has_value();
    *value;
};
template <class T>
concept has_elements = requires(T const& value) {
    value.begin();
    value.end();
};

/// Appends how the server is to index values of this type. An array is indexed as its elements are.
template <class T>
void append_mapping(byte_buffer& to) {
    if constexpr (std::is_same_v<T, bool>) {
        to.append("{\"type\":\"boolean\"}");
    } else if constexpr (std::is_same_v<T, timestamp>) {
        to.append("{\"type\":\"date\"}");
    } else if constexpr (std::is_convertible_v<T const&, std::string_view> || std::is_enum_v<T>) {
        to.append("{\"type\":\"keyword\"}");
    } else if constexpr (std::integral<T>) {
        to.append("{\"type\":\"long\"}");
    } else if constexpr (std::floating_point<T>) {
        to.append("{\"type\":\"double\"}");
    } else if constexpr (requires {
                             typename T::rep;
                             typename T::period;
                         }) {
        append_mapping<typename T::rep>(to);
    } else if constexpr (has_content<T>) {
        append_mapping<std::remove_cvref_t<decltype(*std::declval<T const&>())>>(to);
    } else if constexpr (columnar<T>) {
        to.append("{\"properties\":{");
        for_each_column<T>([&](auto i) {
            if (i() != 0) to.push_back(',');
            append_json_text(to, column_name<T, i()>);
            to.push_back(':');
            append_mapping<column_type<T, i()>>(to);
        });
        to.append("}}");
    } else if constexpr (has_elements<T>) {
        append_mapping<std::remove_cvref_t<decltype(*std::declval<T const&>().begin())>>(to);
    } else {
        to.append("{\"type\":\"keyword\"}");
    }
}

}  // namespace detail

/// The name under which the sink puts its template.
[[nodiscard]] inline std::string template_name_of(options const& chosen) {
    return chosen.template_name.empty() ? "weir-" + detail::index_pattern(chosen.index).stem() : chosen.template_name;
}

/// The field that a column has in the documents: the column's name, or what `rename` and `upper_case` make of it.
[[nodiscard]] inline std::string field_name_of(options const& chosen, std::string_view column) {
    std::string field;
    detail::assign_field_name(field, chosen, column);
    return field;
}

/// The index template for rows of this type as JSON, for `PUT /_index_template/NAME` (Elasticsearch 7.8 and later, every
/// OpenSearch): times are `date`, texts and enums `keyword`, integers and spans of time `long`, numbers `double`, truth
/// values `boolean`, structs objects. Of the options it takes the index, how fields are named, and shards and replicas.
///
/// Unsigned integers of 2^63 and more are refused by a `long`: such rows become dead letters. A text of more than 32,766
/// bytes is refused by a `keyword`.
template <columnar Row>
[[nodiscard]] std::string index_template(options const& chosen) {
    byte_buffer text;
    text.append("{\"index_patterns\":[");
    append_json_text(text, detail::index_pattern(chosen.index).wildcard());
    text.append("],\"priority\":100,\"template\":{\"settings\":{\"number_of_shards\":");
    append_json(text, chosen.shards);
    text.append(",\"number_of_replicas\":");
    append_json(text, chosen.replicas);
    text.append("},\"mappings\":{\"properties\":{");
    bool first = true;
    std::string field;
    for_each_column<Row>([&](auto i) {
        if (detail::holds(chosen.omit, column_name<Row, i()>)) return;
        if (!std::exchange(first, false)) text.push_back(',');
        detail::assign_field_name(field, chosen, column_name<Row, i()>);
        append_json_text(text, field);
        text.push_back(':');
        detail::append_mapping<column_type<Row, i()>>(text);
    });
    text.append("}}}}");
    return std::string(text.view());
}

}  // namespace weir::elasticsearch
