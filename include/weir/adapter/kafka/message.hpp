// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <weir/adapter/kafka/record.hpp>
#include <weir/time/timestamp.hpp>

#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

namespace weir::kafka {

/// Let the partitioner choose.
inline constexpr std::int32_t any_partition = -1;

/// One message to be sent. Everything in it is borrowed until it was handed to the sink, which copies it.
struct message {
    std::optional<std::string_view> key{};    ///< none: null, and any partition
    std::optional<std::string_view> value{};  ///< none: null, a tombstone
    std::optional<timestamp> time{};          ///< to the millisecond; none: when it is sent
    std::span<header const> headers{};
    std::int32_t partition = any_partition;
    std::string_view topic{};                 ///< empty: the sink's
};

}  // namespace weir::kafka
