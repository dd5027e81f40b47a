// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <weir/time/latency_histogram.hpp>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace weir {

/// How far a source has read one of its lanes: a Kafka partition, say. Positions are those of the items' stamps.
struct lane_figures {
    std::string name{};                         ///< as errors call it: `web.clicks/3`
    std::optional<std::uint64_t> position{};    ///< the first that is not yet read
    std::optional<std::uint64_t> end{};         ///< where the next item will be written, as the server said last
    std::optional<std::uint64_t> committed{};   ///< everything below it is acknowledged, and the server knows

    /// How many positions are still to be read, when both ends are known.
    [[nodiscard]] std::optional<std::uint64_t> lag() const noexcept {
        if (!position || !end) return std::nullopt;
        return *end > *position ? *end - *position : 0;
    }
};

/// What a sink that sends batches has done, and what waits in it. Rows are in the ledger.
struct delivery_figures {
    std::uint64_t attempts = 0;      ///< shipments that were begun, repetitions included
    std::uint64_t acknowledged = 0;  ///< shipments of which rows were stored: all, or all but those that were refused
    std::uint64_t retries = 0;       ///< attempts that failed for a passing reason and were, or will be, made again
    std::uint64_t refusals = 0;      ///< answers that refused rows, or called the shipment too large
    std::size_t waiting = 0;         ///< closed batches that are not done with
    std::size_t most_waiting = 0;    ///< so many, and the source is no longer polled
    latency_histogram latency{};     ///< of those acknowledged, from the first attempt on, by the host's clock
};

/// What a look-up has asked of the server that keeps its table, and what it keeps itself. What waits for an answer is in the
/// ledger.
struct lookup_figures {
    std::uint64_t questions = 0;  ///< keys that were asked for; all other items were answered by what is kept
    std::size_t kept = 0;         ///< answers kept
    std::size_t most_kept = 0;    ///< so many are kept at most
    std::size_t bytes = 0;        ///< memory that they take
};

/// What a stage tells of itself beside its ledger: what its hook `void measure(stage_figures&) const` fills in.
struct stage_figures {
    std::vector<lane_figures> lanes{};
    std::optional<delivery_figures> delivery{};
    std::optional<lookup_figures> lookup{};
};

namespace detail {

template <class S>
concept measures = requires(S const& stage, stage_figures& into) { stage.measure(into); };

}  // namespace detail
}  // namespace weir
