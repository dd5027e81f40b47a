// SPDX-License-Identifier: Apache-2.0
#include <weir/sink/delivery.hpp>

#include <catch.hpp>
#include <chrono>
#include <string>
#include <support/scripted_transport.hpp>

namespace weir_test::sink_delivery {

using namespace std::chrono_literals;

struct to_memory {
    std::string* into;
    void start(weir::shipment const& goods, weir::timestamp) { into->append(goods.bytes); }
    weir::outcome poll(weir::timestamp) { return weir::outcome::acknowledged(); }
};
struct cannot_be_asked {
    void start(weir::shipment const&, weir::timestamp) {}
};
struct answers_yes_or_no {
    void start(weir::shipment const&, weir::timestamp) {}
    bool poll(weir::timestamp) { return true; }
};

static_assert(weir::transport<to_memory>);
static_assert(weir::transport<scripted_transport>);
static_assert(!weir::transport<cannot_be_asked>);
static_assert(!weir::transport<answers_yes_or_no>);

TEST_CASE("an outcome says what it was made of") {
    weir::error const why{.component = "clickhouse", .cause = "too many parts"};
    CHECK(weir::outcome::pending().what == weir::outcome::kind::pending);
    CHECK(weir::outcome::acknowledged().what == weir::outcome::kind::acknowledged);
    auto const again = weir::outcome::retry(why, 7s);
    CHECK(again.what == weir::outcome::kind::retry);
    CHECK(again.why == why);
    CHECK(again.after == weir::duration(7s));
    CHECK_FALSE(weir::outcome::retry(why).after);
    CHECK(weir::outcome::too_large(why).what == weir::outcome::kind::too_large);
    CHECK(weir::outcome::rejected(why).what == weir::outcome::kind::rejected);
    CHECK(weir::outcome::fatal(why).what == weir::outcome::kind::fatal);
    auto const some = weir::outcome::partial(why, {1, 4});
    CHECK(some.what == weir::outcome::kind::partial);
    CHECK(some.bad_rows == std::vector<std::size_t>{1, 4});
}

}  // namespace weir_test::sink_delivery
