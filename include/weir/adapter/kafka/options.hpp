// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <weir/base/callback.hpp>
#include <weir/base/error.hpp>
#include <weir/time/timestamp.hpp>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace weir::kafka {

/// Settings handed to librdkafka as they are (`security.protocol`, `sasl.password`, `ssl.ca.location` …), by its own names.
///
/// A value whose name speaks of a password, secret, key, token or credential appears in no error. What has a field of its
/// own in the options is refused here, by an error that names the field.
using settings_map = std::map<std::string, std::string>;

/// Called, on the host's thread and never inside librdkafka, with each passing trouble that librdkafka mends by itself: a
/// broker lost, a commit that came too late, a warning it would have printed. Empty: nobody wants to know.
using trouble_callback = callback<void(error const&)>;

/// Where a partition begins to be read.
///
/// A group that shares its partitions (no `partitions` given) always goes on where it stored an offset; there the value
/// says where a partition begins for which nothing is stored. With `partitions`, or without a group, `earliest` and
/// `latest` are meant as they are. An offset that the broker no longer has is an error, never a jump.
enum class start_at {
    stored,    ///< where the group left off; the first record when it stored nothing
    earliest,  ///< the first record that the broker has
    latest,    ///< what comes from now on
};

/// One partition's offset.
struct partition_offset {
    std::string topic{};
    std::int32_t partition = 0;
    std::int64_t offset = 0;
};

/// What `kafka::source` reads, and how. Every duration is by the clock that the host gives to `job.step`.
struct source_options {
    std::string brokers{};              ///< `host:port`, several by commas
    std::string topic{};                ///< one topic, or …
    std::string group{};                ///< consumer group; empty: no offsets are stored
    std::vector<std::string> topics{};  ///< … several, beside or instead of `topic`
    /// Read exactly these partitions of every topic, without sharing them among a group; with a group, its stored offsets
    /// are used and kept all the same. Empty: a group shares them out; without a group all are read.
    std::vector<std::int32_t> partitions{};
    start_at start = start_at::stored;
    std::vector<partition_offset> offsets{};  ///< begin exactly here the first time these partitions are read
    /// End when each partition has reached the high watermark that it had at the start. Off: never end.
    bool until_end = false;
    /// A partition is idle when the broker has confirmed that nothing is waiting and it was quiet for this long. Unset:
    /// never, so windows wait for quiet partitions.
    std::optional<duration> idle_timeout{};
    duration connect_timeout = std::chrono::seconds(10);  ///< no broker by then: the job fails, with one error
    duration commit_every = std::chrono::seconds(1);      ///< how often acknowledged offsets are committed
    duration close_timeout = std::chrono::seconds(5);     ///< the longest that leaving may block
    std::size_t max_batch = 1024;                         ///< records in one poll, at the most
    settings_map settings{};
    trouble_callback on_trouble{};
};

/// What `kafka::table_source` reads, and how. Every duration is by the clock that the host gives to `job.step`.
struct table_options {
    std::string brokers{};  ///< `host:port`, several by commas
    std::string topic{};    ///< all of its partitions are read, from their beginnings
    /// End when each partition has reached the high watermark that it had at the start. Off: follow the topic for ever.
    bool until_end = false;
    duration connect_timeout = std::chrono::seconds(10);  ///< no broker by then: the job fails, with one error
    duration close_timeout = std::chrono::seconds(5);     ///< the longest that closing may block
    std::size_t max_batch = 1024;                         ///< records in one poll, at the most
    settings_map settings{};
    trouble_callback on_trouble{};
};

/// Who must have a message before it counts as delivered.
enum class acknowledged_by {
    all_replicas,  ///< all in-sync replicas
    leader,        ///< the leader alone: lost if that broker is lost at once
};

/// How batches of messages are compressed.
enum class compression { none, gzip, snappy, lz4, zstd };

/// What becomes of a message that could not be delivered within `delivery_timeout`, or that the broker refuses.
enum class undeliverable {
    fail,         ///< the job stops with an error; nothing was acknowledged, so a restart sends it again
    dead_letter,  ///< it goes to the dead letters, with the cause, and the job goes on
};

/// Whether the broker drops messages that a retry sends twice.
enum class idempotence {
    automatic,  ///< on, except with librdkafka before 2.3.0, where a lost connection can stop such a producer for good
                ///< (its issue 4438): there one request at a time keeps the order, and a retry may repeat a message
    on,
    off,
};

/// Where `kafka::sink` writes, and how.
struct sink_options {
    std::string brokers{};  ///< `host:port`, several by commas
    std::string topic{};    ///< unless a message names its own
    acknowledged_by acks = acknowledged_by::all_replicas;
    idempotence idempotent = idempotence::automatic;
    compression compress = compression::lz4;
    /// How a key chooses its partition. The default agrees with Java producers.
    std::string partitioner = "murmur2_random";
    duration linger = std::chrono::milliseconds(5);        ///< how long a message may wait for others
    duration delivery_timeout = std::chrono::minutes(5);   ///< by librdkafka's clock: a message not delivered by then fails
    duration connect_timeout = std::chrono::seconds(10);   ///< no broker by then: the job fails, with one error
    duration close_timeout = std::chrono::seconds(5);      ///< the longest that closing may block
    std::size_t max_in_flight = 100'000;                   ///< undelivered messages before the source is held up
    undeliverable on_undeliverable = undeliverable::fail;
    settings_map settings{};
    trouble_callback on_trouble{};
};

}  // namespace weir::kafka
