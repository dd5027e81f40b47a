// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <weir/codec/job_metrics.hpp>
#include <weir/time/timestamp.hpp>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string>

namespace weir::prometheus {

/// Where metrics are served, and how much the server lets itself be asked. Nothing of it is secret.
struct server_options {
    /// An address of this machine, IPv4 or IPv6, as numbers. The metrics have no password: other than the loopback address
    /// lets everybody read them who can reach it.
    std::string address = "127.0.0.1";
    /// 0: one that is free; `server::port()` says which.
    std::uint16_t port = 9464;
    metrics_options metrics{};
    /// Whether OpenMetrics is given to those who prefer it; else everybody is given the text format.
    bool open_metrics = true;
    unsigned most_connections = 16;            ///< those beyond it wait to be let in
    std::size_t most_request_bytes = 16'384;   ///< of a request line and its headers; what is longer is refused
    duration idle_timeout = std::chrono::seconds(10);  ///< a connection that is silent for so long is closed; whole seconds
};

}  // namespace weir::prometheus
