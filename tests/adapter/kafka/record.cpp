// SPDX-License-Identifier: Apache-2.0
#include <weir/adapter/kafka/record.hpp>

#include <weir/adapter/kafka/message.hpp>
#include <weir/base/borrows.hpp>
#include <weir/pipeline/flow.hpp>

#include <array>
#include <catch.hpp>
#include <iterator>
#include <span>
#include <string>
#include <support/kafka_jobs.hpp>
#include <vector>

namespace weir_test::adapter_kafka_record {

using weir::kafka::record;

static_assert(sizeof(record) == 16);
static_assert(weir::borrows<record>);
static_assert(weir::borrows<weir::kafka::header>);
static_assert(weir::detail::self_stamped<record>);
static_assert(std::forward_iterator<weir::kafka::header_list::iterator>);

/// Calls `look` for each record of a topic, while it is valid.
template <class Look>
struct looker {
    Look look;
    void on_batch(std::span<record const> records, auto& out) {
        for (record const& each : records) look(each, out);
    }
    void on_item(record const& each, auto& out) { look(each, out); }
};

template <class Look>
void look_at(weir::kafka::embedded_broker& broker, std::string const& topic, Look look) {
    auto job = weir::from(weir::kafka::source({.brokers = broker.brokers(), .topic = topic, .until_end = true})) | looker<Look>{look};
    hand_clock clock;
    REQUIRE(run_to_end(job, clock));
    REQUIRE(job.report().exit_code() == 0);
}

TEST_CASE("null and empty are told apart, and a tombstone is a record without a value") {
    weir::kafka::embedded_broker broker({.partitions = 1});
    REQUIRE(broker.produce("t", 0, "k", "").has_value());
    REQUIRE(broker.produce("t", 0, "k", std::nullopt).has_value());
    REQUIRE(broker.produce("t", 0, {}, "v").has_value());
    REQUIRE(broker.flush().has_value());
    int seen = 0;
    look_at(broker, "t", [&](record const& each, auto&) {
        ++seen;
        CHECK(each.topic() == "t");
        CHECK(each.partition() == 0);
        CHECK(each.payload() == each.value());
        switch (each.offset()) {
            case 0:
                CHECK(each.has_value());
                CHECK(each.value().empty());
                CHECK_FALSE(each.is_tombstone());
                break;
            case 1:
                CHECK_FALSE(each.has_value());
                CHECK(each.value().empty());
                CHECK(each.is_tombstone());
                CHECK(each.key() == "k");
                break;
            default:
                CHECK_FALSE(each.has_key());
                CHECK(each.key().empty());
                CHECK(each.value() == "v");
        }
    });
    CHECK(seen == 3);
}

TEST_CASE("a record has its own stamp: its time, its offset, its lane") {
    weir::kafka::embedded_broker broker({.partitions = 2});
    weir::timestamp const time(std::chrono::milliseconds(1'000'000'000'123));
    for (int i = 0; i < 10; ++i) REQUIRE(broker.produce("t", 1, {}, "v", time + std::chrono::milliseconds(i)).has_value());
    REQUIRE(broker.flush().has_value());
    std::uint64_t position = 0;
    look_at(broker, "t", [&](record const& each, auto& out) {
        weir::stamp const at = each.at();
        CHECK(at.time == time + std::chrono::milliseconds(position));
        CHECK(at.position == position++);
        CHECK(at.lane == each.lane());
        CHECK(out.context().lane_names.at(at.lane) == "t/1");
        CHECK(each.time_kind() == weir::kafka::time_kind::created);
    });
    CHECK(position == 10);
}

TEST_CASE("headers are in order, and the last of a name counts") {
    weir::kafka::embedded_broker broker({.partitions = 1});
    std::array<weir::kafka::header, 4> const sent{{{"a", "1"}, {"b", std::nullopt}, {"a", ""}, {"c", "3"}}};
    REQUIRE(broker.produce(weir::kafka::message{.value = "v", .headers = sent, .partition = 0, .topic = "t"}).has_value());
    REQUIRE(broker.produce("t", 0, {}, "no headers").has_value());
    REQUIRE(broker.flush().has_value());
    look_at(broker, "t", [&](record const& each, auto&) {
        weir::kafka::header_list const headers = each.headers();
        if (each.offset() == 1) {
            CHECK(headers.empty());
            CHECK(headers.begin() == headers.end());
            CHECK_FALSE(headers.find("a"));
            return;
        }
        REQUIRE(headers.size() == 4);
        std::size_t i = 0;
        for (weir::kafka::header const h : headers) {
            CHECK(h.name == sent[i].name);
            CHECK(h.value == sent[i++].value);
        }
        CHECK(headers.find("a")->value == "");
        REQUIRE(headers.find("b"));
        CHECK_FALSE(headers.find("b")->value);
        CHECK_FALSE(headers.find("d"));
    });
}

}  // namespace weir_test::adapter_kafka_record
