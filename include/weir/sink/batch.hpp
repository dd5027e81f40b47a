// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <weir/base/detail/invoke.hpp>
#include <weir/base/detail/order.hpp>
#include <weir/base/result.hpp>
#include <weir/codec/ndjson.hpp>
#include <weir/codec/row_binary.hpp>
#include <weir/pipeline/emitter.hpp>
#include <weir/pipeline/pipe.hpp>
#include <weir/sink/encoded_batch.hpp>
#include <weir/sink/outbox.hpp>

#include <concepts>
#include <span>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

namespace weir {

namespace detail {

/// What a dead letter carries of a row that could not be encoded: the row as JSON, where its columns are known.
template <class Row>
std::string_view row_as_letter(Row const& row, byte_buffer& room) {
    room.clear();
    if constexpr (std::is_same_v<Row, record> || row_binary_row<Row>) append_json(room, row);
    return room.view();
}

}  // namespace detail

/// The stage that all batching sinks are: encodes rows, gathers them, sends batches, retries, and answers for what it
/// holds. Codec × transport: any encoder of `Row` with any transport.
///
/// A row that cannot be encoded goes to the dead letters at once, as JSON. Cost a row: the encoding and 32 bytes. An
/// encoder or a transport whose settings make no sense says so by `error const* problem() const`, which stops the job.
/// A transport may have a `name`, which reports show.
template <class Row, encoder_for<Row> Encoder, transport Transport>
class batch_stage {
public:
    static constexpr std::string_view name = [] {
        if constexpr (requires { std::string_view(Transport::name); }) return std::string_view(Transport::name);
        else return std::string_view("batch");
    }();

    batch_stage(batch_options const& options, Encoder encoder, Transport road)
        : encoder_(std::move(encoder)), box_(std::move(road), options) {}

    void on_item(Row const& row, auto& out) {
        byte_buffer& into = box_.filling().bytes();
        std::size_t const before = into.size();
        if (encoder_.encode(row, into, why_)) [[likely]] {
            box_.filling().end_row(out.at());
            box_.row_added(out.now());
        } else {
            into.truncate(before);
            ++unencodable_;
            out.dead_letter(why_, detail::row_as_letter(row, letter_));
        }
    }

    void on_tick(timestamp now, auto& out) { work(now, out); }
    void settle(auto& out) { work(out.now(), out); }
    void flush(auto& out) {
        box_.close_batch();
        work(out.now(), out);
    }
    void on_end(auto& out) { flush(out); }
    void close() { box_.cancel(); }

    [[nodiscard]] bool ready() const noexcept { return box_.ready(); }
    [[nodiscard]] bool busy() const noexcept { return box_.busy(); }
    [[nodiscard]] std::uint64_t oldest_held() const noexcept { return box_.oldest_held(); }
    [[nodiscard]] timestamp next_wake() const { return box_.next_wake(); }
    [[nodiscard]] error const* failure() const noexcept {
        error const* const problem = settings_problem();
        return problem != nullptr ? problem : box_.failure();
    }

    void account(tally& count) const {
        count.passed = box_.stored();
        count.dead_lettered = box_.put_aside() + unencodable_;
        count.in_flight = box_.unsettled();
    }
    void measure(stage_figures& into) const { into.delivery = box_.figures(); }

    /// The queue behind the encoder, for its counts and its transport.
    [[nodiscard]] auto& box() noexcept { return box_; }

private:
    void work(timestamp now, auto& out) {
        if (settings_problem() == nullptr) box_.pump(now, out);
    }

    [[nodiscard]] error const* settings_problem() const noexcept {
        error const* problem = nullptr;
        if constexpr (requires { encoder_.problem(); }) problem = encoder_.problem();
        if constexpr (requires { box_.road().problem(); })
            problem = problem != nullptr ? problem : box_.road().problem();
        return problem;
    }

    Encoder encoder_;
    outbox<encoded_batch, Transport> box_;
    error why_{};
    byte_buffer letter_{};
    std::uint64_t unencodable_ = 0;
};

namespace detail {

/// Items side by side, kept as they are, for a function of the host.
template <class Item>
class item_batch {
public:
    using goods = std::span<Item const>;

    void add(Item const& item, stamp const& at) {
        oldest_ = min_of(oldest_, at.epoch);
        items_.push_back(item);
        stamps_.push_back(at);
    }

    [[nodiscard]] std::size_t rows() const noexcept { return items_.size(); }
    [[nodiscard]] std::size_t size() const noexcept { return items_.size() * sizeof(Item); }
    [[nodiscard]] std::uint64_t oldest() const noexcept { return oldest_; }
    [[nodiscard]] stamp at(std::size_t row) const noexcept { return stamps_[row]; }
    [[nodiscard]] std::uint64_t digest(std::size_t, std::size_t) const noexcept { return 0; }
    [[nodiscard]] std::string_view payload_of([[maybe_unused]] std::size_t row) const noexcept {
        if constexpr (std::is_convertible_v<Item const&, std::string_view>) return items_[row];
        else if constexpr (requires { std::string_view(items_[row].payload()); }) return items_[row].payload();
        else return {};
    }
    [[nodiscard]] goods ship(std::size_t first, std::size_t count, std::string_view, std::uint32_t) const noexcept {
        return std::span<Item const>(items_).subspan(first, count);
    }
    void clear() noexcept {
        items_.clear();
        stamps_.clear();
        oldest_ = nothing_held;
    }

private:
    std::vector<Item> items_{};
    std::vector<stamp> stamps_{};
    std::uint64_t oldest_ = nothing_held;
};

/// A function as a transport: it is called once an attempt, and its answer is the outcome.
template <class Item, class Function>
struct called_transport {
    Function function;
    outcome answer{};

    void start(std::span<Item const> items, timestamp) {
        auto said = detail::invoke(function, items);
        if constexpr (std::is_same_v<decltype(said), outcome>) answer = std::move(said);
        else answer = said.has_value() ? outcome::acknowledged() : outcome::retry(said.problem());
    }
    outcome poll(timestamp) { return std::move(answer); }
};

template <class Item, class Function>
class batch_call_stage {
public:
    static constexpr std::string_view name = "batch";
    static constexpr bool keeps_items = true;

    batch_call_stage(batch_options const& options, Function function) : box_({std::move(function)}, options) {}

    void on_item(Item const& item, auto& out) {
        box_.filling().add(item, out.at());
        box_.row_added(out.now());
    }
    void on_tick(timestamp now, auto& out) { box_.pump(now, out); }
    void settle(auto& out) { box_.pump(out.now(), out); }
    void flush(auto& out) {
        box_.close_batch();
        box_.pump(out.now(), out);
    }
    void on_end(auto& out) { flush(out); }

    [[nodiscard]] bool ready() const noexcept { return box_.ready(); }
    [[nodiscard]] bool busy() const noexcept { return box_.busy(); }
    [[nodiscard]] std::uint64_t oldest_held() const noexcept { return box_.oldest_held(); }
    [[nodiscard]] timestamp next_wake() const { return box_.next_wake(); }
    [[nodiscard]] error const* failure() const noexcept { return box_.failure(); }

    void account(tally& count) const {
        count.passed = box_.stored();
        count.dead_lettered = box_.put_aside();
        count.in_flight = box_.unsettled();
    }
    void measure(stage_figures& into) const { into.delivery = box_.figures(); }

private:
    outbox<item_batch<Item>, called_transport<Item, Function>> box_;
};

template <class Function>
struct batch_call_blueprint {
    using is_blueprint = void;
    batch_options options;
    Function function;

    template <class Stream>
    constexpr auto bind(Stream&) && {
        using item = typename Stream::item;
        if constexpr (!std::is_invocable_v<Function&, std::span<item const>>) {
            static_assert(never<Stream>,
                          "weir: the function given to `batch` cannot be called with a std::span of the items that "
                          "come before it.");
            return broken{};
        } else {
            using answer = std::remove_cvref_t<std::invoke_result_t<Function&, std::span<item const>>>;
            if constexpr (!std::is_same_v<answer, result<void>> && !std::is_same_v<answer, outcome>) {
                static_assert(never<Stream>,
                              "weir: the function given to `batch` must say what became of the batch: it returns "
                              "`weir::result<void>` (an error is tried again) or `weir::outcome`.");
                return broken{};
            } else {
                return batch_call_stage<item, Function>(options, std::move(function));
            }
        }
    }
};

template <class Encoder, class Transport>
struct batch_blueprint {
    using is_blueprint = void;
    batch_options options;
    Encoder encoder;
    Transport road;

    template <class Stream>
    constexpr auto bind(Stream&) && {
        using item = typename Stream::item;
        if constexpr (!encoder_for<Encoder, item>) {
            static_assert(never<Stream>,
                          "weir: the encoder given to `batch` does not take the item that comes before it: it has no "
                          "`bool encode(Item const&, weir::byte_buffer& into, weir::error& why)`.");
            return broken{};
        } else {
            return batch_stage<item, Encoder, Transport>(options, std::move(encoder), std::move(road));
        }
    }
};

}  // namespace detail

/// Gathers items and calls `function(std::span<Item const>)` for each batch; the function says what became of it, as a
/// `result<void>` (an error is tried again) or as an `outcome`. It is called on the host's thread and may block it.
template <class Function>
[[nodiscard]] constexpr auto batch(batch_options options, Function function) {
    return detail::batch_call_blueprint<Function>{options, std::move(function)};
}

/// Encodes each row, gathers the bytes, and sends batches by a transport: `batch({.rows = 500}, encoder, transport)`.
template <class Encoder, transport Transport>
[[nodiscard]] constexpr auto batch(batch_options options, Encoder encoder, Transport road) {
    return detail::batch_blueprint<Encoder, Transport>{options, std::move(encoder), std::move(road)};
}

}  // namespace weir
