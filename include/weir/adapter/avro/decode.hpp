// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <weir/adapter/avro/registry.hpp>
#include <weir/base/borrows.hpp>
#include <weir/base/detail/order.hpp>
#include <weir/codec/avro.hpp>
#include <weir/codec/avro/framing.hpp>
#include <weir/pipeline/detail/waiting_room.hpp>
#include <weir/pipeline/pipe.hpp>
#include <weir/transform/decode.hpp>

#include <concepts>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <limits>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

namespace weir::avro {

/// What is done about a record whose schema the registry does not know, or that cannot be read as the struct.
enum class unreadable_schema {
    stop,         ///< the job stops with one error; the record is not acknowledged, so nothing is lost
    dead_letter,  ///< its records go to the dead letters, and the job goes on
};

/// Which part of a record is decoded.
enum class record_part { value, key };

/// A schema that need not be fetched, with the name that records give it.
struct given_schema {
    schema_id id;
    registered_schema schema;
};

/// Settings of `avro::decode`.
struct decode_options {
    registry_options registry{};
    std::vector<given_schema> schemas{};  ///< known beforehand: for these the registry is not asked
    std::string subject{};  ///< for errors; empty: `<topic>-value` or `<topic>-key`, where the record knows its topic
    record_part part = record_part::value;
    unreadable_schema unreadable = unreadable_schema::stop;
    null_payload nulls = null_payload::filter;
    binary_options binary{};
    std::size_t most_held_bytes = std::size_t{256} << 20;  ///< of records that wait for a schema; more: the job stops
    std::size_t most_refusals = 1000;  ///< schemas known to be unreadable; of more the first is asked for again when it comes
};

namespace detail {

template <class Item>
concept has_headers = requires(Item const& item, std::string_view name) { { item.headers().find(name)->value }; };
template <class Item>
concept knows_topic = requires(Item const& item) { { item.topic() } -> std::convertible_to<std::string_view>; };
template <class Item>
concept has_key = requires(Item const& item) {
    { item.key() } -> std::convertible_to<std::string_view>;
    { item.has_key() } -> std::convertible_to<bool>;
};

/// A record as far as it matters here.
struct raw_record {
    std::string_view whole{};                  ///< as it came
    std::optional<std::string_view> header{};  ///< what its header says of the schema
    std::string_view topic{};
    bool null = false;
};

template <class Item, class T>
class decode_stage {
public:
    using output = T;
    static constexpr std::string_view name = "avro decode";
    // They wait with the records, which they must not overtake.
    static constexpr bool makes_watermarks = true;
    static constexpr bool makes_lanes = true;

    explicit decode_stage(decode_options chosen) : registry_(chosen.registry), options_(std::move(chosen)), subject_(options_.subject) {
        for (given_schema const& each : options_.schemas) learn(each.id, each.schema);
    }

    void on_item(Item const& item, auto& out) { take(item, out.at(), out); }

    void on_batch(std::span<Item const> items, auto& out) {
        for (std::size_t i = 0; i < items.size(); ++i) take(items[i], weir::detail::stamp_of(items[i], i, out.at()), out);
    }

    void on_watermark(timestamp w, auto& out) { room_.pass(w, out); }
    void on_lane(lane_event event, auto& out) { room_.pass(event, out); }

    void on_tick(timestamp now, auto& out) {
        now_ = now;
        if (!registry_.asking()) return;
        auto answer = registry_.poll(now);
        if (!answer) return;
        learn(std::move(*answer));
        if (!registry_.asking()) go_on(out);
    }
    void settle(auto&) { memory_.settle(); }
    void close() { registry_.cancel(); }

    [[nodiscard]] bool ready() const noexcept { return room_.empty() && !failure_; }
    [[nodiscard]] bool busy() const noexcept { return !room_.empty(); }
    [[nodiscard]] bool waiting() const noexcept { return !room_.empty(); }
    [[nodiscard]] std::uint64_t oldest_held() const noexcept { return room_.oldest(); }
    [[nodiscard]] timestamp next_wake() const { return registry_.next_wake(now_); }
    [[nodiscard]] error const* failure() const noexcept { return failure_ ? &*failure_ : nullptr; }

    void account(tally& count) const {
        count.dead_lettered = dead_lettered_;
        count.filtered = filtered_;
        count.in_flight = room_.items();
        count.passed = count.emitted = count.in - dead_lettered_ - filtered_ - room_.items();
    }

private:
    /// What is known of a schema: how to read it, or why it cannot be read.
    struct known {
        std::optional<reading<T>> plan{};
        error refusal{};
    };
    /// A schema of which it is not yet known whether the registry lacks it, or is none.
    struct doubt {
        schema_id id;
        error why;
    };
    static constexpr bool copies = borrows<T> && !(borrows<Item> && std::is_trivially_destructible_v<Item>);

    void take(Item const& item, stamp const& at, auto& out) {
        memory_.begin(!room_.empty());
        raw_record record = look_at(item);
        if constexpr (copies) record = kept(record);
        if (room_.empty() && attempt(record, at, out)) [[likely]] return;
        room_.add(copies ? record : kept(record), at);
        if (memory_.bytes() > options_.most_held_bytes && !failure_)
            failure_ = error{.component = "avro",
                             .place = registry_.address(),
                             .cause = "more than " + std::to_string(options_.most_held_bytes) + " bytes wait for their schema",
                             .advice = "hold the input back while the job is not ready, or raise decode_options::most_held_bytes"};
    }

    /// Handles a record. False: it must wait, for its schema or, when the job is to stop before it, for ever.
    [[nodiscard]] bool attempt(raw_record const& record, stamp const& at, auto& out) {
        if (failure_) [[unlikely]] return false;
        if (record.null) return take_null(at, out);
        std::string_view named = record.header.value_or(record.whole);
        auto const id = take_schema_id(named, why_);
        if (!id) [[unlikely]] {
            if (record.header) why_.place = "the header of the schema id";
            return put_aside(why_, record.whole, at, out);
        }
        known const* const schema = find(*id);
        if (!schema) [[unlikely]] {
            subject_ = options_.subject;
            if (subject_.empty() && !record.topic.empty())
                subject_ = options_.part == record_part::key ? subject_of_keys(record.topic) : subject_of_values(record.topic);
            registry_.fetch(*id);
            return false;
        }
        if (!schema->plan) [[unlikely]] return refuse(*schema, record, at, out);
        if (!schema->plan->decode(record.header ? record.whole : named, into_, why_)) [[unlikely]]
            return put_aside(why_, record.whole, at, out);
        out.emit(into_, at);
        return true;
    }

    [[gnu::noinline]] bool refuse(known const& schema, raw_record const& record, stamp const& at, auto& out) {
        if (options_.unreadable == unreadable_schema::dead_letter) return put_aside(schema.refusal, record.whole, at, out);
        failure_ = schema.refusal;
        failure_->place = out.context().place_of(at) + ": " + failure_->place;
        return false;
    }

    [[nodiscard]] raw_record kept(raw_record const& record) {
        raw_record copy = record;
        copy.whole = memory_.copy(record.whole);
        if (record.header) copy.header = memory_.copy(*record.header);
        copy.topic = memory_.copy(record.topic);
        return copy;
    }

    /// Handles what waits, up to the first record that must go on waiting.
    void go_on(auto& out) {
        memory_.use();
        room_.let_out(out, [&](raw_record const& record, stamp const& at) { return attempt(record, at, out); });
        if (room_.empty()) memory_.turn_over();
    }

    void learn(result<registry_answer> answer) {
        schema_id const id = registry_.wanted().value_or(schema_id());
        int const code = answer ? 0 : registry_.error_code();
        found_ = found_ || answer || code == 40403;
        if (doubted_) return settle_doubt(answer);
        if (answer) {
            learn(id, answer->schema);
            if (!schemas_[id].plan) refused(id);
        } else if (code == 40403 || registry_.unusable()) {
            learn_refusal(id, answer.problem());
        } else if (code == 404 && id.is_guid()) {
            // Registries that are older than GUIDs say what strangers say. So it is asked for what every registry knows of.
            doubted_ = doubt{id, answer.problem()};
            if (found_) settle_doubt(answer);
            else registry_.fetch(schema_id(std::numeric_limits<std::int32_t>::max()));
        } else {
            // A 404 without the number 40403 says that there is no such path, not that there is no such schema.
            failure_ = answer.problem();
        }
    }

    void settle_doubt(result<registry_answer> const& answer) {
        doubt settled = *std::exchange(doubted_, std::nullopt);
        if (!found_) {
            failure_ = registry_.error_code() == 404 ? std::move(settled.why) : answer.problem();
            return;
        }
        settled.why.cause = "the registry does not know this schema, or none by GUID";
        settled.why.advice = "is it the registry that the topic's writers use, and not older than GUIDs?";
        learn_refusal(settled.id, std::move(settled.why));
    }

    void learn_refusal(schema_id const& id, error why) {
        error& refusal = schemas_[id].refusal;
        refusal = std::move(why);
        refusal.place = registry_.address() + " " + place_of(id, {});
        refused(id);
    }

    void learn(schema_id const& id, registered_schema const& schema) {
        known& entry = schemas_[id];
        auto made = reading<T>::of(schema.text, schema.references, options_.binary);
        if (made) {
            entry.plan.emplace(std::move(*made));
            return;
        }
        entry.refusal = made.problem();
        entry.refusal.place = place_of(id, entry.refusal.place);
    }

    /// Records of garbage may name any number of schemas: of those that were refused the first is forgotten.
    void refused(schema_id const& id) {
        refused_.push_back(id);
        if (refused_.size() <= weir::detail::max_of<std::size_t>(options_.most_refusals, 1)) return;
        schemas_.erase(refused_.front());
        refused_.pop_front();
        last_ = nullptr;
    }

    [[nodiscard]] std::string place_of(schema_id const& id, std::string const& field) const {
        std::string place = subject_.empty() ? std::string() : "subject '" + subject_ + "', ";
        place += "schema " + to_string(id);
        if (!field.empty()) place += ", " + field;
        return place;
    }

    [[nodiscard]] known const* find(schema_id const& id) {
        if (last_ && last_id_ == id) [[likely]] return last_;
        auto const found = schemas_.find(id);
        if (found == schemas_.end()) return nullptr;
        last_id_ = id;
        return last_ = &found->second;
    }

    [[nodiscard]] raw_record look_at(Item const& item) const {
        raw_record record;
        bool const key = options_.part == record_part::key;
        if constexpr (has_headers<Item>)
            if (auto const found = item.headers().find(key ? key_schema_header : value_schema_header)) record.header = found->value;
        if constexpr (knows_topic<Item>) record.topic = item.topic();
        if constexpr (has_key<Item>) {
            if (key) {
                record.whole = item.key();
                record.null = !item.has_key();
                return record;
            }
        }
        record.whole = weir::detail::payload_of(item);
        if constexpr (weir::detail::says_null<Item>) record.null = item.is_null();
        else if constexpr (weir::detail::says_tombstone<Item>) record.null = item.is_tombstone();
        return record;
    }

    bool take_null(stamp const& at, auto& out) {
        if (options_.nulls == null_payload::dead_letter)
            return put_aside({.component = "avro",
                              .place = {},
                              .cause = "the item has no payload",
                              .advice = "null_payload::filter in avro::decode_options leaves such items out"},
                             {}, at, out);
        ++filtered_;
        return true;
    }
    [[gnu::noinline]] bool put_aside(error const& why, std::string_view payload, stamp const& at, auto& out) {
        ++dead_lettered_;
        out.dead_letter(why, payload, at);
        return true;
    }

    registry registry_;
    decode_options options_;
    std::map<schema_id, known> schemas_{};
    std::deque<schema_id> refused_{};  ///< of those, what the registry was asked for in vain, in that order
    known const* last_ = nullptr;
    schema_id last_id_{};
    weir::detail::waiting_room<raw_record> room_{};
    weir::detail::room_memory memory_{};
    std::optional<doubt> doubted_{};
    bool found_ = false;  ///< whether what answers has shown itself to be a registry
    std::string subject_{};
    T into_{};
    error why_{};
    std::optional<error> failure_{};
    timestamp now_ = beginning_of_time;
    std::uint64_t dead_lettered_ = 0;
    std::uint64_t filtered_ = 0;
};

template <class T>
struct decode_blueprint {
    using is_blueprint = void;
    decode_options chosen;

    template <class Stream>
    auto bind(Stream&) && {
        using item = typename Stream::item;
        if constexpr (!explain_mappable<T>()) {
            return broken{};
        } else if constexpr (!std::default_initializable<T>) {
            static_assert(weir::detail::never<Stream>,
                          "weir: `avro::decode` makes items that it then fills in, so their type needs a constructor without "
                          "arguments.");
            return broken{};
        } else if constexpr (!weir::detail::carries_payload<item>) {
            static_assert(weir::detail::never<Stream>,
                          "weir: `avro::decode` needs bytes, but the item that comes before it is no text and has no "
                          "`std::string_view payload() const`.");
            return broken{};
        } else {
            return decode_stage<item, T>(std::move(chosen));
        }
    }
};

}  // namespace detail

/// Decodes records whose writers registered their schemas: `avro::decode<pageview>({.registry = {.url = ...}})`. In: a Kafka
/// record, a text, or what has `payload()`; out: `T`, with the stamp of what it was made of.
///
/// Each record names its schema (codec/avro/framing.hpp): in a header, or before the document. A schema is fetched once and
/// resolved against `T` once (codec/avro.hpp); records of any number of schemas may follow each other. While one is fetched,
/// the records of that poll wait in order and the source is held back; nothing blocks, nothing overtakes.
///
/// Errors: a schema that cannot be read as `T`, or that the registry does not know, stops the job with one error that names
/// record, subject, id and field (or see `unreadable_schema`); so does a registry that stays out of reach. What is no such
/// record, or breaks off, is a dead letter. Nothing that waits is acknowledged.
/// Cost a record: the decoding of its members; no allocation but by them.
template <class T>
[[nodiscard]] auto decode(decode_options chosen) {
    return detail::decode_blueprint<T>{std::move(chosen)};
}

}  // namespace weir::avro
