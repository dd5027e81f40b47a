// SPDX-License-Identifier: Apache-2.0
#pragma once
#if !__has_include(<librdkafka/rdkafka.h>)
#error "weir: the kafka adapter needs librdkafka. Install librdkafka-dev (Debian) or librdkafka (vcpkg, Conan)."
#endif
#include <weir/base/detail/owner.hpp>
#include <weir/time/timestamp.hpp>

#include <librdkafka/rdkafka.h>

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <limits>
#include <string>
#include <string_view>

namespace weir::kafka::detail {

template <auto Destroy>
struct destroyer {
    template <class T>
    void operator()(T* owned) const noexcept { Destroy(owned); }
};

using partition_list = weir::detail::owner<rd_kafka_topic_partition_list_t, destroyer<rd_kafka_topic_partition_list_destroy>>;
using queue_handle = weir::detail::owner<rd_kafka_queue_t, destroyer<rd_kafka_queue_destroy>>;
using topic_handle = weir::detail::owner<rd_kafka_topic_t, destroyer<rd_kafka_topic_destroy>>;
using event_handle = weir::detail::owner<rd_kafka_event_t, destroyer<rd_kafka_event_destroy>>;
using error_handle = weir::detail::owner<rd_kafka_error_t, destroyer<rd_kafka_error_destroy>>;
using conf_handle = weir::detail::owner<rd_kafka_conf_t, destroyer<rd_kafka_conf_destroy>>;
using headers_handle = weir::detail::owner<rd_kafka_headers_t, destroyer<rd_kafka_headers_destroy>>;

[[nodiscard]] inline partition_list make_partition_list() { return partition_list(rd_kafka_topic_partition_list_new(8)); }
[[nodiscard]] inline partition_list copy_of(rd_kafka_topic_partition_list_t const* list) {
    return list ? partition_list(rd_kafka_topic_partition_list_copy(list)) : make_partition_list();
}

/// librdkafka's form of a version number.
[[nodiscard]] constexpr int library_version(int major, int minor, int patch) noexcept {
    return major << 24 | minor << 16 | patch << 8 | 0xff;
}

/// The faults of a librdkafka version that we step around. Each is named by its issue there and the version that mended it.
struct library_faults {
    /// #4208, 2.1.0: when librdkafka pauses partitions for an incremental rebalance while a batch is being gathered, it
    /// purges what it had gathered of them, and later goes on behind it. We then gather one message at a time.
    bool batch_loses_in_rebalance = false;
    /// #4438, 2.3.0: a lost connection can end an idempotent producer by a fatal "sequence desynchronization".
    bool idempotence_breaks = false;
    /// #5347, 2.14.2: leaving a group while its coordinator is gone dereferences a null pointer. We leave only when the
    /// coordinator has just answered.
    bool leaving_crashes = false;
};

[[nodiscard]] constexpr library_faults faults_of(int version) noexcept {
    return {.batch_loses_in_rebalance = version < library_version(2, 1, 0),
            .idempotence_breaks = version < library_version(2, 3, 0),
            .leaving_crashes = version < library_version(2, 14, 2)};
}

/// A duration as librdkafka wants it: whole milliseconds, at least one unless it is nothing.
[[nodiscard]] constexpr int milliseconds_of(duration d) noexcept {
    auto const rounded = std::chrono::ceil<std::chrono::milliseconds>(std::max(d, duration::zero())).count();
    return static_cast<int>(std::min<std::int64_t>(rounded, std::numeric_limits<int>::max()));
}

/// Asks the brokers about each partition of the list, whose offset says what for: RD_KAFKA_OFFSET_BEGINNING (the first offset
/// that is still there) or RD_KAFKA_OFFSET_END (the first that is not there yet). All in one round trip, `at_most` long.
///
/// Kafka takes these two for times before and after all others, so the question by time answers it. The function meant for
/// it, `rd_kafka_query_watermark_offsets`, takes one partition at a time, and in 2.0.2 waits without end for a broker that
/// does not answer, whatever time-out it is given.
[[nodiscard]] inline rd_kafka_resp_err_t ask_offsets(rd_kafka_t* client, rd_kafka_topic_partition_list_t& list,
                                                     duration at_most) {
    if (list.cnt == 0) return RD_KAFKA_RESP_ERR_NO_ERROR;
    rd_kafka_resp_err_t code = rd_kafka_offsets_for_times(client, &list, milliseconds_of(at_most));
    for (int i = 0; !code && i < list.cnt; ++i)
        code = list.elems[i].err ? list.elems[i].err
               : list.elems[i].offset < 0 ? RD_KAFKA_RESP_ERR__TIMED_OUT
                                          : RD_KAFKA_RESP_ERR_NO_ERROR;
    return code;
}

/// Makes a new client connect at once. By itself it waits for something to do, and then for a timer that runs once a second.
inline void start_connecting(rd_kafka_t* client) {
    rd_kafka_metadata_t const* found = nullptr;
    // Asks for nothing and waits for next to nothing: what counts is that a broker is wanted.
    if (rd_kafka_metadata(client, 0, nullptr, &found, 1) == RD_KAFKA_RESP_ERR_NO_ERROR) rd_kafka_metadata_destroy(found);
}

/// Whether a broker has answered this client yet. Does not wait.
[[nodiscard]] inline bool is_connected(rd_kafka_t* client) {
    char* const cluster = rd_kafka_clusterid(client, 0);
    if (!cluster) return false;
    rd_kafka_mem_free(client, cluster);
    return true;
}

}  // namespace weir::kafka::detail
