// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <weir/base/byte_buffer.hpp>
#include <weir/base/error.hpp>
#include <weir/codec/avro/types.hpp>

#include <algorithm>
#include <compare>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <optional>
#include <string>
#include <string_view>

/// \file How a record says which schema wrote it, as Confluent's serializers do it: a byte 0 and a number of 32 bits, or a
/// byte 1 and a GUID; before the document, or in a header of the record, where the document then stands bare.

namespace weir::avro {

/// The name of the header in which a record's key or value names its schema.
inline constexpr std::string_view key_schema_header = "__key_schema_id";
inline constexpr std::string_view value_schema_header = "__value_schema_id";

/// Names a schema in a registry: by the registry's own number, or by a GUID that is the same in every registry.
class schema_id {
public:
    schema_id() = default;
    explicit constexpr schema_id(std::int32_t number) noexcept : number_(number) {}
    explicit constexpr schema_id(uuid const& guid) noexcept : has_guid_(true), guid_(guid) {}

    [[nodiscard]] constexpr bool is_guid() const noexcept { return has_guid_; }
    [[nodiscard]] constexpr std::int32_t number() const noexcept { return number_; }  ///< when it is no GUID
    [[nodiscard]] constexpr uuid const& guid() const noexcept { return guid_; }       ///< when it is one

    friend constexpr bool operator==(schema_id const&, schema_id const&) = default;
    friend constexpr auto operator<=>(schema_id const&, schema_id const&) = default;

private:
    bool has_guid_ = false;
    std::int32_t number_ = 0;
    uuid guid_{};
};

/// In words: `id 7`, `guid 123e4567-e89b-12d3-a456-426614174000`.
[[nodiscard]] inline std::string to_string(schema_id const& id) {
    return id.is_guid() ? "guid " + to_string(id.guid()) : "id " + std::to_string(id.number());
}

/// Takes the name of a schema off the front of `bytes`: of a payload, or of a header's value. Nothing, with `bytes` as
/// they were and `why` filled in, when none stands there.
[[nodiscard]] inline std::optional<schema_id> take_schema_id(std::string_view& bytes, error& why) {
    auto const byte = [&](std::size_t i) { return static_cast<unsigned char>(bytes[i]); };
    std::size_t const size = bytes.empty() ? 0 : byte(0) == 0 ? 5 : byte(0) == 1 ? 17 : 0;
    if (size == 0 || bytes.size() < size) {
        why = {.component = "avro",
               .place = {},
               .cause = "the payload ends within its schema id",
               .advice = "is the topic written by a serializer of a schema registry?"};
        if (bytes.empty()) why.cause = "the payload is empty, where a schema id should stand";
        else if (size == 0)
            why.cause = "the payload begins with the byte " + std::to_string(byte(0)) + ", not with 0 (an id) or 1 (a GUID)";
        return std::nullopt;
    }
    std::optional<schema_id> found;
    if (size == 5) {
        std::uint32_t number = 0;
        for (std::size_t i = 1; i < size; ++i) number = number << 8 | byte(i);
        found = schema_id(static_cast<std::int32_t>(number));
    } else {
        uuid guid;
        std::memcpy(guid.bytes.data(), bytes.data() + 1, guid.bytes.size());
        found = schema_id(guid);
    }
    bytes.remove_prefix(size);
    return found;
}

/// Appends the name of a schema, to be followed by the document or to be a header's value.
inline void append_schema_id(schema_id const& id, byte_buffer& into) {
    char* at = into.room_for(17);
    *at++ = id.is_guid() ? '\1' : '\0';
    if (id.is_guid()) {
        std::memcpy(at, id.guid().bytes.data(), id.guid().bytes.size());
        at += id.guid().bytes.size();
    } else {
        auto const number = static_cast<std::uint32_t>(id.number());
        for (unsigned shift = 32; shift != 0; shift -= 8) *at++ = static_cast<char>(number >> (shift - 8));
    }
    into.end_at(at);
}

/// Where a written record names its schema.
enum class framing {
    prefix,  ///< before the document: what every reader understands
    header,  ///< in a header of the record; the document stands bare
};

}  // namespace weir::avro
