// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <weir/adapter/redis/detail/commands.hpp>
#include <weir/adapter/redis/detail/fill_pattern.hpp>
#include <weir/adapter/redis/detail/inquiry.hpp>
#include <weir/adapter/redis/detail/login.hpp>
#include <weir/adapter/redis/detail/lookup_plan.hpp>
#include <weir/adapter/redis/detail/value_cache.hpp>
#include <weir/adapter/redis/lookup_options.hpp>
#include <weir/base/borrows.hpp>
#include <weir/base/byte_buffer.hpp>
#include <weir/base/detail/order.hpp>
#include <weir/base/detail/owner.hpp>
#include <weir/base/detail/shown_text.hpp>
#include <weir/base/error.hpp>
#include <weir/join/detail/owned_texts.hpp>
#include <weir/join/lookup.hpp>
#include <weir/pipeline/context.hpp>
#include <weir/pipeline/figures.hpp>
#include <weir/pipeline/detail/waiting_room.hpp>
#include <weir/sink/batch.hpp>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>

namespace weir::redis::detail {

/// The stage that `redis::lookup` is: names the value that belongs to an item, and lets the item wait until it is known.
template <class Kind, class Item, class Row, class Function>
class lookup_stage {
    using made = weir::detail::looked_up<Kind, Item, Row, Function>;
    using cache = value_cache<Row>;
    static constexpr bool inner = made::inner;

public:
    using output = std::remove_cvref_t<decltype(made::of(std::declval<Function&>(), std::declval<Item const&>(),
                                                         std::declval<Row const*>(),
                                                         std::declval<weir::detail::poll_memory&>()))>;
    static constexpr std::string_view name = "redis lookup";
    // They wait with the items, which they must not overtake.
    static constexpr bool makes_watermarks = true;
    static constexpr bool makes_lanes = true;

    lookup_stage(lookup_options chosen, Function function)
        : plan_(lookup_plan::of(chosen, columns_of<Item>(), std::type_identity<Row>())),
          form_{.times = chosen.times, .plausible = chosen.plausible, .named = plan_.wanted.list},
          most_waiting_(weir::detail::max_of<std::size_t>(chosen.most_waiting, 1)), most_entries_(chosen.most_entries),
          most_held_bytes_(chosen.most_held_bytes), function_(std::move(function)),
          cache_(new cache(chosen.most_entries, chosen.time_to_live, chosen.absent_time_to_live)),
          server_(login(chosen, "lookup_"), chosen, plan_.wanted) {
        if (!plan_.problem.empty())
            failure_ = error{.component = "redis", .cause = server_.server().renamed(plan_.problem)};
    }

    void on_item(Item const& item, auto& out) {
        begin();
        if (failure_) [[unlikely]] return hold(item, cache::none, out.at());
        std::uint32_t number = cache::none;
        if (name_value(item)) number = find_or_ask(out.now());
        else if constexpr (inner) {
            ++null_keys_;
            return;
        }
        if (room_.empty() && is_known(number)) [[likely]] return pass(item, number, out.at(), out);
        hold(item, number, out.at());
    }

    void on_watermark(timestamp w, auto& out) { room_.pass(w, out); }
    void on_lane(lane_event event, auto& out) { room_.pass(event, out); }

    void on_tick(timestamp now, auto& out) {
        now_ = now;
        begin();
        work(now);
        if (failure_ || !std::exchange(news_, false)) return;
        memory_.use();
        room_.let_out(out, [&](held const& waited, stamp const& at) {
            if (!is_known(waited.number)) return false;
            pass(*waited.item, waited.number, at, out);
            if (waited.number != cache::none) cache_->unpin(waited.number);
            return true;
        });
        if (room_.empty()) memory_.turn_over();
    }
    void settle(auto& out) {
        memory_.settle();
        cache_->settle();
        // What this poll asks for need not wait for the next one.
        work(out.now());
    }
    void close() { server_.cancel(); }

    [[nodiscard]] bool ready() const noexcept {
        return failure() == nullptr && room_.length() < most_waiting_ && memory_.bytes() <= most_held_bytes_ / 2;
    }
    [[nodiscard]] bool busy() const noexcept { return !room_.empty(); }
    [[nodiscard]] bool waiting() const noexcept { return !room_.empty(); }
    [[nodiscard]] std::uint64_t oldest_held() const noexcept { return room_.oldest(); }
    [[nodiscard]] timestamp next_wake() const { return news_ ? now_ : server_.next_wake(now_); }
    [[nodiscard]] error const* failure() const noexcept { return failure_ ? &*failure_ : server_.failure(); }

    void account(tally& count) const {
        count.passed = count.emitted = emitted_;
        count.null_key = null_keys_;
        count.dead_lettered = dead_lettered_;
        count.in_flight = room_.items();
        count.filtered = count.in - emitted_ - null_keys_ - dead_lettered_ - room_.items();
    }

    void measure(stage_figures& into) const {
        into.lookup = {.questions = questions_, .kept = cache_->size(), .most_kept = most_entries_, .bytes = cache_->memory()};
    }

    /// How many answers it keeps.
    [[nodiscard]] std::size_t kept() const noexcept { return cache_->size(); }
    /// Bytes that these take, but for what members such as std::string hold of their own.
    [[nodiscard]] std::size_t memory() const noexcept { return cache_->memory(); }

private:
    struct held {
        std::optional<Item> item{};
        std::uint32_t number = cache::none;
    };

    void begin() {
        memory_.begin(!room_.empty());
        cache_->begin();
    }

    /// Names the value that belongs to the item, its key and then its field; false when it has none.
    [[nodiscard]] bool name_value(Item const& item) {
        name_.clear();
        if (fill_pattern(plan_.key, form_.times, item, name_)) return false;
        key_size_ = name_.size();
        return fill_pattern(plan_.field, form_.times, item, name_) == nullptr;
    }

    [[nodiscard]] std::uint32_t find_or_ask(timestamp now) {
        std::uint32_t number = cache_->find(name_, key_size_, now);
        if (number != cache::none) [[likely]] return number;
        number = cache_->add(name_, key_size_);
        ++questions_;
        server_.ask(number, [&](byte_buffer& into) {
            into.append(plan_.before);
            append_argument(into, name_.view().substr(0, key_size_));
            if (!plan_.field.empty()) append_argument(into, name_.view().substr(key_size_));
            into.append(plan_.behind);
        });
        return number;
    }
    [[nodiscard]] bool is_known(std::uint32_t number) { return number == cache::none || cache_->is_answered(number); }

    void pass(Item const& item, std::uint32_t number, stamp const& at, auto& out) {
        Row const* row = nullptr;
        if (number != cache::none) {
            auto const& entry = (*cache_)[number];
            if (entry.what == cache::state::refused) [[unlikely]] return put_aside(item, entry, at, out);
            if (entry.what == cache::state::found) row = &entry.row;
        }
        if constexpr (inner)
            if (!row) return;
        ++emitted_;
        cache_->lend();
        out.emit(made::of(function_, item, row, memory_.uncounted()), at);
    }

    [[gnu::noinline]] void put_aside(Item const& item, auto const& entry, stamp const& at, auto& out) {
        ++dead_lettered_;
        error why = *entry.why;
        std::string place = server_.server().place() + ", key '" + weir::detail::shown_text(entry.key(), 128) + "'";
        if (!plan_.field.empty()) place += ", field '" + weir::detail::shown_text(entry.field(), 128) + "'";
        if (!why.place.empty() && why.place != server_.server().place()) place += ", " + why.place;
        why.place = std::move(place);
        out.dead_letter(why, weir::detail::row_as_letter(item, letter_), at);
    }

    [[gnu::noinline]] void hold(Item const& item, std::uint32_t number, stamp const& at) {
        held waits{.item = item, .number = number};
        if constexpr (borrows<Item>)
            weir::detail::visit_texts(*waits.item, [this](std::string_view& text) { text = memory_.copy(text); });
        if (number != cache::none) cache_->pin(number);
        room_.add(std::move(waits), at);
        if (memory_.bytes() > most_held_bytes_ && !failure_)
            failure_ = error{.component = "redis",
                             .place = server_.server().place(),
                             .cause = "more than " + std::to_string(most_held_bytes_) + " bytes of items wait for answers",
                             .advice = "hold the input back while the job is not ready, or raise lookup_options::most_held_bytes"};
    }

    void work(timestamp now) {
        if (failure()) return;
        server_.work(
            now,
            [&](std::uint32_t number, value_reply const& said) {
                cache_->answer(number, said, form_, now);
                news_ = true;
            },
            [&](std::uint32_t number, error why, bool lasting) {
                cache_->refuse(number, std::move(why), now, lasting);
                news_ = true;
            });
    }

    lookup_plan plan_;
    field_form form_;
    std::size_t most_waiting_;
    std::size_t most_entries_;
    std::size_t most_held_bytes_;
    Function function_;
    weir::detail::owner<cache> cache_;  ///< it stays where it is when the job is moved
    inquiry server_;
    weir::detail::waiting_room<held> room_{};
    weir::detail::room_memory memory_{};
    byte_buffer name_{};
    std::size_t key_size_ = 0;
    byte_buffer letter_{};
    std::optional<error> failure_{};
    timestamp now_ = beginning_of_time;
    bool news_ = false;
    std::uint64_t emitted_ = 0;
    std::uint64_t null_keys_ = 0;
    std::uint64_t dead_lettered_ = 0;
    std::uint64_t questions_ = 0;
};

}  // namespace weir::redis::detail
