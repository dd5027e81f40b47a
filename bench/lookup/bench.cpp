// SPDX-License-Identifier: Apache-2.0
// Problem: what is known of the user of each click, when one click in ten is of a user nobody knows?

#include "../harness/suite.hpp"
#include "by_hand.hpp"
#include "data.hpp"
#include "weir.hpp"

#include <memory>

namespace bench {

namespace {

comparison with_users(char const* name, std::uint64_t user_count) {
    using namespace lookup;
    return {name, 0, [=](paired_options const& options) {
                auto const clicks = std::make_shared<std::vector<click> const>(make_clicks(16'000'000, user_count));
                auto const mine = std::make_shared<users_by_id>(weir::unbounded);
                fill(*mine, user_count);
                auto const theirs = std::make_shared<user_table const>(user_count);
                return sides{[=] { return by_weir(*clicks, *mine); },
                             fastest_of({{"slots", [=] { return by_hand<0>(*clicks, *theirs); }},
                                         {"slots, prefetched", [=] { return by_hand<16>(*clicks, *theirs); }}},
                                        options),
                             clicks->size()};
            }};
}

}  // namespace

suite problems() {
    suite all;
    all.comparisons.push_back(with_users("lookup/1000", 1'000));
    all.comparisons.push_back(with_users("lookup/1000000", 1'000'000));
    return all;
}

}  // namespace bench
