// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <weir/base/byte_buffer.hpp>
#include <weir/base/detail/owner.hpp>
#include <weir/base/error.hpp>
#include <weir/base/result.hpp>
#include <weir/codec/avro/detail/reader.hpp>
#include <weir/codec/avro/detail/resolver.hpp>
#include <weir/codec/avro/detail/schema.hpp>
#include <weir/codec/avro/detail/writer.hpp>
#include <weir/codec/avro/types.hpp>

#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <utility>

/// \file Avro's binary encoding to and from plain structs, bytes only: no file format, no registry.

namespace weir::avro {

/// How far a document may go before it is refused: it may come from anybody.
struct binary_options {
    std::size_t deepest = 64;                         ///< records, arrays and maps within each other
    std::size_t most_items = std::size_t{1} << 20;  ///< of all its arrays and maps; fields without bytes
};

/// What a writer's schema and the struct `T` have come to: a plan that is made once and then decodes any number of
/// documents. It may be moved, and be used by one thread at a time or, as `const`, by several.
template <class T>
    requires(detail::mappable<T>())
class reading {
public:
    /// Resolves the schema, JSON as its writer registered it, against `T`. `references`: schemas whose names it uses,
    /// each after those that it uses itself. The error names the field and both types.
    [[nodiscard]] static result<reading> of(std::string_view schema, std::span<std::string const> references = {},
                                            binary_options options = {}) {
        auto understood = detail::schema_parser().parse(schema, references);
        if (!understood) return understood.problem();
        auto made = detail::resolver(*understood).template resolve_whole<T>();
        if (!made) return made.problem();
        return reading(std::move(*made), options);
    }

    /// Decodes one document, all of `bytes`. What `into` holds from a document before is written over, its memory used
    /// again; views refer to `bytes`. False with `why` filled in: its place is the field.
    [[nodiscard]] bool decode(std::string_view bytes, T& into, error& why) const {
        detail::machine from(plan_, {.deepest = options_.deepest, .most_items = options_.most_items}, bytes);
        if (detail::read(from, from.root(), into)) [[likely]] {
            if (from.left() == 0) [[likely]]
                return true;
            static_cast<void>(from.fail("something follows the end of the document"));
        }
        why = {.component = "avro", .place = from.place(), .cause = from.cause(), .advice = {}};
        return false;
    }

private:
    reading(detail::plan made, binary_options options) : plan_(std::move(made)), options_(options) {}

    detail::plan plan_;
    binary_options options_;
};

/// Decodes bare documents of one known schema: what `binary<T>` makes. A `decoder`.
template <class T>
class binary_decoder {
public:
    using output = T;

    binary_decoder(std::string_view schema, binary_options options) : reading_(reading<T>::of(schema, {}, options)) {}

    [[nodiscard]] bool decode(std::string_view payload, T& into, error& why) {
        if (reading_) [[likely]] return reading_->decode(payload, into, why);
        why = reading_.problem();
        return false;
    }

    /// Why the schema cannot be read as a `T`, or null.
    [[nodiscard]] error const* problem() const noexcept { return reading_ ? nullptr : &reading_.problem(); }

private:
    result<reading<T>> reading_;
};

namespace detail {

/// Stands in for the decoder of a type that cannot be read, so that one error is all that its user reads.
template <class T>
struct no_decoder {
    using output = T;
    bool decode(std::string_view, T&, error&) { return false; }
};

template <class T>
consteval bool explain_mappable() {
    static_assert(mappable<T>(),
                  "weir: T, or the type of one of its members, has no place in Avro. It reads and writes plain structs (or those "
                  "that list their members in weir::members_of), std::optional (not of itself), std::vector, std::array, maps "
                  "with text keys, bool, integers, float, double, std::string, std::string_view, std::vector<std::byte>, "
                  "std::span<std::byte const>, weir::timestamp, std::chrono::sys_days, durations, weir::avro::decimal, "
                  "weir::avro::uuid, and enums by name.");
    return mappable<T>();
}

}  // namespace detail

/// Decodes bare Avro documents whose schema is known beforehand: `decode(avro::binary<click>(schema_text))`. For topics
/// whose records name their schema see `avro::decode` (adapter/avro.hpp).
///
/// A member is read from the field of its name, or of one of its `avro::aliases`; further fields are passed over. A member
/// that the schema lacks keeps its initial value where it has a default (`avro::defaulted`), else the schema is refused.
/// Numbers are promoted as Avro has it: int to long, float, double; long to float, double; float to double; a union is read
/// branch by branch, and one that does not fit is a dead letter when it comes.
template <class T>
[[nodiscard]] auto binary(std::string_view schema, binary_options options = {}) {
    if constexpr (detail::explain_mappable<T>()) return binary_decoder<T>(schema, options);
    else return detail::no_decoder<T>();
}

/// The schema of `T`, as JSON: what `encode` writes. Made at the first call.
///
/// `std::optional` is a union of null and the type; a `timestamp` is `timestamp-micros`, after `.in(epoch::milliseconds)`
/// `timestamp-millis`; members with a default (`avro::defaulted`) and with `avro::aliases` say so.
template <class T>
[[nodiscard]] std::string const& schema_of() {
    static std::string const text = [] {
        detail::schema_writer made;
        if constexpr (detail::explain_mappable<T>()) made.template write<T>({});
        return std::move(made.text);
    }();
    return text;
}

/// Appends an object in the encoding of `schema_of<T>()`. False with `why` filled in when a member cannot be said: an
/// unsigned number above 2^63, an enum without a name, a text that is no UTF-8; `into` then holds a part.
template <class T>
[[nodiscard]] bool append(T const& item, byte_buffer& into, error& why) {
    if constexpr (detail::explain_mappable<T>()) {
        detail::writer made(into);
        if (made.template write<T>(item, {})) [[likely]] return true;
        why = {.component = "avro", .place = made.place(), .cause = std::string(made.cause()), .advice = {}};
    }
    return false;
}

}  // namespace weir::avro
