// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <weir/adapter/kafka.hpp>

#include <cerrno>
#include <cstring>
#include <fstream>
#include <string>

namespace examples {

/// Sends the lines of a file to partition 0 of a topic, without keys, as `kcat -P -p 0 -l FILE` does. The embedded broker
/// keeps 5 MiB a partition as stored, and says when that is too little.
inline weir::result<void> send_lines(weir::kafka::embedded_broker& broker, std::string const& topic, std::string const& path) {
    errno = 0;
    std::ifstream file(path, std::ios::binary);
    if (!file) return weir::error{.component = "input", .place = path, .cause = std::strerror(errno), .advice = {}};
    weir::result<void> sent = broker.create_topic(topic, 1);
    for (std::string line; sent && std::getline(file, line);) sent = broker.produce(topic, 0, std::nullopt, line);
    return sent ? broker.flush() : sent;
}

}  // namespace examples
