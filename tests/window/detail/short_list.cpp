// SPDX-License-Identifier: Apache-2.0
#include <weir/window/detail/short_list.hpp>

#include <algorithm>
#include <catch.hpp>
#include <cstddef>
#include <cstdint>
#include <oracle/random_stream.hpp>
#include <string>
#include <utility>
#include <vector>

namespace weir_test::window_detail_short_list {

using list = weir::detail::short_list<std::string>;
using pool = weir::detail::short_list_pool<std::string>;

std::string long_text(std::int64_t number) { return "a text that needs memory of its own, number " + std::to_string(number); }

TEST_CASE("a short list holds what a vector holds, whatever is put in and taken out, and of lists from the pool") {
    for (std::uint64_t seed = 1; seed <= 200; ++seed) {
        dice roll(seed);
        pool lists;
        list::owned mine = lists.take();
        std::vector<std::string> wanted;
        for (std::int64_t round = 0; round < 200; ++round) {
            if (roll.once_in(2) || wanted.empty()) {
                auto const at = roll.between(0, static_cast<std::int64_t>(wanted.size()));
                wanted.insert(wanted.begin() + at, long_text(round));
                list::insert(mine, static_cast<std::size_t>(at), long_text(round));
            } else {
                auto const from = roll.once_in(2) ? 0 : roll.between(0, static_cast<std::int64_t>(wanted.size()) - 1);
                auto const end = roll.between(from, std::min<std::int64_t>(from + 3, static_cast<std::int64_t>(wanted.size())));
                wanted.erase(wanted.begin() + from, wanted.begin() + end);
                mine->erase(static_cast<std::size_t>(from), static_cast<std::size_t>(end));
                if (mine->size() == 0) {
                    lists.give_back(std::move(mine));
                    mine = lists.take();
                }
            }
            INFO("seed " << seed << ", round " << round);
            REQUIRE(mine->size() == wanted.size());
            for (std::size_t i = 0; i < wanted.size(); ++i) REQUIRE((*mine)[i] == wanted[i]);
        }
    }
}

TEST_CASE("objects lie where their alignment wants them, in lists that grow too") {
    struct alignas(32) wide {
        std::int64_t number;
    };
    using wide_list = weir::detail::short_list<wide>;
    wide_list::owned mine = wide_list::make();
    for (std::size_t i = 0; i < 100; ++i) wide_list::insert(mine, i, wide{static_cast<std::int64_t>(i)});
    for (std::size_t i = 0; i < 100; ++i) {
        CHECK((*mine)[i].number == static_cast<std::int64_t>(i));
        CHECK(reinterpret_cast<std::uintptr_t>(&(*mine)[i]) % alignof(wide) == 0);
    }
}

TEST_CASE("a list from whose front as much is taken out as is put in at its end does not grow") {
    list::owned mine = list::make();
    list::insert(mine, 0, long_text(0));
    for (std::int64_t i = 1; i < 1000; ++i) {
        list::insert(mine, 1, long_text(i));
        mine->erase(0, 1);
    }
    CHECK((*mine)[0] == long_text(999));
    CHECK(mine->room() <= 2 * list::least_room);
}

TEST_CASE("a pool hands out what was given back last, and keeps no more than 64 KiB, none of it long") {
    pool lists;
    list::owned first = lists.take();
    list const* const where = first.get();
    lists.give_back(std::move(first));
    CHECK(lists.memory() > 0);
    CHECK(lists.take().get() == where);
    CHECK(lists.memory() == 0);

    std::vector<list::owned> many;
    for (int i = 0; i < 5000; ++i) many.push_back(lists.take());
    for (auto& each : many) lists.give_back(std::move(each));
    CHECK(lists.memory() > 32'768);
    CHECK(lists.memory() <= 65'536 + 5000 * sizeof(void*));

    pool none;
    list::owned grown = none.take();
    for (std::int64_t i = 0; i <= list::least_room; ++i) list::insert(grown, 0, long_text(i));
    grown->erase(0, grown->size());
    none.give_back(std::move(grown));
    CHECK(none.memory() == 0);
}

}  // namespace weir_test::window_detail_short_list
