// SPDX-License-Identifier: Apache-2.0
#include <oracle/random_stream.hpp>
#include <oracle/tumbling_oracle.hpp>

#include <catch.hpp>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <variant>
#include <weir/testing/window_oracle.hpp>

namespace weir_test::oracle_window_oracle {

using weir::testing::oracle_rule;
using weir::testing::window_oracle;
using settings = weir::testing::oracle_settings<int>;

constexpr weir::duration us(std::int64_t n) { return weir::duration(n); }
constexpr weir::timestamp at(std::int64_t n) { return weir::timestamp(us(n)); }

TEST_CASE("oracle of windows: it agrees with the older oracle of tumbling windows on random streams") {
    for (std::uint64_t seed = 1; seed <= 200; ++seed) {
        CAPTURE(seed);
        random_stream const stream = make_random_stream(seed);
        tumbling_oracle<std::uint32_t> older(stream.settings);
        settings given{.rule = oracle_rule::tumbling(us(stream.settings.size), us(stream.settings.offset)),
                       .bound = us(stream.settings.bound), .lateness = us(stream.settings.lateness)};
        if (stream.settings.max_ahead) given.max_ahead = us(*stream.settings.max_ahead);
        window_oracle<std::uint32_t, int> oracle(given);
        older.clock(stream.now);
        oracle.clock(at(stream.now));
        for (auto const& one : stream.script.actions()) {
            if (auto const* said = std::get_if<lane_script<fact>::item_said>(&one)) {
                fact const& f = said->item;
                older.item(said->at.lane, f.at.time_since_epoch().count(), f.key, f.value, f.id);
                oracle.item(said->at.lane, f.at, f.key, static_cast<int>(f.value), f.id);
            } else if (auto const* event = std::get_if<weir::lane_event>(&one)) {
                bool const opened = event->what == weir::lane_event::kind::opened;
                opened ? older.opened(event->lane) : older.idle(event->lane);
                opened ? oracle.opened(event->lane) : oracle.idle(event->lane);
            }
            REQUIRE(oracle.rows.size() == older.rows.size());
            REQUIRE(oracle.waiting().size() == older.in_flight());
            auto const held = oracle.held();
            REQUIRE((held.empty() ? std::nullopt : std::optional(held.front())) == older.oldest_held());
        }
        older.end();
        oracle.end();
        REQUIRE(oracle.rows.size() == older.rows.size());
        for (std::size_t i = 0; i < older.rows.size(); ++i) {
            REQUIRE(oracle.rows[i].start == at(older.rows[i].start));
            REQUIRE(oracle.rows[i].end == at(older.rows[i].end));
            REQUIRE(oracle.rows[i].key == older.rows[i].key);
            REQUIRE(oracle.rows[i].result == older.rows[i].count);
            std::int64_t sum = 0;
            for (auto const& each : oracle.rows[i].items) sum += each.value;
            REQUIRE(sum == older.rows[i].sum);
        }
        REQUIRE(oracle.late == older.late);
        REQUIRE(oracle.future == older.future);
        REQUIRE(oracle.without_key.size() == older.null_keys);
    }
}

}  // namespace weir_test::oracle_window_oracle
