// SPDX-License-Identifier: Apache-2.0
#include <weir/window/detail/closing_queue.hpp>

#include <algorithm>
#include <catch.hpp>
#include <cstdint>
#include <oracle/random_stream.hpp>
#include <tuple>
#include <utility>
#include <vector>

namespace weir_test::window_detail_closing_queue {

using weir::detail::waiting_key;

weir::timestamp at(std::int64_t micros) { return weir::timestamp(weir::duration(micros)); }

constexpr std::uint64_t nowhere = ~std::uint64_t{0};

/// Keys by their numbers: when each is due, and under which deadline it lies in the queue.
struct keys {
    struct key {
        weir::timestamp due{};
        weir::timestamp noted = weir::beginning_of_time;
        std::uint64_t arrival = 0;
    };
    std::vector<key> all{};

    weir::timestamp noted(std::uint64_t number) const { return all[number].noted; }
    waiting_key renew(std::uint64_t number) {
        all[number].noted = all[number].due;
        return {all[number].due, all[number].arrival, number};
    }
    void approach(std::uint64_t) const {}
    bool waits(std::uint64_t number) const { return all[number].noted != weir::beginning_of_time; }
};

/// Puts keys down, puts them off, brings them forward, lets go of them and gives them other numbers while the watermark moves on;
/// what comes out must be what a walk over all keys finds, in order. `spread` is how far ahead deadlines lie.
void check(std::uint64_t seed, std::int64_t spread, std::int64_t step) {
    dice roll(seed);
    weir::detail::closing_queue queue;
    keys mine;
    std::int64_t watermark = roll.between(-1000, 1000);
    std::uint64_t arrivals = 0;
    auto const put = [&](std::uint64_t number, std::int64_t due) {
        mine.all[number].due = at(due);
        queue.put(mine.renew(number), at(watermark), weir::duration(1000), mine);
    };
    for (int round = 0; round < 60; ++round) {
        for (std::int64_t i = roll.between(0, 60); i > 0; --i) {
            mine.all.push_back({.arrival = arrivals++});
            put(mine.all.size() - 1, watermark + roll.between(0, spread));
        }
        for (std::uint64_t number = 0; number < mine.all.size(); ++number) {
            if (!mine.waits(number) || !roll.once_in(3)) continue;
            std::int64_t const due = watermark + roll.between(0, spread);
            if (at(due) >= mine.noted(number)) mine.all[number].due = at(due);  // the queue need not hear of it
            else if (roll.once_in(2)) put(number, due);
            else mine.all[number].noted = weir::beginning_of_time;
        }
        if (roll.once_in(8)) {
            std::vector<std::uint64_t> number_of(mine.all.size(), nowhere);
            keys renumbered;
            for (std::uint64_t old = 0; old < mine.all.size(); ++old) {
                if (!mine.waits(old)) continue;
                number_of[old] = renumbered.all.size();
                renumbered.all.push_back(mine.all[old]);
            }
            mine = std::move(renumbered);
            queue.renumber(nowhere, [&](std::uint64_t old) { return number_of[old]; });
        }
        watermark += roll.between(0, step);
        std::vector<std::pair<weir::timestamp, std::uint64_t>> wanted, got;
        for (keys::key const& each : mine.all)
            if (each.noted != weir::beginning_of_time && each.due < at(watermark)) wanted.push_back({each.due, each.arrival});
        std::sort(wanted.begin(), wanted.end());
        bool const quiet = at(watermark) <= queue.quiet_until();
        for (waiting_key next; queue.pop(at(watermark), next, mine);) {
            got.push_back({next.at, next.arrival});
            mine.all[next.number].noted = weir::beginning_of_time;
        }
        INFO("seed " << seed << ", round " << round);
        REQUIRE(got == wanted);
        if (quiet) REQUIRE(got.empty());
    }
    for (waiting_key next; queue.pop(weir::end_of_time, next, mine);) mine.all[next.number].noted = weir::beginning_of_time;
    REQUIRE(queue.size() == 0);
    for (std::uint64_t number = 0; number < mine.all.size(); ++number) REQUIRE_FALSE(mine.waits(number));
}

TEST_CASE("what a closing queue hands out equals a walk over all deadlines: near ones, far ones, and many at one time") {
    for (std::uint64_t seed = 1; seed <= 100; ++seed) {
        check(seed, 2000, 500);
        check(seed, 3, 2);               // many in one part of a bucket
        check(seed, 1'000'000, 50'000);  // beyond the last bucket, so that buckets become wider
        check(seed, 1'000'000'000, 400'000'000);
    }
}

}  // namespace weir_test::window_detail_closing_queue
