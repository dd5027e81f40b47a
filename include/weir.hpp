// SPDX-License-Identifier: Apache-2.0
#pragma once

/// \file
/// Every core room of weir; the standard library is all it needs. Adapters are included one by one:
/// `<weir/adapter/kafka.hpp>` and so on. The formats of one database (`codec/row_binary.hpp`, `codec/line_protocol.hpp`) come
/// with its adapter.

#include <weir/version.hpp>

#include <weir/base/arena.hpp>
#include <weir/base/arena_set.hpp>
#include <weir/base/borrows.hpp>
#include <weir/base/byte_buffer.hpp>
#include <weir/base/callback.hpp>
#include <weir/base/columns.hpp>
#include <weir/base/dense_table.hpp>
#include <weir/base/enum_name.hpp>
#include <weir/base/epoch.hpp>
#include <weir/base/error.hpp>
#include <weir/base/fixed_string.hpp>
#include <weir/base/flat_table.hpp>
#include <weir/base/hash.hpp>
#include <weir/base/int128.hpp>
#include <weir/base/key_columns.hpp>
#include <weir/base/member.hpp>
#include <weir/base/member_name.hpp>
#include <weir/base/reflect.hpp>
#include <weir/base/result.hpp>
#include <weir/base/row.hpp>
#include <weir/base/slot_table.hpp>
#include <weir/base/type_list.hpp>
#include <weir/base/type_name.hpp>

#include <weir/time/format_time.hpp>
#include <weir/time/lane.hpp>
#include <weir/time/latency_histogram.hpp>
#include <weir/time/parse_time.hpp>
#include <weir/time/time_zone.hpp>
#include <weir/time/timestamp.hpp>
#include <weir/time/watermark.hpp>

#include <weir/pipeline/any_stream.hpp>
#include <weir/pipeline/boxed.hpp>
#include <weir/pipeline/change.hpp>
#include <weir/pipeline/context.hpp>
#include <weir/pipeline/describe.hpp>
#include <weir/pipeline/emitter.hpp>
#include <weir/pipeline/explain.hpp>
#include <weir/pipeline/figures.hpp>
#include <weir/pipeline/flow.hpp>
#include <weir/pipeline/job.hpp>
#include <weir/pipeline/misfit.hpp>
#include <weir/pipeline/open_pipeline.hpp>
#include <weir/pipeline/pipe.hpp>
#include <weir/pipeline/record.hpp>
#include <weir/pipeline/report.hpp>
#include <weir/pipeline/stage.hpp>
#include <weir/pipeline/stamp.hpp>
#include <weir/pipeline/stream.hpp>

#include <weir/source/file.hpp>
#include <weir/source/generator.hpp>
#include <weir/source/lines.hpp>
#include <weir/source/push.hpp>
#include <weir/source/range.hpp>
#include <weir/source/values.hpp>

#include <weir/transform/changelog.hpp>
#include <weir/transform/decode.hpp>
#include <weir/transform/event_time.hpp>
#include <weir/transform/filter.hpp>
#include <weir/transform/flat_map.hpp>
#include <weir/transform/key_by.hpp>
#include <weir/transform/map.hpp>
#include <weir/transform/merge.hpp>
#include <weir/transform/merge_in_order.hpp>
#include <weir/transform/named.hpp>
#include <weir/transform/split.hpp>
#include <weir/transform/take.hpp>
#include <weir/transform/tap.hpp>
#include <weir/transform/tee.hpp>
#include <weir/transform/to.hpp>

#include <weir/aggregate/aggregate_function.hpp>
#include <weir/aggregate/count.hpp>
#include <weir/aggregate/distinct.hpp>
#include <weir/aggregate/distinct_estimate.hpp>
#include <weir/aggregate/distinct_sketch.hpp>
#include <weir/aggregate/mean.hpp>
#include <weir/aggregate/minmax.hpp>
#include <weir/aggregate/sum.hpp>

#include <weir/window/aggregate.hpp>
#include <weir/window/calendar.hpp>
#include <weir/window/count_window.hpp>
#include <weir/window/cumulate.hpp>
#include <weir/window/emission.hpp>
#include <weir/window/global.hpp>
#include <weir/window/hopping.hpp>
#include <weir/window/key_text.hpp>
#include <weir/window/late.hpp>
#include <weir/window/open_window.hpp>
#include <weir/window/ordered_aggregate.hpp>
#include <weir/window/pane.hpp>
#include <weir/window/paned_aggregate.hpp>
#include <weir/window/rule.hpp>
#include <weir/window/session.hpp>
#include <weir/window/session_aggregate.hpp>
#include <weir/window/sliding.hpp>
#include <weir/window/state_limit.hpp>
#include <weir/window/tumbling.hpp>
#include <weir/window/updating_aggregate.hpp>
#include <weir/window/window.hpp>
#include <weir/window/windowed_aggregate.hpp>

#include <weir/join/alongside.hpp>
#include <weir/join/decode_table.hpp>
#include <weir/join/lookup.hpp>
#include <weir/join/table.hpp>
#include <weir/join/to_table.hpp>

#include <weir/click/anomaly.hpp>

#include <weir/codec/access_log.hpp>
#include <weir/codec/csv.hpp>
#include <weir/codec/csv_reader.hpp>
#include <weir/codec/ndjson.hpp>

#include <weir/sink/batch.hpp>
#include <weir/sink/call.hpp>
#include <weir/sink/collect.hpp>
#include <weir/sink/dead_letter.hpp>
#include <weir/sink/delivery.hpp>
#include <weir/sink/encoded_batch.hpp>
#include <weir/sink/file.hpp>
#include <weir/sink/held_rows.hpp>
#include <weir/sink/outbox.hpp>
#include <weir/sink/print.hpp>
#include <weir/sink/retry.hpp>
#include <weir/sink/upsert.hpp>

#include <weir/run/runner.hpp>
