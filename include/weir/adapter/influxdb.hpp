// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <weir/adapter/influxdb/detail/session.hpp>
#include <weir/adapter/influxdb/options.hpp>
#include <weir/codec/line_protocol.hpp>
#include <weir/codec/line_protocol_record.hpp>
#include <weir/pipeline/pipe.hpp>
#include <weir/sink/batch.hpp>

#include <type_traits>
#include <utility>

namespace weir::influxdb {

namespace detail {

struct sink_blueprint {
    using is_blueprint = void;
    options chosen;

    template <class Stream>
    auto bind(Stream&) && {
        using item = typename Stream::item;
        if constexpr (std::is_same_v<item, record> || line_protocol_row<item>) {
            using codec = line_protocol<item>;
            return batch_stage<item, codec, session>(chosen.batch, codec(line_options_of(chosen)), session(chosen));
        } else {
            static_assert(weir::detail::never<Stream>,
                          "weir: `influxdb::sink` takes rows whose columns are numbers, bools, texts (std::string, "
                          "std::string_view), "
                          "weir::timestamp, durations, enums, and optionals of these: a row of an aggregate, a plain "
                          "struct, or a "
                          "weir::record. Put `| weir::to<a_struct>()` or `| weir::map(...)` before it.");
            return broken{};
        }
    }
};

}  // namespace detail

/// Writes rows as points over HTTP, to InfluxDB 1.x or 2.x, VictoriaMetrics, and whatever else takes line protocol:
/// `influxdb::sink({.database = "web", .measurement = "page_minute", .tags = {"page", "country"}})`.
///
/// Item in: a row of named columns; which is a tag, a field or the time is chosen by the options, by default the
/// window's end is the time, the key's columns (or, where the row does not know its key, its texts) are tags, the rest
/// fields. What line protocol cannot say goes to the dead letters. A write that the server took only in part is
/// understood: the rows at fault are found and put aside, the others are stored.
///
/// State: the batches not yet acknowledged. Delivery: at least once, and a point that is sent twice is one point. Tags
/// must tell rows apart: two rows of equal tags and time are one point too.
[[nodiscard]] inline auto sink(options chosen) { return detail::sink_blueprint{std::move(chosen)}; }

}  // namespace weir::influxdb
