// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <weir/adapter/redis/detail/row_encoder.hpp>
#include <weir/adapter/redis/detail/session.hpp>
#include <weir/adapter/redis/lookup.hpp>
#include <weir/adapter/redis/options.hpp>
#include <weir/codec/row_binary.hpp>
#include <weir/pipeline/pipe.hpp>
#include <weir/pipeline/record.hpp>
#include <weir/sink/batch.hpp>

#include <type_traits>
#include <utility>

namespace weir::redis {

namespace detail {

struct sink_blueprint {
    using is_blueprint = void;
    using takes_changes = void;
    options chosen;

    template <class Stream>
    auto bind(Stream&) && {
        using row = weir::detail::plain_item<Stream>;
        if constexpr (std::is_same_v<row, record> || row_binary_row<row>) {
            using encoder = row_encoder<row>;
            return batch_stage<typename Stream::item, encoder, session>(chosen.batch, encoder(chosen, weir::detail::changing<Stream>),
                                                                        session(chosen));
        } else {
            static_assert(weir::detail::never<Stream>,
                          "weir: `redis::sink` takes rows whose columns are numbers, bools, texts (std::string, "
                          "std::string_view), weir::timestamp, durations, enums, and optionals of these: a row of an "
                          "aggregate, a plain struct, or a weir::record. Put `| weir::to<a_struct>()` or "
                          "`| weir::map(...)` before it.");
            return broken{};
        }
    }
};

}  // namespace detail

/// Writes rows to Redis: `redis::sink({.key = "click_count:{page}", .field = "{window_end}", .value = "{count}"})`.
///
/// Item in: a row of named columns; each becomes a field of a hash, a string, a member of a sorted set or an entry of a
/// stream. A row that comes anew overwrites what it wrote before, one that is taken back is deleted. Patterns are held
/// against the row's columns before anything is sent.
///
/// State: the batches not yet answered. Delivery: at least once, and since every command says what is and none what to
/// add, a batch that is sent twice leaves what one leaves; streams are the exception, see `options::id`. It never
/// blocks, but for the look-up of a server's name by the system's resolver.
[[nodiscard]] inline auto sink(options chosen) { return detail::sink_blueprint{std::move(chosen)}; }

}  // namespace weir::redis
