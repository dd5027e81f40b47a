// SPDX-License-Identifier: Apache-2.0
#include <weir/window/open_window.hpp>

#include <catch.hpp>
#include <chrono>
#include <string_view>
#include <vector>
#include <weir/aggregate/count.hpp>
#include <weir/aggregate/minmax.hpp>
#include <weir/pipeline/job.hpp>
#include <weir/sink/call.hpp>
#include <weir/source/push.hpp>
#include <weir/transform/event_time.hpp>
#include <weir/transform/key_by.hpp>
#include <weir/window/aggregate.hpp>
#include <weir/window/tumbling.hpp>

namespace weir_test::window_open_window {

using namespace std::chrono_literals;

struct click {
    std::string_view page;
    int price;
    weir::timestamp ts;
};

[[nodiscard]] weir::timestamp at(std::chrono::seconds n) { return weir::timestamp(n); }

/// The open windows of the job's aggregate, by the hook.
std::vector<weir::open_window> windows_of(auto& job) {
    std::vector<weir::open_window> all;
    std::as_const(job.stages().template stage<1>()).open_windows([&](weir::open_window const& each) { all.push_back(each); });
    return all;
}

TEST_CASE("an aggregate tells its open windows: their bounds, their items over all keys, and whether they have fired") {
    auto const check = [](auto function) {
        auto job = weir::from(weir::push<click>()) | weir::event_time<&click::ts>(weir::bounded_out_of_orderness(0s)) |
                   weir::key_by<&click::page>() |
                   weir::window(weir::tumbling(1min), weir::drop_late, weir::allowed_lateness(2min)) | weir::aggregate(function) |
                   weir::discard();
        CHECK(windows_of(job).empty());
        for (click const& each : {click{"/", 1, at(10s)}, click{"/a", 2, at(20s)}, click{"/", 3, at(30s)},
            click{"/", 4, at(70s)}}) job.push(each);
        auto all = windows_of(job);
        REQUIRE(all.size() == 2);
        CHECK(all[0].start == at(0s));
        CHECK(all[0].end == at(60s));
        CHECK(all[0].items == 3);
        CHECK(all[0].fired);
        CHECK(all[1].start == at(60s));
        CHECK(all[1].items == 1);
        CHECK_FALSE(all[1].fired);
        job.push(click{"/b", 5, at(50s)});  // a correction
        CHECK(windows_of(job)[0].items == 4);
        job.push(click{"/", 6, at(180s)});
        all = windows_of(job);
        REQUIRE(all.size() == 2);  // the first can no longer be corrected
        CHECK(all[0].start == at(60s));
        CHECK(all[1].start == at(180s));
    };
    check(weir::count());               // counts items anyway
    check(weir::max<&click::price>());  // does not
}

}  // namespace weir_test::window_open_window
