// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <simdjson.h>

#ifdef __SSE2__
#include <emmintrin.h>
#endif

#include <cstddef>
#include <cstdint>
#include <string_view>

#include "data.hpp"

namespace bench::ndjson_clicks {

/// The three of a click's seven fields that the count needs; the texts are views into the block or into the parser.
struct click_fields {
    std::int64_t ts_ms;
    std::string_view page;
    std::string_view country;
};

/// Sixteen bytes a step, which for such short texts is faster than a call of memchr. It may look at up to fifteen bytes
/// behind the text: a JSON text has padding behind it.
[[gnu::always_inline]] inline bool has_backslash(std::string_view text) {
#ifdef __SSE2__
    __m128i const backslash = _mm_set1_epi8('\\');
    for (std::size_t at = 0; at < text.size(); at += 16) {
        __m128i const bytes = _mm_loadu_si128(reinterpret_cast<__m128i const*>(text.data() + at));
        auto const found = static_cast<unsigned>(_mm_movemask_epi8(_mm_cmpeq_epi8(bytes, backslash)));
        std::size_t const left = text.size() - at;
        if ((found & (left < 16 ? (1U << left) - 1 : 0xffffU)) != 0) return true;
    }
    return false;
#else
    return text.find('\\') != std::string_view::npos;
#endif
}

/// A text as it stands in the document when nothing in it is escaped, which spares a copy; unescaped otherwise.
[[gnu::always_inline]] inline bool read_text(simdjson::ondemand::value value, std::string_view& into) {
    std::string_view token = value.raw_json_token();
    if (token.front() != '"') return false;
    token.remove_prefix(1);
    token = token.substr(0, token.rfind('"'));
    if (has_backslash(token)) return !value.get_string().get(into);
    into = token;
    return true;
}

[[gnu::always_inline]] inline bool read_click(
    simdjson::simdjson_result<simdjson::ondemand::document_reference> document, click_fields& into) {
    simdjson::ondemand::object object;
    simdjson::ondemand::value text;
    if (document.get_object().get(object)) return false;
    if (object.find_field("ts").get_int64().get(into.ts_ms)) return false;
    if (object.find_field("page").get(text) || !read_text(text, into.page)) return false;
    return !object.find_field("country").get(text) && read_text(text, into.country);
}

/// The same with simdjson's own way to read a text, which copies it.
[[gnu::always_inline]] inline bool read_click_copying(
    simdjson::simdjson_result<simdjson::ondemand::document_reference> document, click_fields& into) {
    simdjson::ondemand::object object;
    if (document.get_object().get(object)) return false;
    if (object.find_field("ts").get_int64().get(into.ts_ms)) return false;
    if (object.find_field("page").get_string().get(into.page)) return false;
    return !object.find_field("country").get_string().get(into.country);
}

// The readers above are inlined by order: a compiler that has many loops in one file to look at stops inlining
// simdjson's small functions, and the same loop then takes up to half as long again.

/// Calls `each(click)` for every click of a block, and `broken()` for every document that is not one.
template <auto Read, class Each, class Broken>
void for_each_click(simdjson::ondemand::parser& parser, std::string_view block, Each&& each, Broken&& broken) {
#ifdef SIMDJSON_THREADS_ENABLED
    parser.threaded = false;  // one thread on both sides
#endif
    simdjson::ondemand::document_stream documents;
    if (parser.iterate_many(block.data(), block.size(), block.size()).get(documents)) return broken();
    for (auto document : documents) {
        click_fields click;
        if (Read(document, click)) each(click);
        else broken();
    }
}

}  // namespace bench::ndjson_clicks
