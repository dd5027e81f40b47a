// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <weir/adapter/clickhouse/detail/session.hpp>
#include <weir/adapter/clickhouse/detail/table_encoder.hpp>
#include <weir/adapter/clickhouse/options.hpp>
#include <weir/adapter/clickhouse/table.hpp>
#include <weir/pipeline/emitter.hpp>
#include <weir/pipeline/pipe.hpp>
#include <weir/sink/batch.hpp>
#include <weir/sink/encoded_batch.hpp>
#include <weir/sink/held_rows.hpp>
#include <weir/sink/outbox.hpp>

#include <algorithm>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>

namespace weir::clickhouse {

namespace detail {

/// The sink's stage: opens the table, encodes, gathers, inserts.
template <class Row>
class insert_stage {
public:
    static constexpr std::string_view name = "clickhouse";

    explicit insert_stage(options const& chosen)
        : options_(chosen), encoder_(chosen), box_(session(chosen), chosen.batch) {
        if (chosen.table.empty())
            failure_ = error{
                .component = "clickhouse", .place = http::address_of(chosen.url), .cause = "options::table is empty"};
    }

    void on_item(Row const& row, auto& out) {
        if (bound_) [[likely]]
            return add(row, out.at(), out);
        if constexpr (table_encoder<Row>::learns_from_rows)
            if (held_.empty()) encoder_.learn(row);
        held_.hold(row, out.at());
    }

    void on_tick(timestamp now, auto& out) { work(now, out); }
    void settle(auto& out) { work(out.now(), out); }
    void flush(auto& out) {
        flush_when_open_ = true;
        if (bound_) box_.close_batch();
        work(out.now(), out);
    }
    void on_end(auto& out) { flush(out); }
    void close() { box_.road().cancel(); }

    [[nodiscard]] bool ready() const noexcept {
        if (failure()) return false;
        if (bound_) return box_.ready();
        return table_encoder<Row>::learns_from_rows && held_.empty();
    }
    [[nodiscard]] bool busy() const noexcept { return !failure() && (box_.busy() || !held_.empty()); }
    [[nodiscard]] std::uint64_t oldest_held() const noexcept { return std::min(box_.oldest_held(), held_.oldest()); }
    [[nodiscard]] timestamp next_wake() const {
        if (failure()) return end_of_time;
        return bound_ ? box_.next_wake() : waits_for_a_row() ? end_of_time : box_.road().next_opening();
    }
    [[nodiscard]] error const* failure() const noexcept {
        return failure_ ? &*failure_ : box_.road().failure() ? box_.road().failure() : box_.failure();
    }

    void account(tally& count) const {
        count.passed = box_.stored();
        count.dead_lettered = box_.put_aside() + unencodable_;
        count.in_flight = box_.unsettled() + held_.size();
    }
    void measure(stage_figures& into) const { into.delivery = box_.figures(); }

private:
    [[nodiscard]] bool waits_for_a_row() const noexcept {
        return table_encoder<Row>::learns_from_rows && held_.empty() && probed_;
    }

    void work(timestamp now, auto& out) {
        if (failure()) return;
        if (!bound_) open(now, out);
        if (bound_) box_.pump(now, out);
    }

    void open(timestamp now, auto& out) {
        session& server = box_.road();
        bool const columns_are_known = !table_encoder<Row>::learns_from_rows || !held_.empty();
        server.open(now, columns_are_known, [this](server_features const& has) { return creation(has); });
        probed_ = !server.features().version.empty();
        if (!server.opened()) return;
        auto into = encoder_.bind(server.columns(), server.table_text());
        if (!into) {
            failure_ = into.problem();
            failure_->place = server.place();
            failure_->advice = "clickhouse::create_table_statement gives a table that fits";
            return;
        }
        server.insert_into(*into);
        bound_ = true;
        held_.release([&](Row const& row, stamp const& at) { add(row, at, out); });
        if (flush_when_open_) box_.close_batch();
    }

    [[nodiscard]] std::string creation(server_features const& has) const {
        return create_table_statement(options_.table, encoder_.wanted(),
                                      {.database = options_.database,
                                       .engine = options_.engine,
                                       .order_by = options_.order_by,
                                       .has_date_time64 = has.has("DateTime64"),
                                       .has_bool = has.has("Bool")});
    }

    [[gnu::always_inline]] void add(Row const& row, stamp const& at, auto& out) {
        byte_buffer& into = box_.filling().bytes();
        std::size_t const before = into.size();
        if (encoder_.encode(row, into, why_)) [[likely]] {
            box_.filling().end_row(at);
            box_.row_added(out.now());
        } else {
            into.truncate(before);
            ++unencodable_;
            out.dead_letter(why_, weir::detail::row_as_letter(row, letter_), at);
        }
    }

    options options_;
    table_encoder<Row> encoder_;
    outbox<encoded_batch, session> box_;
    held_rows<Row> held_{};
    std::optional<error> failure_{};
    error why_{};
    byte_buffer letter_{};
    std::uint64_t unencodable_ = 0;
    bool bound_ = false;
    bool probed_ = false;
    bool flush_when_open_ = false;
};

struct sink_blueprint {
    using is_blueprint = void;
    options chosen;

    template <class Stream>
    auto bind(Stream&) && {
        using item = typename Stream::item;
        if constexpr (std::is_same_v<item, record> || row_binary_row<item>) {
            return insert_stage<item>(chosen);
        } else {
            static_assert(
                weir::detail::never<Stream>,
                "weir: `clickhouse::sink` takes rows whose columns are numbers, bools, texts (std::string, "
                "std::string_view), weir::timestamp, durations, enums, and optionals of these: a row of an aggregate, "
                "a "
                "plain struct, or a weir::record. Put `| weir::to<a_struct>()` or `| weir::map(...)` before it.");
            return broken{};
        }
    }
};

}  // namespace detail

/// Stores rows in a table of ClickHouse over HTTP: `clickhouse::sink({.url = "http://localhost:8123", .table =
/// "rt.clicks"})`.
///
/// Item in: a row of named columns; the table's columns of the same names take them, in any order, and may be more.
/// When it opens it reads the table's columns and holds names and types against the row; each value is held against its
/// column's range before it is sent. Errors of the server are told apart by ClickHouse's exception code: passing ones
/// are tried again with the same bytes and token, a row at fault is found and put aside, the others stop the job.
///
/// State: the batches not yet acknowledged, at most `batch.waiting` and what one poll adds. Delivery: at least once; a
/// batch whose acknowledgement was lost is sent again, which `ReplacingMergeTree` (or a deduplication window of the
/// table) makes one. An acknowledged insert is not fsynced by the server unless it is configured to. Works with 18.16
/// and later.
[[nodiscard]] inline auto sink(options chosen) { return detail::sink_blueprint{std::move(chosen)}; }

}  // namespace weir::clickhouse
