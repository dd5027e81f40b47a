// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <weir/adapter/kafka/source.hpp>

#include <string_view>
#include <utility>

namespace weir::kafka {

/// Reads a compacted topic as a table: `from(weir::kafka::table_source({.brokers = "localhost:9092", .topic = "users"})) |
/// weir::decode_table(weir::plain_key<int>(), weir::json<user>()) | weir::to_table(users)`.
///
/// All partitions are read from their beginnings by every copy of the program, without a group and without commits, and
/// then followed. `caught_up()` says when everything has been read that the broker had at the start: until then `alongside`
/// holds back the stream that looks things up. Each key's last record counts; one without a value (a tombstone) says that
/// its key is gone, and comes out like any other. Everything else is as `kafka::source` has it.
class table_source : public source {
public:
    static constexpr std::string_view name = "kafka table";

    explicit table_source(table_options options)
        : source({.brokers = std::move(options.brokers),
                  .topic = std::move(options.topic),
                  .start = start_at::earliest,
                  .until_end = options.until_end,
                  .connect_timeout = options.connect_timeout,
                  .close_timeout = options.close_timeout,
                  .max_batch = options.max_batch,
                  .settings = std::move(options.settings),
                  .on_trouble = std::move(options.on_trouble)},
                 true) {}

    /// Everything that was there when it began has been emitted.
    [[nodiscard]] bool caught_up() const { return has_caught_up(); }
};

}  // namespace weir::kafka
