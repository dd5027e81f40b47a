// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <weir/adapter/kafka/detail/producer.hpp>
#include <weir/adapter/kafka/message.hpp>
#include <weir/adapter/kafka/options.hpp>
#include <weir/base/byte_buffer.hpp>
#include <weir/base/detail/invoke.hpp>
#include <weir/base/detail/owner.hpp>
#include <weir/base/result.hpp>
#include <weir/pipeline/emitter.hpp>
#include <weir/pipeline/pipe.hpp>
#include <weir/sink/encoded_batch.hpp>

#include <concepts>
#include <cstdint>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

namespace weir::kafka {

namespace detail {

template <class T>
concept bytes_like = std::convertible_to<T const&, std::string_view>;

template <class T>
concept has_payload = requires(T const& item) { { item.payload() } -> std::convertible_to<std::string_view>; };

/// What the sink takes without being told how.
template <class T>
concept sendable = std::same_as<T, message> || std::same_as<T, record> || bytes_like<T> || has_payload<T>;

/// Sends an item as it is. A record read from Kafka keeps its key, value, headers and timestamp.
struct as_it_is {
    std::vector<header> headers{};

    template <sendable Item>
    void operator()(Item const& item, auto&& send) {
        if constexpr (std::same_as<Item, message>) {
            send(item);
        } else if constexpr (std::same_as<Item, record>) {
            message copy;
            if (item.has_key()) copy.key = item.key();
            if (item.has_value()) copy.value = item.value();
            // What Kafka could not store again (no time, or one before 1970) is left to the broker.
            if (item.time() > timestamp{}) copy.time = item.time();
            headers.clear();
            for (header const each : item.headers()) headers.push_back(each);
            copy.headers = headers;
            send(copy);
        } else if constexpr (bytes_like<Item>) {
            send(message{.value = std::string_view(item)});
        } else {
            send(message{.value = std::string_view(item.payload())});
        }
    }
};

template <class T>
struct is_result : std::false_type {};
template <class T>
struct is_result<result<T>> : std::true_type {};

template <class F, class Item>
concept makes_messages = std::invocable<F&, Item const&> &&
                         (sendable<std::remove_cvref_t<std::invoke_result_t<F&, Item const&>>> ||
                          is_result<std::remove_cvref_t<std::invoke_result_t<F&, Item const&>>>::value);

/// Sends what a function of the item gives.
template <class Function>
struct by_function {
    Function function;
    as_it_is inner{};

    template <class Item>
    void operator()(Item const& item, auto&& send, auto&& refuse) {
        decltype(auto) made = weir::detail::invoke(function, item);
        if constexpr (is_result<std::remove_cvref_t<decltype(made)>>::value) {
            if (made.has_value()) inner(*made, send);
            else refuse(made.problem());
        } else {
            inner(made, send);
        }
    }
};

struct without_key {};

/// Sends what an encoder makes of the item, under the key that a function gives.
template <class Encoder, class Key>
struct by_encoder {
    Encoder encoder;
    Key key_of;
    byte_buffer bytes{};
    error why{};

    template <class Item>
    void operator()(Item const& item, auto&& send, auto&& refuse) {
        bytes.clear();
        if (!encoder.encode(item, bytes, why)) return refuse(why);
        if constexpr (std::same_as<Key, without_key>) {
            send(message{.value = bytes.view()});
        } else {
            decltype(auto) key = weir::detail::invoke(key_of, item);
            send(message{.key = std::string_view(key), .value = bytes.view()});
        }
    }
};

/// The sink for items of one type.
template <class Item, class Make>
class sink_stage {
public:
    static constexpr std::string_view name = "kafka";

    sink_stage(sink_options options, Make make)
        : make_(std::move(make)), producer_(new producer(std::move(options))) {}

    void on_item(Item const& item, auto& out) {
        auto const send = [&](message const& goods) { producer_->send(goods, out.at()); };
        auto const refuse = [&](error const& why) {
            ++unencodable_;
            out.dead_letter(why, {});
        };
        if constexpr (std::invocable<Make&, Item const&, decltype(send) const&, decltype(refuse) const&>) make_(item, send, refuse);
        else make_(item, send);
    }

    void on_tick(timestamp now, auto& out) {
        producer_->tick(now);
        put_aside(out);
    }
    void settle(auto& out) { put_aside(out); }
    void close() { producer_->close(); }

    [[nodiscard]] bool ready() const noexcept { return producer_->ready(); }
    [[nodiscard]] bool busy() const noexcept { return !producer_->problem() && producer_->unsettled() != 0; }
    [[nodiscard]] std::uint64_t oldest_held() const noexcept { return producer_->oldest(); }
    [[nodiscard]] timestamp next_wake() const noexcept { return producer_->next_wake(); }
    [[nodiscard]] error const* failure() const noexcept { return producer_->problem(); }

    void account(tally& count) const {
        count.passed = producer_->delivered();
        count.dead_lettered = producer_->put_aside() + unencodable_;
        count.in_flight = producer_->unsettled();
    }

private:
    void put_aside(auto& out) {
        producer_->put_aside_refused([&](error const& why, std::string_view payload, stamp const& at) {
            out.dead_letter(why, payload, at);
        });
    }

    Make make_;
    weir::detail::owner<producer> producer_;
    std::uint64_t unencodable_ = 0;
};

struct sink_blueprint {
    using is_blueprint = void;
    sink_options options;

    template <class Stream>
    constexpr auto bind(Stream&) && {
        using item = typename Stream::item;
        if constexpr (sendable<item>) {
            return sink_stage<item, as_it_is>(std::move(options), {});
        } else {
            static_assert(weir::detail::never<Stream>,
                          "weir: this sink does not take the item that the stage before it emits: kafka::sink(options) takes "
                          "bytes, records and kafka::message. Give it an encoder, or a function of the item that returns one of "
                          "these: kafka::sink(options, encoder).");
            return broken{};
        }
    }
};

template <class Encode, class Key>
struct encoding_sink_blueprint {
    using is_blueprint = void;
    sink_options options;
    Encode encode;
    Key key_of;

    template <class Stream>
    constexpr auto bind(Stream&) && {
        using item = typename Stream::item;
        constexpr bool keyed = !std::same_as<Key, without_key>;
        if constexpr (encoder_for<Encode, item>) {
            using make = by_encoder<Encode, Key>;
            return sink_stage<item, make>(std::move(options), make{std::move(encode), std::move(key_of)});
        } else if constexpr (!keyed && makes_messages<Encode, item>) {
            using make = by_function<Encode>;
            return sink_stage<item, make>(std::move(options), make{std::move(encode)});
        } else {
            static_assert(weir::detail::never<Stream>,
                          "weir: this sink does not take the item that the stage before it emits: what was given to kafka::sink "
                          "neither encodes it (`bool encode(item const&, byte_buffer&, error&)`) nor is a function of it that "
                          "returns bytes or a kafka::message.");
            return broken{};
        }
    }
};

}  // namespace detail

/// Writes to Kafka what it is given: bytes (as values without a key), records read from Kafka, or `kafka::message`.
///
/// An item counts as delivered when the broker has said so, each by its own report; until then it is held, and what it came
/// from is not acknowledged. A full queue holds the source up. On librdkafka's own threads; never blocks before `close`.
///
/// Errors: no broker within `connect_timeout`; a message not delivered within `delivery_timeout`, or refused: see
/// `undeliverable`. A message that is too large, or whose time Kafka cannot store, always goes to the dead letters.
[[nodiscard]] inline auto sink(sink_options options) { return detail::sink_blueprint{std::move(options)}; }

/// Writes what `encode` makes of each item: an encoder (`encoder_for`), or a function of the item that returns bytes, a
/// `kafka::message`, or a `weir::result` of either. What cannot be encoded goes to the dead letters.
template <class Encode>
[[nodiscard]] auto sink(sink_options options, Encode encode) {
    return detail::encoding_sink_blueprint<Encode, detail::without_key>{std::move(options), std::move(encode), {}};
}

/// The same with an encoder for the value and a function of the item for the key: equal keys go to the same partition.
template <class Encoder, class Key>
[[nodiscard]] auto sink(sink_options options, Encoder encoder, Key key_of) {
    return detail::encoding_sink_blueprint<Encoder, Key>{std::move(options), std::move(encoder), std::move(key_of)};
}

}  // namespace weir::kafka
