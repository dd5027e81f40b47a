// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <weir/adapter/avro/registry.hpp>
#include <weir/base/byte_buffer.hpp>
#include <weir/base/detail/invoke.hpp>
#include <weir/codec/avro.hpp>
#include <weir/codec/avro/framing.hpp>
#include <weir/pipeline/detail/waiting_room.hpp>
#include <weir/pipeline/pipe.hpp>

#include <concepts>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>

namespace weir::avro {

/// Settings of `avro::encode`.
struct encode_options {
    registry_options registry{};
    std::string subject{};                      ///< under which the schema is registered: `subject_of_values(topic)`
    bool enrol = true;                          ///< register it; false: it must be there already
    framing where = framing::prefix;
    std::size_t most_held_bytes = std::size_t{256} << 20;  ///< of records that wait for the registry; more: the job stops
};

/// A record ready to be sent; its views live until the end of the poll.
struct encoded {
    std::optional<std::string_view> key{};
    std::string_view value{};   ///< the document; after the schema's name, by `framing::prefix`
    std::string_view schema{};  ///< the schema's name, what the header `value_schema_header` holds by `framing::header`

    [[nodiscard]] std::string_view payload() const noexcept { return value; }
};

namespace detail {

struct without_key {};

template <class Item, class Key>
class encode_stage {
public:
    using output = encoded;
    static constexpr std::string_view name = "avro encode";
    static constexpr bool makes_watermarks = true;
    static constexpr bool makes_lanes = true;

    encode_stage(encode_options chosen, Key key_of)
        : registry_(chosen.registry), options_(std::move(chosen)), key_of_(std::move(key_of)) {}

    void on_item(Item const& item, auto& out) {
        memory_.begin(!room_.empty());
        // Room for the schema's name, which may not be known yet.
        bytes_.clear();
        if (options_.where == framing::prefix) bytes_.append(name_.view());
        if (!append(item, bytes_, why_)) [[unlikely]] {
            ++dead_lettered_;
            return out.dead_letter(why_, {});
        }
        encoded made;
        if constexpr (!std::same_as<Key, without_key>) {
            decltype(auto) key = weir::detail::invoke(key_of_, item);
            made.key = memory_.copy(std::string_view(key));
        }
        made.value = memory_.copy(bytes_.view());
        if (enrolled_ && room_.empty()) [[likely]] return send(made, out.at(), out);
        room_.add(made, out.at());
        if (memory_.bytes() > options_.most_held_bytes && !failure_)
            failure_ = error{.component = "avro",
                             .place = registry_.address(),
                             .cause = "more than " + std::to_string(options_.most_held_bytes) + " bytes wait for the registry",
                             .advice = "hold the input back while the job is not ready, or raise encode_options::most_held_bytes"};
    }

    void on_watermark(timestamp w, auto& out) { room_.pass(w, out); }
    void on_lane(lane_event event, auto& out) { room_.pass(event, out); }

    void on_tick(timestamp now, auto& out) {
        now_ = now;
        if (enrolled_ || failure_) return;
        if (!registry_.asking()) {
            if (options_.enrol) registry_.enrol(options_.subject, schema_of<Item>());
            else registry_.look_up(options_.subject, schema_of<Item>());
        }
        auto answer = registry_.poll(now);
        if (!answer) return;
        if (!*answer) {
            failure_ = answer->problem();
            return;
        }
        registry_answer const& told = **answer;
        // A header is read by those who know GUIDs; before the document stands what everybody knows.
        bool const by_guid = options_.where == framing::header && told.guid;
        append_schema_id(by_guid ? schema_id(*told.guid) : told.id.value_or(schema_id()), name_);
        enrolled_ = true;
        memory_.use();
        room_.let_out(out, [&](encoded& waited, stamp const& at) {
            if (options_.where == framing::prefix) {
                bytes_.clear();
                bytes_.append(name_.view());
                bytes_.append(waited.value);
                waited.value = memory_.copy(bytes_.view());
            }
            send(waited, at, out);
            return true;
        });
    }
    void settle(auto&) { memory_.settle(); }
    void close() { registry_.cancel(); }

    [[nodiscard]] bool ready() const noexcept { return enrolled_ && !failure_; }
    [[nodiscard]] bool busy() const noexcept { return !room_.empty(); }
    [[nodiscard]] bool waiting() const noexcept { return !room_.empty(); }
    [[nodiscard]] std::uint64_t oldest_held() const noexcept { return room_.oldest(); }
    [[nodiscard]] timestamp next_wake() const {
        return enrolled_ || failure_ ? end_of_time : registry_.asking() ? registry_.next_wake(now_) : now_;
    }
    [[nodiscard]] error const* failure() const noexcept { return failure_ ? &*failure_ : nullptr; }

    void account(tally& count) const {
        count.dead_lettered = dead_lettered_;
        count.in_flight = room_.items();
        count.passed = count.emitted = count.in - dead_lettered_ - room_.items();
    }

private:
    void send(encoded& made, stamp const& at, auto& out) {
        made.schema = name_.view();
        out.emit(std::as_const(made), at);
    }

    registry registry_;
    encode_options options_;
    Key key_of_;
    byte_buffer name_{};  ///< the schema's name, as it is written
    byte_buffer bytes_{};
    weir::detail::waiting_room<encoded> room_{};
    weir::detail::room_memory memory_{};
    error why_{};
    std::optional<error> failure_{};
    timestamp now_ = beginning_of_time;
    std::uint64_t dead_lettered_ = 0;
    bool enrolled_ = false;
};

template <class Key>
struct encode_blueprint {
    using is_blueprint = void;
    encode_options chosen;
    Key key_of;

    template <class Stream>
    auto bind(Stream&) && {
        using item = typename Stream::item;
        if constexpr (!describable<item>) {
            static_assert(weir::detail::never<Stream>,
                          "weir: `avro::encode` writes plain structs, or those that list their members in weir::members_of. Put "
                          "`| weir::to<a_struct>()` or `| weir::map(...)` before it.");
            return broken{};
        } else if constexpr (!explain_mappable<item>()) {
            return broken{};
        } else {
            return encode_stage<item, Key>(std::move(chosen), std::move(key_of));
        }
    }
};

}  // namespace detail

/// Makes a record of each item, in the encoding of `schema_of<item>()`, which is registered first: `avro::encode({.registry
/// = {.url = ...}, .subject = avro::subject_of_values("page_minutes")})`. In: a plain struct; out: `avro::encoded`, which
/// `kafka::sink` takes.
///
/// Until the registry has said the schema's id the source is not polled; what a host pushes meanwhile waits in order. An
/// item that Avro cannot say is a dead letter. Errors: the registry refuses the schema (409: see `registry::check`), or
/// stays out of reach; the job stops.
[[nodiscard]] inline auto encode(encode_options chosen) {
    return detail::encode_blueprint<detail::without_key>{std::move(chosen), {}};
}

/// The same with a function of the item for the record's key, a text.
template <class Key>
[[nodiscard]] auto encode(encode_options chosen, Key key_of) {
    return detail::encode_blueprint<Key>{std::move(chosen), std::move(key_of)};
}

}  // namespace weir::avro
