// SPDX-License-Identifier: Apache-2.0
#include <weir/adapter/kafka/detail/unanswered.hpp>

#include <algorithm>
#include <catch.hpp>
#include <cstdint>
#include <iterator>
#include <map>
#include <random>

namespace weir_test::adapter_kafka_detail_unanswered {

using weir::kafka::detail::unanswered;

TEST_CASE("the oldest is never younger than what is unanswered, and nothing is held when all is answered (against a map)") {
    std::mt19937 random(5);
    unanswered sent;
    std::map<std::uint32_t, weir::stamp> all;
    std::uint64_t epoch = 1;
    for (int round = 0; round < 200'000; ++round) {
        if (random() % 10 == 0) {
            ++epoch;
            sent.seal();
        }
        if (all.empty() || random() % 100 < (round / 1000 % 2 == 0 ? 60 : 40)) {
            // A row may come of records read long ago.
            weir::stamp const at{.position = random(), .epoch = epoch - random() % std::min<std::uint64_t>(epoch, 5), .lane = static_cast<std::uint32_t>(random() % 9)};
            std::uint32_t const number = sent.add(at);
            REQUIRE_FALSE(all.contains(number));
            all[number] = at;
        } else {
            auto const chosen = random() % 4 != 0 ? all.begin() : std::next(all.begin(), static_cast<std::ptrdiff_t>(random() % std::min<std::size_t>(all.size(), 50)));
            weir::stamp const at = sent.at(chosen->first);
            REQUIRE(at.position == chosen->second.position);
            REQUIRE(at.lane == chosen->second.lane);
            REQUIRE(at.epoch <= chosen->second.epoch);
            sent.remove(chosen->first);
            all.erase(chosen);
        }
        REQUIRE(sent.count() == all.size());
        if (round % 64 != 0) continue;
        std::uint64_t oldest = weir::nothing_held;
        for (auto const& [number, at] : all) oldest = std::min(oldest, at.epoch);
        REQUIRE(sent.oldest() <= oldest);
    }
    while (!all.empty()) {
        sent.remove(all.begin()->first);
        all.erase(all.begin());
    }
    CHECK(sent.oldest() == weir::nothing_held);
    CHECK(sent.count() == 0);
}

TEST_CASE("in order, the oldest moves on as answers come") {
    unanswered sent;
    std::uint32_t numbers[10];
    for (std::uint64_t epoch = 1; epoch <= 10; ++epoch) {
        sent.seal();
        numbers[epoch - 1] = sent.add({.epoch = epoch});
    }
    for (std::uint64_t epoch = 1; epoch <= 10; ++epoch) {
        CHECK(sent.oldest() == epoch);
        sent.remove(numbers[epoch - 1]);
    }
    CHECK(sent.oldest() == weir::nothing_held);
}

}  // namespace weir_test::adapter_kafka_detail_unanswered
