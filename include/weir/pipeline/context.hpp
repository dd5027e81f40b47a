// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <weir/base/callback.hpp>
#include <weir/pipeline/stamp.hpp>

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace weir {

/// What became of the items that came into a stage. All counts are of items, but `emitted`, which counts what went out.
///
/// The ledger balances when `in == passed + filtered + aggregated + late + future + null_key + dead_lettered + in_flight`.
struct tally {
    std::uint64_t in = 0;             ///< items that came in
    std::uint64_t passed = 0;         ///< handled and done with (or passed on)
    std::uint64_t filtered = 0;       ///< left out on purpose
    std::uint64_t aggregated = 0;     ///< part of a result that was emitted
    std::uint64_t late = 0;           ///< came after all its windows had closed
    std::uint64_t future = 0;         ///< implausibly far ahead of the clock
    std::uint64_t null_key = 0;       ///< had no key, so belonged to no group
    std::uint64_t dead_lettered = 0;  ///< could not be handled
    std::uint64_t in_flight = 0;      ///< still held: open windows, batches on their way
    std::uint64_t emitted = 0;        ///< items that went out
    /// Times that an item came too late for a window; one that comes late for some of its windows and in time for others is
    /// not `late`, and counts here alone.
    std::uint64_t late_assignments = 0;

    /// Whether every item that came in is accounted for.
    [[nodiscard]] constexpr bool balanced() const noexcept {
        return in == passed + filtered + aggregated + late + future + null_key + dead_lettered + in_flight;
    }
};

/// What all stages of one job share: the host's clock, the number of the poll, the names of the lanes, and the road that
/// dead letters take. The job owns it; stages see it through `out`.
struct job_context {
    timestamp now = beginning_of_time;  ///< the host's clock, as given last; `beginning_of_time`: none was given
    std::uint64_t epoch = 0;            ///< number of the current poll
    std::uint64_t round = 0;            ///< number of the current step or push: what was borrowed in one before is let go of
    std::size_t budget = 0;             ///< how many items this poll may still emit
    bool letters_ready = true;          ///< there was room for dead letters when the current step began
    std::uint64_t letters_held = ~std::uint64_t{0};  ///< the oldest poll with a dead letter that was not stored when the step began
    job_context const* around = nullptr;  ///< of the job in whose steps this one is driven (join/alongside.hpp)
    std::vector<std::string> lane_names{};
    callback<void(dead_letter const&)> dead_letters{};

    /// What to call a lane: `web.clicks/3`, `clicks.ndjson`; `lane 3` when its source has not said.
    [[nodiscard]] std::string lane_name(std::uint32_t lane) const {
        std::string name = lane < lane_names.size() ? lane_names[lane] : std::string();
        return name.empty() ? "lane " + std::to_string(lane) : name;
    }

    /// `lane/position` in words: `web.clicks/3/1042`, `clicks.ndjson/17`.
    [[nodiscard]] std::string place_of(stamp const& at) const { return lane_name(at.lane) + "/" + std::to_string(at.position); }

    /// Completes the place of `why` and hands the letter on.
    void put_aside(error why, std::string_view payload, stamp const& at) const {
        why.place = why.place.empty() ? place_of(at) : place_of(at) + ": " + why.place;
        if (dead_letters) dead_letters(dead_letter{std::move(why), payload, at});
    }

    /// Remembers what to call a lane.
    void name_lane(std::uint32_t lane, std::string_view name) {
        if (lane >= lane_names.size()) lane_names.resize(lane + std::size_t{1});
        lane_names[lane] = name;
    }
};

}  // namespace weir
