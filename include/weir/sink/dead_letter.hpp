// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <weir/base/byte_buffer.hpp>
#include <weir/codec/detail/utf8.hpp>
#include <weir/codec/ndjson.hpp>
#include <weir/pipeline/stamp.hpp>
#include <weir/sink/file.hpp>

#include <cstddef>
#include <string>
#include <string_view>
#include <utility>

namespace weir {

/// Appends bytes in base64 (RFC 4648, section 4), with padding.
inline void append_base64(byte_buffer& to, std::string_view bytes) {
    static constexpr char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    for (std::size_t at = 0; at < bytes.size(); at += 3) {
        std::string_view const group = bytes.substr(at, 3);
        unsigned bits = 0;
        for (std::size_t i = 0; i < 3; ++i)
            bits = bits << 8 | (i < group.size() ? static_cast<unsigned char>(group[i]) : 0u);
        for (std::size_t i = 0; i < 4; ++i) to.push_back(i <= group.size() ? digits[bits >> (18 - 6 * i) & 63] : '=');
    }
}

/// Writes dead letters as lines of JSON, the payload without loss: as `payload` where it is UTF-8, else as
/// `payload_base64`.
///
/// `{"component":"json","place":"web.clicks/3/1042: user.age","cause":"…","advice":"…","lane":3,"position":1042,"payload":"…"}`;
/// `advice` only where there is some, and `time` where the event time was known.
struct dead_letter_ndjson {
    static constexpr std::string_view name = "dead_letter_ndjson";

    bool encode(dead_letter const& letter, byte_buffer& into, error&) const {
        into.append("{\"component\":");
        append_json(into, letter.why.component);
        into.append(",\"place\":");
        append_json(into, letter.why.place);
        into.append(",\"cause\":");
        append_json(into, letter.why.cause);
        if (!letter.why.advice.empty()) {
            into.append(",\"advice\":");
            append_json(into, letter.why.advice);
        }
        into.append(",\"lane\":");
        append_json(into, letter.at.lane);
        into.append(",\"position\":");
        append_json(into, letter.at.position);
        if (letter.at.time != beginning_of_time) {
            into.append(",\"time\":");
            append_json(into, letter.at.time);
        }
        if (detail::is_utf8(letter.payload)) {
            into.append(",\"payload\":");
            append_json_text(into, letter.payload);
        } else {
            into.append(",\"payload_base64\":\"");
            append_base64(into, letter.payload);
            into.push_back('"');
        }
        into.append("}\n");
        return true;
    }
};

/// A file of what could not be handled: `job.dead_letters_to(dead_letter_file("rejected.ndjson"))`.
[[nodiscard]] inline auto dead_letter_file(std::string path, file_output options = {}) {
    return file(std::move(path), dead_letter_ndjson{}, std::move(options));
}

}  // namespace weir
