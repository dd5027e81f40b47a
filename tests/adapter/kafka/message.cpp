// SPDX-License-Identifier: Apache-2.0
#include <weir/adapter/kafka/message.hpp>

#include <weir/adapter/kafka/detail/owned_message.hpp>
#include <weir/base/borrows.hpp>

#include <array>
#include <catch.hpp>
#include <string>

namespace weir_test::adapter_kafka_message {

using weir::kafka::message;

static_assert(weir::borrows<message>);

TEST_CASE("a message says nothing of what it was not told") {
    message const empty;
    CHECK_FALSE(empty.key);
    CHECK_FALSE(empty.value);
    CHECK_FALSE(empty.time);
    CHECK(empty.headers.empty());
    CHECK(empty.partition == weir::kafka::any_partition);
}

TEST_CASE("an owned copy outlives what the message borrowed") {
    std::string key = "key", value = "value", topic = "topic", name = "name", text = "text";
    std::array<weir::kafka::header, 3> headers{{{name, text}, {"null", std::nullopt}, {"empty", ""}}};
    weir::timestamp const time(std::chrono::seconds(7));
    weir::kafka::detail::owned_message const copy(
        message{.key = key, .value = value, .time = time, .headers = headers, .partition = 3, .topic = topic});
    weir::kafka::detail::owned_message const nothing{message{.value = ""}};
    for (std::string* each : {&key, &value, &topic, &name, &text}) each->assign(each->size(), '#');
    headers = {};
    copy.with([&](message const& whole) {
        CHECK(whole.key == "key");
        CHECK(whole.value == "value");
        CHECK(whole.topic == "topic");
        CHECK(whole.partition == 3);
        CHECK(whole.time == time);
        REQUIRE(whole.headers.size() == 3);
        CHECK(whole.headers[0].name == "name");
        CHECK(whole.headers[0].value == "text");
        CHECK_FALSE(whole.headers[1].value);
        CHECK(whole.headers[2].value == "");
    });
    nothing.with([](message const& whole) {
        CHECK_FALSE(whole.key);
        CHECK(whole.value == "");
        CHECK(whole.headers.empty());
    });
}

}  // namespace weir_test::adapter_kafka_message
