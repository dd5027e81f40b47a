// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <weir/join/to_table.hpp>
#include <weir/pipeline/emitter.hpp>
#include <weir/pipeline/pipe.hpp>
#include <weir/transform/decode.hpp>

#include <charconv>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>

namespace weir {

/// Decodes a key written as a text: the text itself (`std::string_view`), or a decimal number.
template <class Key>
    requires(std::same_as<Key, std::string_view> || (std::integral<Key> && !std::same_as<Key, bool>))
struct plain_key {
    using output = Key;

    bool decode(std::string_view bytes, Key& into, error& why) {
        if constexpr (std::is_same_v<Key, std::string_view>) {
            into = bytes;
            return true;
        } else {
            auto const [end, problem] = std::from_chars(bytes.data(), bytes.data() + bytes.size(), into);
            if (problem == std::errc() && end == bytes.data() + bytes.size()) return true;
            why = {.component = "plain_key", .cause = "the key is no whole number that fits its type"};
            return false;
        }
    }
};

/// Decodes a key written as a whole number in binary, the highest byte first: what Java's and ksqlDB's serializers write.
template <class Key>
    requires(std::integral<Key> && !std::same_as<Key, bool>)
struct binary_key {
    using output = Key;

    bool decode(std::string_view bytes, Key& into, error& why) {
        if (bytes.size() != sizeof(Key)) {
            why = {.component = "binary_key",
                   .cause = "the key has " + std::to_string(bytes.size()) + " bytes, not " + std::to_string(sizeof(Key))};
            return false;
        }
        std::uint64_t number = 0;
        for (char const byte : bytes) number = number << 8 | static_cast<unsigned char>(byte);
        into = static_cast<Key>(number);
        return true;
    }
};

namespace detail {

/// An item that carries the key of a table beside its payload, as a Kafka record does.
template <class Item>
concept carries_key = carries_payload<Item> && requires(Item const& item) {
    { item.key() } -> std::convertible_to<std::string_view>;
};

template <class Item, class KeyDecoder, class ValueDecoder>
class decode_table_stage {
public:
    using output = table_change<typename KeyDecoder::output, typename ValueDecoder::output>;
    static constexpr std::string_view name = "decode_table";

    decode_table_stage(KeyDecoder keys, ValueDecoder values) : keys_(std::move(keys)), values_(std::move(values)) {}

    void on_item(Item const& item, auto& out) {
        begin();
        if (!has_key(item))
            return put_aside({.component = "decode_table", .cause = "the item has no key", .advice = "only what has a key can stand in a table"},
                             payload_of(item), out);
        std::string_view const key = item.key();
        if (!keys_.decode(key, change_.key, why_)) {
            why_.place = why_.place.empty() ? "key" : "key: " + why_.place;
            return put_aside(why_, key, out);
        }
        change_.value = nullptr;
        if (!is_erased(item)) {
            std::string_view const payload = payload_of(item);
            if (!values_.decode(payload, value_, why_)) return put_aside(why_, payload, out);
            change_.value = &value_;
        }
        out.emit(change_);
    }

    void settle(auto&) { settled_ = true; }

    void account(tally& count) const {
        count.dead_lettered = dead_lettered_;
        count.passed = count.emitted = count.in - dead_lettered_;
    }

private:
    void begin() {
        if (!std::exchange(settled_, false)) return;
        if constexpr (requires { keys_.settle(); }) keys_.settle();
        if constexpr (requires { values_.settle(); }) values_.settle();
    }

    [[nodiscard]] static bool has_key(Item const& item) {
        if constexpr (requires { { item.has_key() } -> std::convertible_to<bool>; }) return item.has_key();
        else return true;
    }
    [[nodiscard]] static bool is_erased(Item const& item) {
        if constexpr (says_tombstone<Item>) return item.is_tombstone();
        else if constexpr (says_null<Item>) return item.is_null();
        else return false;
    }

    [[gnu::noinline]] void put_aside(error const& why, std::string_view payload, auto& out) {
        ++dead_lettered_;
        out.dead_letter(why, payload);
    }

    KeyDecoder keys_;
    ValueDecoder values_;
    output change_{};
    typename ValueDecoder::output value_{};
    error why_{};
    bool settled_ = false;
    std::uint64_t dead_lettered_ = 0;
};

template <class KeyDecoder, class ValueDecoder>
struct decode_table_blueprint {
    using is_blueprint = void;
    KeyDecoder keys;
    ValueDecoder values;

    template <class Stream>
    constexpr auto bind(Stream&) && {
        using item = typename Stream::item;
        if constexpr (!decoder<KeyDecoder> || !decoder<ValueDecoder>) {
            static_assert(never<Stream>, "weir: `decode_table` takes two decoders, of the key and of the value: "
                                         "`decode_table(weir::plain_key<int>(), weir::json<user>())`.");
            return broken{};
        } else if constexpr (!carries_key<item>) {
            static_assert(never<Stream>, "weir: `decode_table` needs items with `std::string_view key() const` and a payload, such as "
                                         "Kafka records. Where the key is part of the value: `| weir::decode(...) | "
                                         "weir::to_table<&user::id>(t)`.");
            return broken{};
        } else {
            return decode_table_stage<item, KeyDecoder, ValueDecoder>(std::move(keys), std::move(values));
        }
    }
};

}  // namespace detail

/// Makes changes of a table of records that have a key and a value: `decode_table(plain_key<int>(), json<user>())`.
///
/// In: items with `key()` and a payload; one that says `is_tombstone()` (no value at all) erases its key. Out:
/// `table_change<Key, Value>`, for `to_table`. A key or value that cannot be decoded, or a missing key, is a dead letter, and
/// the table keeps what it had. `change.value` refers to the decoder's object and lives as long as the call.
template <class KeyDecoder, class ValueDecoder>
[[nodiscard]] constexpr auto decode_table(KeyDecoder keys, ValueDecoder values) {
    return detail::decode_table_blueprint<KeyDecoder, ValueDecoder>{std::move(keys), std::move(values)};
}

}  // namespace weir
