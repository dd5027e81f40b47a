// SPDX-License-Identifier: Apache-2.0
#pragma once
#if !__has_include(<simdjson.h>)
#error "weir: <weir/adapter/simdjson.hpp> needs simdjson: install libsimdjson-dev (Debian), or simdjson (vcpkg, Conan)."
#endif
#include <weir/adapter/simdjson/detail/block.hpp>
#include <weir/adapter/simdjson/detail/index.hpp>
#include <weir/adapter/simdjson/detail/options.hpp>
#include <weir/adapter/simdjson/detail/reader.hpp>
#include <weir/adapter/simdjson/detail/shape.hpp>
#include <weir/base/detail/owner.hpp>
#include <weir/base/detail/poll_memory.hpp>
#include <weir/base/error.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

namespace weir {

/// Decodes JSON documents into objects of type `T`: what `json<T>()` makes, and says. A `decoder` and a
/// `batch_decoder`.
template <class T>
    requires(detail::json_readable<T>())
class json_decoder {
public:
    using output = T;

    explicit json_decoder(json_options options = {})
        : options_(options), shapes_(new detail::shape_memory<T>()) {
        options_.deepest = std::min(options_.deepest, deepest_of_all);
        levels_.resize(options_.deepest / 64 + 1);
        made_.reset(new T[most_made]());
    }

    /// Decodes one document. What `into` holds from a document before is written over; its memory is used again.
    [[nodiscard]] bool decode(std::string_view payload, T& into, error& why) {
        if (payload.size() > largest) [[unlikely]] {
            why = explain(payload, {.cause = "the document has more than 2^30 bytes"});
            return false;
        }
        char const* const text = alone_.copy(payload);
        std::size_t const size = payload.size() + 1;
        if (auto const failed = alone_index_.build(text, size); failed != simdjson::SUCCESS) [[unlikely]] {
            why = explain(payload, failed);
            return false;
        }
        detail::json_reader<T> reader(*shapes_, memory_, options_, levels_.data(), &fault_);
        reader.open(text, size);
        reader.refer(text, payload.data());
        auto const behind = reader.read_document(alone_index_.places(), into);
        if (behind == alone_index_.end()) [[likely]] return true;
        if (behind != nullptr) fault_ = something_follows(payload, *behind);
        why = explain(payload, std::exchange(fault_, detail::json_fault{}));
        return false;
    }

    /// Decodes many documents: calls `each(i, item)` or `failed(i, error)` for each, in order; `each.many(i, items)` for
    /// several side by side, where `each` has that. They are indexed as one text, where they lie if they lie side by side
    /// as lines, else in a copy. What goes wrong is decoded again alone, so the outcome is always that of `decode`.
    template <class Each, class Failed>
    void decode_batch(std::span<std::string_view const> payloads, Each&& each, Failed&& failed) {
        outcomes<std::remove_reference_t<Each>, std::remove_reference_t<Failed>> told(made_.get(), each, failed);
        std::size_t broken_until = 0;
        for (std::size_t first = 0; first < payloads.size();) {
            std::span<std::string_view const> const rest = payloads.subspan(first);
            std::size_t const side_by_side = first < broken_until ? 0 : detail::count_lying_side_by_side(rest);
            if (side_by_side >= least_in_place) {
                char const* const text = rest.front().data();
                auto const begin = [&](std::size_t i) { return static_cast<std::size_t>(payloads[i].data() - text); };
                std::size_t const done = decode_block(text, begin, payloads, first, first + side_by_side, told);
                // What lies between two of them is no line break: the others have to be copied.
                if (done < first + side_by_side) broken_until = first + side_by_side;
                first = done;
            } else if (std::size_t const count = gathered_.gather(rest); count > 0) {
                auto const begin = [&](std::size_t i) { return gathered_.begin(i - first); };
                first = decode_block(gathered_.text(), begin, payloads, first, first + count, told);
            } else {
                decode_alone(payloads, first, told);
                ++first;
            }
        }
        told.hand_over();
    }

    /// The poll is over: texts with escapes, which had to be rewritten, need not be kept longer.
    void settle() { memory_.clear(); }

private:
    static constexpr std::size_t deepest_of_all = 1024;
    static constexpr std::size_t largest = std::size_t{1} << 30;
    static constexpr std::size_t least_in_place = 4;
    static constexpr std::size_t fewest_indexed_again = 4;

    /// How many items are kept before they are handed over: few enough to be still near when they are looked at.
    static constexpr std::size_t most_made = std::clamp<std::size_t>(8192 / sizeof(T), 1, 64);

    /// Tells what became of each payload, in order: what was made is collected before it is handed over.
    template <class Each, class Failed>
    class outcomes {
    public:
        outcomes(T* made, Each& each, Failed& failed) noexcept : made_(made), each_(&each), failed_(&failed) {}

        /// Where the next item is to be made.
        [[nodiscard]] T& next() noexcept { return made_[count_]; }

        /// It was made, of payload `i`.
        void keep(std::size_t i) {
            behind_ = i + 1;
            if (++count_ == most_made) [[unlikely]] hand_over();
        }

        void refuse(std::size_t i, error const& why) {
            hand_over();
            (*failed_)(i, why);
        }

        [[gnu::noinline]] void hand_over() {
            std::size_t const count = std::exchange(count_, 0);
            std::size_t const first = behind_ - count;
            if constexpr (requires(std::span<T const> items) { each_->many(first, items); }) {
                if (count != 0) each_->many(first, std::span<T const>(made_, count));
            } else {
                for (std::size_t i = 0; i < count; ++i) (*each_)(first + i, std::as_const(made_[i]));
            }
        }

    private:
        T* made_;
        Each* each_;
        Failed* failed_;
        std::size_t count_ = 0;
        std::size_t behind_ = 0;  ///< the payload behind the last one of them
    };

    /// Decodes the payloads from `first` to `last` of a text in which payload `i` begins at `begin(i)`. Returns `last`,
    /// or the number of the first that is not followed by a line break.
    template <class Begin, class Outcomes>
    std::size_t decode_block(char const* whole, Begin const& begin, std::span<std::string_view const> payloads,
                             std::size_t first, std::size_t last, Outcomes& told) {
        std::size_t const offset = begin(first);
        char const* const text = whole + offset;
        std::size_t const size = begin(last) - offset;
        if (!detail::is_line_break(text[size - 1])) [[unlikely]] {
            // Nothing would end a token, or the search for a line break.
            return first;
        }
        if (index_.build(text, size) != simdjson::SUCCESS) [[unlikely]]
            return decode_halves(whole, begin, payloads, first, last, told);
        detail::json_reader<T> reader(*shapes_, memory_, options_, levels_.data(), nullptr);
        reader.open(text, size);
        auto next = index_.places();
        std::size_t start = 0;
        for (std::size_t i = first; i < last; ++i) {
            std::size_t const end = start + payloads[i].size();
            std::size_t const following = begin(i + 1) - offset;
            if (!detail::is_line_break(text[end]) || !detail::is_line_break(text[following - 1])) [[unlikely]]
                return i;
            reader.refer(text + start, payloads[i].data());
            start = following;
            if (*next < end) [[likely]] {
                auto const behind = reader.read_document(next, told.next());
                // It must be all that there is of this payload, and nothing of the next.
                if (behind != nullptr && *behind >= end && behind[-1] < end) [[likely]] {
                    next = behind;
                    told.keep(i);
                    continue;
                }
                // What was read may go on into the next payload.
                reader.go_back(text + following);
                while (*next < end) ++next;
            }
            decode_alone(payloads, i, told);
        }
        return last;
    }

    /// The index of the whole could not be made, because of one or a few of the payloads.
    template <class Begin, class Outcomes>
    [[gnu::noinline]] std::size_t decode_halves(char const* whole, Begin const& begin,
                                                std::span<std::string_view const> payloads, std::size_t first,
                                                std::size_t last, Outcomes& told) {
        if (last - first <= fewest_indexed_again) {
            for (std::size_t i = first; i < last; ++i) decode_alone(payloads, i, told);
            return last;
        }
        std::size_t const middle = first + (last - first) / 2;
        std::size_t const done = decode_block(whole, begin, payloads, first, middle, told);
        return done < middle ? done : decode_block(whole, begin, payloads, middle, last, told);
    }

    template <class Outcomes>
    [[gnu::noinline]] void decode_alone(std::span<std::string_view const> payloads, std::size_t i,
                                        Outcomes& told) {
        if (decode(payloads[i], told.next(), why_)) told.keep(i);
        else told.refuse(i, why_);
    }

    [[nodiscard]] static detail::json_fault something_follows(std::string_view payload, std::uint32_t at) {
        bool const document = payload[at] == '{' || payload[at] == '[';
        return {.offset = at,
                .cause = document ? "a second document follows the first" : "something follows the end of the document",
                .advice = document ? "one payload is one document" : ""};
    }

    /// Why the index could not be made.
    [[gnu::noinline]] static error explain(std::string_view payload, simdjson::error_code failed) {
        if (payload.find_first_not_of(" \t\r\n") == std::string_view::npos)
            return explain(payload, detail::json_fault{.cause = "the payload is empty"});
        detail::text_fault const found = detail::find_text_fault(payload);
        if (found.cause == nullptr) return explain(payload, {.cause = simdjson::error_message(failed)});
        return explain(payload, {.offset = static_cast<std::uint32_t>(found.offset), .cause = found.cause});
    }

    [[gnu::noinline]] static error explain(std::string_view payload, detail::json_fault fault) {
        if (payload.starts_with("\xef\xbb\xbf")) fault = {.cause = "the document begins with a byte order mark"};
        std::string path = detail::json_path(payload, fault.offset);
        if (!fault.field.empty()) path.append(path.empty() ? "" : ".").append(fault.field);
        return {.component = "json",
                .place = detail::json_place(std::move(path), fault.offset),
                .cause = std::move(fault.cause),
                .advice = std::move(fault.advice)};
    }

    json_options options_;
    detail::owner<detail::shape_memory<T>> shapes_;
    std::vector<std::uint64_t> levels_{};
    detail::poll_memory memory_{};
    detail::json_index index_{};
    detail::json_index alone_index_{};
    detail::json_copy gathered_{};
    detail::json_copy alone_{};
    detail::json_fault fault_{};
    detail::owner<T[]> made_{};
    error why_{};
};

namespace detail {

/// Stands in for the decoder of a type that cannot be read, so that one error is all that its user reads.
template <class T>
struct no_json_decoder {
    using output = T;
    bool decode(std::string_view, T&, error&) { return false; }
};

}  // namespace detail

/// Decodes JSON documents into objects of the plain struct `T`: `decode(json<click>())`. One payload is one document.
///
/// A member is read from the field of its name, or the name that `members_of<T>` gives it; further fields of the
/// document are passed over. A field must be there and not be null, unless its member is a `std::optional`.
///
/// | member | field |
/// |---|---|
/// | `bool` | `true`, `false` |
/// | integers of 8 to 64 bits | a number without fraction and exponent that fits |
/// | `float`, `double` | a number that fits, rounded to the nearest; what is too small becomes zero |
/// | `std::string`, `std::string_view` | a string; a view refers to the payload, or if it has escapes to the decoder |
/// | `weir::timestamp` | a number of milliseconds, or ISO 8601 text; after `.in(unit)` that unit and no other |
/// | `std::chrono::duration` | a number of its own unit, whole if its count is |
/// | enum | a string, the enumerator's name |
/// | `std::optional<V>` | as `V`; missing or `null`: nothing |
/// | `std::vector<V>`, `std::array<V, N>` | an array of `V`; of exactly `N` |
/// | struct | an object |
///
/// After `.as_text()` a number may also be written as a string. The whole document is checked, also what is passed
/// over: its structure, UTF-8, escapes, numbers, literals, and nothing may follow it. Twice the same key is an error
/// for a member (`json_options::duplicates`) and not noticed for other fields. Half a surrogate pair, a byte order
/// mark, and nesting beyond `json_options::deepest` are errors. An error names the field (`user.tags[2]`) and the byte
/// of the payload.
///
/// Cost: a batch of clicks of 170 bytes, read where they lie, about 30 ns each; alone about twice that. No allocation
/// once it has seen the largest document, except by the members themselves.
template <class T>
[[nodiscard]] auto json(json_options options = {}) {
    if constexpr (detail::json_readable<T>()) {
        return json_decoder<T>(options);
    } else {
        static_assert(
            detail::json_readable<T>(),
            "weir: `json<T>` cannot read T, or the type of one of its members. It reads plain structs (or those "
            "that list their members in weir::members_of), std::optional, std::vector, std::array, bool, "
            "integers, float, double, std::string, std::string_view, weir::timestamp, durations, and enums by "
            "name.");
        return detail::no_json_decoder<T>();
    }
}

}  // namespace weir
