// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <weir/adapter/kafka.hpp>

#include <cerrno>
#include <charconv>
#include <chrono>
#include <cstdint>
#include <cstring>
#include <fstream>
#include <optional>
#include <string>
#include <string_view>

namespace examples {

/// Calls `send(line)`, which returns a `weir::result<void>`, for each line of a file until one is refused.
template <class Send>
weir::result<void> for_each_line(std::string const& path, Send send) {
    errno = 0;
    std::ifstream file(path, std::ios::binary);
    if (!file) return weir::error{.component = "input", .place = path, .cause = std::strerror(errno), .advice = {}};
    weir::result<void> sent;
    for (std::string line; sent && std::getline(file, line);) sent = send(std::string_view(line));
    return sent;
}

/// Sends the lines of a file to partition 0 of a topic, without keys, as `kcat -P -p 0 -l FILE` does. The embedded broker
/// keeps 5 MiB a partition as stored, and says when that is too little.
inline weir::result<void> send_lines(weir::kafka::embedded_broker& broker, std::string const& topic, std::string const& path) {
    if (auto const made = broker.create_topic(topic, 1); !made) return made;
    auto const sent = for_each_line(path, [&](std::string_view line) { return broker.produce(topic, 0, std::nullopt, line); });
    return sent ? broker.flush() : sent;
}

/// The same for lines of `milliseconds TAB key TAB value`: records with that time and key. An empty value is a tombstone.
inline weir::result<void> send_records(weir::kafka::embedded_broker& broker, std::string const& topic, std::string const& path) {
    if (auto const made = broker.create_topic(topic, 1); !made) return made;
    auto const sent = for_each_line(path, [&](std::string_view line) -> weir::result<void> {
        std::size_t const first = line.find('\t'), second = line.find('\t', first + 1);
        std::int64_t time = 0;
        if (second == line.npos || std::from_chars(line.data(), line.data() + first, time).ptr != line.data() + first)
            return weir::error{
                .component = "input", .place = path, .cause = "not milliseconds, key and value: " + std::string(line), .advice = {}};
        std::optional<std::string_view> const value = line.substr(second + 1);
        return broker.produce(topic, 0, line.substr(first + 1, second - first - 1), value->empty() ? std::nullopt : value,
                              weir::timestamp(std::chrono::milliseconds(time)));
    });
    return sent ? broker.flush() : sent;
}

}  // namespace examples
