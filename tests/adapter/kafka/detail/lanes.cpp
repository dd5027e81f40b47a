// SPDX-License-Identifier: Apache-2.0
#include <weir/adapter/kafka/detail/lanes.hpp>

#include <catch.hpp>
#include <algorithm>
#include <cstdint>
#include <random>
#include <vector>

namespace weir_test::adapter_kafka_detail_lanes {

using namespace weir::kafka::detail;

TEST_CASE("a lane is found again by its topic and partition") {
    lane_table lanes;
    lane& first = lanes.find_or_add("a", 0);
    lane& second = lanes.find_or_add("a", 1);
    for (int i = 0; i < 100; ++i) lanes.find_or_add("b", i);
    CHECK(&lanes.find_or_add("a", 0) == &first);
    CHECK(lanes.find("a", 1) == &second);
    CHECK(lanes.find("a", 2) == nullptr);
    CHECK(second.name == "a/1");
    CHECK(second.number == 1);
    CHECK(&lanes[1] == &second);
}

TEST_CASE("what is acknowledged is what was read before, for every lane (against a list of all reads)") {
    struct read {
        std::uint64_t epoch;
        std::uint32_t lane;
        std::int64_t next;
        std::uint32_t generation;
    };
    std::mt19937 random(11);
    for (bool const many : {false, true}) {
        lane_table lanes;
        read_log log;
        std::vector<read> all;
        for (int i = 0; i < 5; ++i) lanes.find_or_add("t", i).next = 0;
        std::uint64_t acknowledged = 0;
        std::uint64_t epoch = 0;
        // Many: far beyond the limit, so that entries are left out.
        for (int round = 0; round < (many ? 200'000 : 20'000); ++round) {
            ++epoch;
            for (std::uint32_t l = 0; l < 5; ++l) {
                if (random() % 3 == 0) continue;
                lane& each = lanes[l];
                if (!many && random() % 500 == 0) {  // begun elsewhere: what was read before no longer counts
                    ++each.generation;
                    each.next = static_cast<std::int64_t>(random() % 100'000);
                    each.acknowledged = each.next;
                }
                each.next += 1 + static_cast<std::int64_t>(random() % 50);
                log.note(each, epoch);
                all.push_back({epoch, l, each.next, each.generation});
            }
            if (many ? round % 50'000 != 49'999 : random() % 20 != 0) continue;
            acknowledged += random() % (epoch - acknowledged + 1);
            log.acknowledge(acknowledged, lanes);
            std::vector<std::int64_t> expected(5, unknown_offset);
            for (read const& each : all)
                if (each.epoch < acknowledged && each.generation == lanes[each.lane].generation)
                    expected[each.lane] = std::max(expected[each.lane], each.next);
            for (std::uint32_t l = 0; l < 5; ++l) {
                if (expected[l] == unknown_offset) continue;
                // Never more than was read before; nothing less either, unless entries were left out.
                REQUIRE(lanes[l].acknowledged <= expected[l]);
                if (!many) REQUIRE(lanes[l].acknowledged == expected[l]);
                else REQUIRE(lanes[l].acknowledged > expected[l] - 50 * 1000);
            }
        }
        CHECK(log.size() <= 200'000);
        log.acknowledge(epoch + 1, lanes);
        CHECK(log.size() == 0);
        for (lane const& each : lanes) CHECK(each.acknowledged == each.next);
    }
}

}  // namespace weir_test::adapter_kafka_detail_lanes
