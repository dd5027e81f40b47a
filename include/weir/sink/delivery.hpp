// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <weir/base/error.hpp>
#include <weir/time/timestamp.hpp>

#include <concepts>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>
#include <utility>
#include <vector>

/// \file
/// The seam between codecs and transports: a batch of encoded rows goes to a transport, an `outcome` comes back.
///
/// A transport is a plain struct with two members, and never blocks:
///
///     struct to_memory { std::string* into;
///                        void start(weir::shipment const& s, weir::timestamp) { into->append(s.bytes); }
///                        weir::outcome poll(weir::timestamp) { return weir::outcome::acknowledged(); } };
///
/// The allowed order of calls is `(start poll* cancel?)*`: one shipment at a time, until `poll` says other than
/// pending.

namespace weir {

/// Encoded rows on their way. Everything is borrowed until the outcome is known, and equal for each attempt.
struct shipment {
    std::string_view bytes{};
    std::size_t rows = 0;
    std::string_view token{};   ///< names this content: the same for every attempt, different for any other shipment
    std::uint32_t attempt = 1;  ///< counts from 1
};

/// What became of a shipment, or of one attempt at it.
struct outcome {
    enum class kind {
        pending,       ///< not known yet: ask again
        acknowledged,  ///< every row is stored
        retry,         ///< a passing failure: send the same bytes with the same token again
        too_large,     ///< nothing is stored; the same rows in smaller shipments may be
        rejected,      ///< some row is at fault, it is not known which; what is sent again of it does no harm
        partial,       ///< exactly `bad_rows` are at fault; every other row is stored
        fatal,         ///< no row is at fault and trying again is of no use: the job stops
    };

    kind what = kind::pending;
    error why{};
    std::optional<duration> after{};      ///< retry: the server asked to wait at least this long
    /// partial: the rows at fault, by their numbers in the shipment, from 0, rising. retry: the rows that are not stored,
    /// when others of the shipment are; none: nothing is said of single rows.
    std::vector<std::size_t> bad_rows{};
    std::vector<error> reasons{};  ///< what is wrong with each of `bad_rows`; none: `why`, with all of them

    [[nodiscard]] static outcome pending() { return {}; }
    [[nodiscard]] static outcome acknowledged() { return {.what = kind::acknowledged}; }
    [[nodiscard]] static outcome retry(error why, std::optional<duration> after = {}) {
        return {.what = kind::retry, .why = std::move(why), .after = after};
    }
    [[nodiscard]] static outcome too_large(error why) { return {.what = kind::too_large, .why = std::move(why)}; }
    [[nodiscard]] static outcome rejected(error why) { return {.what = kind::rejected, .why = std::move(why)}; }
    [[nodiscard]] static outcome partial(error why, std::vector<std::size_t> rows, std::vector<error> reasons = {}) {
        return {.what = kind::partial, .why = std::move(why), .bad_rows = std::move(rows), .reasons = std::move(reasons)};
    }
    [[nodiscard]] static outcome fatal(error why) { return {.what = kind::fatal, .why = std::move(why)}; }
};

/// Sends shipments, one at a time, without blocking. Optional members: `void cancel()` gives up the one on its way;
/// `timestamp next_wake(timestamp now) const` says when `poll` is worth a call.
template <class T>
concept transport = requires(T& road, shipment const& goods, timestamp now) {
    { road.start(goods, now) } -> std::same_as<void>;
    { road.poll(now) } -> std::same_as<outcome>;
};

}  // namespace weir
