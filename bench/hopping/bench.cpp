// SPDX-License-Identifier: Apache-2.0
// Problem: how many events had each key in the last so many seconds, told anew every second?
//
// An item must cost the same whatever the number of windows that contain it: weir with 60 windows an item is held against
// weir with one, and against panes with running totals written by hand.

#include "../harness/suite.hpp"
#include "by_hand.hpp"
#include "data.hpp"
#include "weir.hpp"

#include <memory>

namespace bench {

namespace {

using events_of_a_run = std::shared_ptr<std::vector<hopping::event> const>;

comparison with_one_window_an_item(char const* name, events_of_a_run data, std::int64_t overlap, double gate) {
    return {name, gate, [=](paired_options const&) {
                return sides{[=] { return hopping::by_weir(*data, overlap); },
                             {{"weir, one window an item", [=] { return hopping::by_weir(*data, 1); }}, ""},
                             data->size()};
            },
            {.agree = agreement::items_only}};
}

template <std::size_t Overlap>
comparison with_panes_by_hand(char const* name, events_of_a_run data, double gate) {
    return {name, gate, [=](paired_options const&) {
                return sides{[=] { return hopping::by_weir(*data, static_cast<std::int64_t>(Overlap)); },
                             {{"running totals of panes", [=] { return hopping::by_hand<Overlap>(*data); }}, ""},
                             data->size()};
            }};
}

}  // namespace

suite problems() {
    auto const data = std::make_shared<std::vector<hopping::event> const>(hopping::make_events(16'000'000, 1'000));
    suite all;
    all.comparisons.push_back(with_one_window_an_item("hopping/10_windows_to_1", data, 10, 0));
    all.comparisons.push_back(with_one_window_an_item("hopping/60_windows_to_1", data, 60, 1.6));
    all.comparisons.push_back(with_panes_by_hand<1>("hopping/1_window", data, 0));
    all.comparisons.push_back(with_panes_by_hand<60>("hopping/60_windows", data, 1.15));
    return all;
}

}  // namespace bench
