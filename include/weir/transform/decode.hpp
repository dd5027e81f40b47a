// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <weir/base/borrows.hpp>
#include <weir/base/detail/order.hpp>
#include <weir/base/detail/poll_memory.hpp>
#include <weir/pipeline/emitter.hpp>
#include <weir/pipeline/pipe.hpp>

#include <concepts>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

namespace weir {

/// Makes items of bytes: `struct d { using output = T; bool decode(std::string_view payload, T& into, error& why); };`
///
/// `into` may hold the item decoded last, for its memory to be used again; all of it must be written. It may keep views
/// into `payload`, and into memory of the decoder that stays as it is until the first call after the end of the poll. A
/// decoder that has such memory declares `void settle()`, which is called before that. It returns false with `why`
/// filled in when the payload is no such item; `why.place` then says where in the payload.
template <class D>
concept decoder = requires(D& from, std::string_view payload, typename D::output& into, error& why) {
    { from.decode(payload, into, why) } -> std::same_as<bool>;
};

/// A rung of the ladder: many payloads in one call. For each payload in order, exactly one of `each(i, item)` and
/// `failed(i, error)` is called; the item lives as long as that call. The outcome is that of `decode` one by one.
///
/// Where `each` has a member `many`, `each.many(i, items)` may be called for several items that lie side by side, made of
/// the payloads from `i` on: what comes next then does its work for all of them at once.
template <class D>
concept batch_decoder =
    decoder<D> &&
    requires(D& from, std::span<std::string_view const> payloads, void (*each)(std::size_t, typename D::output const&),
             void (*failed)(std::size_t, error const&)) { from.decode_batch(payloads, each, failed); };

/// What becomes of an item that carries no payload at all (a Kafka tombstone).
enum class null_payload {
    filter,       ///< it is left out, and counted as filtered
    dead_letter,  ///< it is an error like any other payload that cannot be decoded
};

/// Settings of `decode`.
struct decode_options {
    null_payload nulls = null_payload::filter;
};

namespace detail {

template <class Item>
concept names_payload = requires(Item const& item) { { item.payload() } -> std::convertible_to<std::string_view>; };

/// Anything that `decode` can take the bytes of: a text, or what has `payload()`.
template <class Item>
concept carries_payload = names_payload<Item> || std::convertible_to<Item const&, std::string_view>;

template <class Item>
concept says_null = requires(Item const& item) { { item.is_null() } -> std::convertible_to<bool>; };
template <class Item>
concept says_tombstone = requires(Item const& item) { { item.is_tombstone() } -> std::convertible_to<bool>; };

/// An item that can say that it has no payload, which is not the same as an empty one.
template <class Item>
concept maybe_null = says_null<Item> || says_tombstone<Item>;

template <carries_payload Item>
[[nodiscard]] WEIR_INLINE std::string_view payload_of(Item const& item) {
    if constexpr (names_payload<Item>) return item.payload();
    else return item;
}

template <class Item, class Decoder>
class decode_stage {
public:
    using output = typename Decoder::output;
    static constexpr std::string_view name = "decode";

    decode_stage(Decoder from, decode_options options) : decoder_(std::move(from)), options_(options) {}

    void on_item(Item const& item, auto& out) {
        begin();
        if (is_null(item)) return take_null(out.at(), out);
        std::string_view const payload = kept(payload_of(item));
        if (decoder_.decode(payload, into_, why_)) [[likely]] out.emit(into_);
        else put_aside(why_, payload, out.at(), out);
    }

    void on_batch(std::span<Item const> items, auto& out) {
        begin();
        if constexpr (std::same_as<Item, std::string_view>) {
            decode_all(items, [](std::size_t i) { return i; }, items, out.at(), out);
        } else {
            for (std::size_t first = 0; first < items.size(); first += longest_list) {
                std::span<Item const> const part = items.subspan(first, min_of(longest_list, items.size() - first));
                stamp at = out.at();
                at.position += first;
                decode_part(part, at, out);
            }
        }
    }

    void settle(auto&) { settled_ = true; }

    void account(tally& count) const {
        count.dead_lettered = dead_lettered_;
        count.filtered = filtered_;
        count.passed = count.emitted = count.in - dead_lettered_ - filtered_;
    }

private:
    /// How many payloads are looked up before they are decoded: their list stays in the nearest cache.
    static constexpr std::size_t longest_list = 1024;

    /// Whether the payload's bytes may be gone when the call is over although the decoded item refers to them: unless
    /// the item borrows memory and owns none.
    static constexpr bool copies = borrows<output> && !(borrows<Item> && std::is_trivially_destructible_v<Item>);

    /// The stages behind this one settle after it, and may look at what it handed out until then.
    WEIR_INLINE void begin() {
        if (!settled_) return;
        settled_ = false;
        memory_.clear();
        if constexpr (requires { decoder_.settle(); }) decoder_.settle();
    }

    [[nodiscard]] WEIR_INLINE std::string_view kept(std::string_view payload) {
        if constexpr (copies) return memory_.copy(payload);
        else return payload;
    }

    [[nodiscard]] WEIR_INLINE static bool is_null(Item const& item) {
        if constexpr (says_null<Item>) return item.is_null();
        else if constexpr (says_tombstone<Item>) return item.is_tombstone();
        else return false;
    }

    [[nodiscard]] WEIR_INLINE static stamp stamp_at(std::span<Item const> items, std::size_t i, stamp const& first) {
        if constexpr (self_stamped<Item>) {
            return stamp_of(items[i], first);
        } else {
            stamp at = first;
            at.position += i;
            return at;
        }
    }

    void decode_part(std::span<Item const> items, stamp const& first, auto& out) {
        payloads_.clear();
        numbers_.clear();
        for (std::size_t i = 0; i < items.size(); ++i) {
            if (is_null(items[i])) {
                // Dead letters keep the order of the input, whatever the batches were.
                if (options_.nulls == null_payload::dead_letter) decode_listed(items, first, out);
                take_null(stamp_at(items, i, first), out);
                continue;
            }
            payloads_.push_back(kept(payload_of(items[i])));
            if constexpr (maybe_null<Item>) numbers_.push_back(i);
        }
        decode_listed(items, first, out);
    }

    void decode_listed(std::span<Item const> items, stamp const& first, auto& out) {
        auto const number = [this](std::size_t i) { return maybe_null<Item> ? numbers_[i] : i; };
        decode_all(payloads_, number, items, first, out);
        payloads_.clear();
        numbers_.clear();
    }

    /// Passes on what was made of the payloads, of which number `i` belongs to `items[number(i)]`.
    template <class Number, class Out>
    struct taker {
        std::span<Item const> items;
        stamp const& first;
        Number number;
        Out& out;

        void operator()(std::size_t i, output const& made) const { out.emit(made, stamp_at(items, number(i), first)); }

        void many(std::size_t i, std::span<output const> made) const {
            if constexpr (self_stamped<Item> || maybe_null<Item>)
                for (output const& each : made) (*this)(i++, each);
            else out.emit_batch(made, stamp_at(items, i, first));
        }
    };

    /// Decodes payloads of which number `i` belongs to `items[number(i)]`.
    template <class Number>
    void decode_all(std::span<std::string_view const> payloads, Number number, std::span<Item const> items,
                    stamp const& first, auto& out) {
        if constexpr (batch_decoder<Decoder>) {
            using out_type = std::remove_reference_t<decltype(out)>;
            decoder_.decode_batch(payloads, taker<Number, out_type>{items, first, number, out},
                                  [&](std::size_t i, error const& why) {
                                      put_aside(why, payloads[i], stamp_at(items, number(i), first), out);
                                  });
        } else {
            for (std::size_t i = 0; i < payloads.size(); ++i) {
                stamp const at = stamp_at(items, number(i), first);
                if (decoder_.decode(payloads[i], into_, why_)) [[likely]] out.emit(into_, at);
                else put_aside(why_, payloads[i], at, out);
            }
        }
    }

    [[gnu::noinline]] void take_null(stamp const& at, auto& out) {
        if (options_.nulls == null_payload::filter) {
            ++filtered_;
            return;
        }
        error const why{.component = "decode",
                        .cause = "the item has no payload",
                        .advice = "null_payload::filter in decode_options leaves such items out"};
        put_aside(why, {}, at, out);
    }

    [[gnu::noinline]] void put_aside(error const& why, std::string_view payload, stamp const& at, auto& out) {
        ++dead_lettered_;
        out.dead_letter(why, payload, at);
    }

    Decoder decoder_;
    decode_options options_;
    output into_{};
    error why_{};
    poll_memory memory_{};
    std::vector<std::string_view> payloads_{};
    std::vector<std::size_t> numbers_{};
    bool settled_ = false;
    std::uint64_t dead_lettered_ = 0;
    std::uint64_t filtered_ = 0;
};

template <class Decoder>
struct decode_blueprint {
    using is_blueprint = void;
    Decoder from;
    decode_options options;

    template <class Stream>
    constexpr auto bind(Stream&) && {
        using item = typename Stream::item;
        if constexpr (!decoder<Decoder>) {
            static_assert(never<Stream>,
                          "weir: what was given to `decode` is no decoder: `struct d { using output = T; bool "
                          "decode(std::string_view payload, T& into, weir::error& why); };`.");
            return broken{};
        } else if constexpr (!std::default_initializable<typename Decoder::output>) {
            static_assert(never<Stream>,
                          "weir: `decode` makes items that a decoder then fills in, so their type needs a "
                          "constructor without arguments.");
            return broken{};
        } else if constexpr (!carries_payload<item>) {
            static_assert(never<Stream>,
                          "weir: `decode` needs bytes, but the item that comes before it is no text and has no "
                          "`std::string_view payload() const`.");
            return broken{};
        } else {
            return decode_stage<item, Decoder>(std::move(from), options);
        }
    }
};

}  // namespace detail

/// Makes an item of each payload: `decode(json<click>())`. In: a text, or an item with `std::string_view payload()
/// const`, such as a Kafka record; out: `decoder::output`, with the stamp of what it was made of.
///
/// A payload that cannot be decoded is counted and put aside as a dead letter: its bytes as they came, and an error
/// whose place is the item's place followed by the field. An item whose `is_null()` or `is_tombstone()` says true has
/// no payload: it is filtered or a dead letter, by `decode_options::nulls`; an empty payload is for the decoder to
/// judge. Payloads that come as a batch are decoded as one, with the same outcome. Text members of the output refer to
/// the payload: they are gone at the end of the source's poll.
template <class Decoder>
[[nodiscard]] constexpr auto decode(Decoder from, decode_options options = {}) {
    return detail::decode_blueprint<Decoder>{std::move(from), options};
}

}  // namespace weir
