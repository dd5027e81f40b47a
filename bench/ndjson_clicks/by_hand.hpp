// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <stdexcept>

#include "../harness/answer.hpp"
#include "click_fields.hpp"
#include "click_table.hpp"
#include "data.hpp"

namespace bench::ndjson_clicks {

inline constexpr std::uint64_t window_shift = 100'000'000;

inline std::uint64_t window_of(std::int64_t ts_ms) noexcept {
    return (static_cast<std::uint64_t>(ts_ms) + window_shift * window_ms) / window_ms;
}

inline std::int64_t start_of(std::uint64_t window) noexcept {
    return static_cast<std::int64_t>((window - window_shift) * window_ms);
}

/// Clicks counted per (page, country) and minute; the watermark moves with every click.
class click_counts {
public:
    explicit click_counts(answer& into) : consume_{into} {}

    void prefetch(std::uint64_t hash) const noexcept { table_.prefetch(hash); }

    [[gnu::always_inline]] void add(std::uint64_t hash, click_fields const& click) {
        std::uint64_t const window = window_of(click.ts_ms);
        latest_ = std::max(latest_, click.ts_ms);
        if (latest_ >= next_close_) [[unlikely]]
            close_until(window_of(latest_ - bound_ms));
        if (window < first_open_) [[unlikely]] {
            ++consume_.into.late;
            return;
        }
        table_.add(hash, click.page, click.country, window % panes);
    }

    void finish() {
        if (latest_ != std::numeric_limits<std::int64_t>::min()) close_until(window_of(latest_) + 1);
    }

private:
    [[gnu::noinline]] void close_until(std::uint64_t window) {
        if (first_open_ == 0) first_open_ = window;
        for (std::uint64_t const last = std::min(window, first_open_ + panes); first_open_ < last; ++first_open_) {
            std::int64_t const start_us = start_of(first_open_) * 1'000;
            table_.close(first_open_ % panes, [&](std::string_view page, std::string_view country,
                                                  std::uint64_t count) { consume_(start_us, page, country, count); });
        }
        first_open_ = window;
        next_close_ = start_of(first_open_ + 1) + bound_ms;
    }

    click_table table_;
    checksum_rows consume_;
    std::int64_t latest_ = std::numeric_limits<std::int64_t>::min();
    std::int64_t next_close_ = std::numeric_limits<std::int64_t>::min();
    std::uint64_t first_open_ = 0;
};

inline void require_counts_fit(clicks const& input) {
    if (input.bytes.size() > std::numeric_limits<std::uint32_t>::max())
        throw std::length_error("a count may not fit 32 bits");
}

/// Each click is counted as it is read.
[[gnu::noinline]] inline answer by_hand(clicks const& input) {
    require_counts_fit(input);
    answer result;
    click_counts counts(result);
    simdjson::ondemand::parser parser;
    auto rest = input.text();
    while (!rest.empty())
        for_each_click<read_click>(
            parser, take_block(rest),
            [&](click_fields const& click) {
                ++result.items;
                counts.add(hash_key(click.page, click.country), click);
            },
            [] {});
    counts.finish();
    return result;
}

/// Some clicks are read and the table's lines asked for, before they are counted. The texts must be read in place for
/// that: those that simdjson copies are gone with the next document.
template <std::size_t Batch>
[[gnu::noinline]] answer by_hand_batched(clicks const& input) {
    require_counts_fit(input);
    answer result;
    click_counts counts(result);
    simdjson::ondemand::parser parser;
    struct hashed_click {
        click_fields click;
        std::uint64_t hash;
    };
    std::array<hashed_click, Batch> batch;
    std::size_t held = 0;
    auto const count_batch = [&] {
        result.items += held;
        for (std::size_t at = 0; at < held; ++at) counts.add(batch[at].hash, batch[at].click);
        held = 0;
    };
    auto rest = input.text();
    while (!rest.empty()) {
        for_each_click<read_click>(
            parser, take_block(rest),
            [&](click_fields const& click) {
                batch[held] = {click, hash_key(click.page, click.country)};
                counts.prefetch(batch[held].hash);
                if (++held == Batch) count_batch();
            },
            [] {});
        count_batch();
    }
    counts.finish();
    return result;
}

}  // namespace bench::ndjson_clicks
