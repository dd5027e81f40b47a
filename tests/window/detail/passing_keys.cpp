// SPDX-License-Identifier: Apache-2.0
#include <weir/window/detail/passing_keys.hpp>

#include <algorithm>
#include <catch.hpp>
#include <cstdint>
#include <map>
#include <oracle/random_stream.hpp>
#include <string>
#include <string_view>
#include <vector>

namespace weir_test::window_detail_passing_keys {

TEST_CASE("keys come and go as in a map, and an entry stays where it is while it is there") {
    for (std::uint64_t seed = 1; seed <= 40; ++seed) {
        dice roll(seed);
        weir::detail::passing_keys<std::uint64_t, int> keys;
        using entry = decltype(keys)::entry;
        std::map<std::uint64_t, entry*> oracle;
        std::int64_t const range = roll.between(1, 400);
        for (int step = 0; step < 4000; ++step) {
            auto const key = static_cast<std::uint64_t>(roll.between(0, range)) << (seed % 3 * 20);
            if (auto const found = oracle.find(key); found != oracle.end() && roll.once_in(2)) {
                keys.erase(*found->second);
                oracle.erase(found);
            } else {
                bool made = false;
                entry& at = keys.find_or_insert(key, [&] {
                    made = true;
                    return static_cast<int>(key);
                });
                REQUIRE(made == (found == oracle.end()));
                if (!made) REQUIRE(found->second == &at);
                REQUIRE(at.key == key);
                oracle[key] = &at;
            }
            if (roll.once_in(50)) keys.recycle();
        }
        REQUIRE(keys.size() == oracle.size());
        std::map<std::uint64_t, entry*> seen;
        keys.for_each([&](entry& each) { seen[each.key] = &each; });
        REQUIRE(seen == oracle);
    }
}

TEST_CASE("what a key that has gone lent can be looked at until recycle, and long texts go back") {
    weir::detail::passing_keys<std::string_view, int> keys;
    std::string const tail(200, 'x');
    std::size_t most = 0;
    for (int round = 0; round < 200; ++round) {
        std::vector<decltype(keys)::entry*> made;
        for (int i = 0; i < 50; ++i) {
            std::string const text = std::to_string(round * 1000 + i) + tail;
            made.push_back(&keys.find_or_insert(text, [] { return 0; }));
        }
        std::vector<std::string_view> lent;
        for (auto* each : made) lent.push_back(each->key);
        for (std::size_t i = 1; i < made.size(); ++i) keys.erase(*made[i]);
        for (std::size_t i = 0; i < lent.size(); ++i)
            REQUIRE(lent[i] == std::to_string(round * 1000 + static_cast<int>(i)) + tail);
        keys.recycle();
        most = std::max(most, keys.text_bytes());
    }
    CHECK(keys.size() == 200);
    CHECK(most < 1'000'000);  // 10,000 texts came
    std::size_t right = 0;
    keys.for_each([&](auto const& each) {
        std::string_view const text = each.key;
        right += text.size() > 200 && text.ends_with(tail) ? 1u : 0u;
    });
    CHECK(right == 200);
}

}  // namespace weir_test::window_detail_passing_keys
