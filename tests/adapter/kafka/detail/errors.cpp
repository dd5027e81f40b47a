// SPDX-License-Identifier: Apache-2.0
#include <weir/adapter/kafka/detail/errors.hpp>

#include <catch.hpp>
#include <string>

namespace weir_test::adapter_kafka_detail_errors {

using weir::kafka::detail::place_of_brokers;
using weir::kafka::detail::secrets;

TEST_CASE("what holds a secret is told by its name") {
    for (char const* name : {"sasl.password", "SASL.Password", "ssl.key.password", "ssl.key.pem", "ssl.keystore.password",
                             "sasl.oauthbearer.client.secret", "sasl.oauthbearer.config", "my.token", "aws.credentials"})
        CHECK(secrets::is_secret(name));
    for (char const* name : {"security.protocol", "sasl.mechanism", "sasl.username", "client.id", "ssl.ca.location"})
        CHECK_FALSE(secrets::is_secret(name));
}

TEST_CASE("secrets are masked wherever they stand, longer ones first") {
    secrets const hidden({{"sasl.password", "hunter2"}, {"other.password", "hunter2extra"}, {"empty.password", ""}, {"client.id", "me"}});
    CHECK(hidden.masked("hunter2") == "***");
    CHECK(hidden.masked("a hunter2, hunter2extra; me hunter2hunter2") == "a ***, ***; me ******");
    CHECK(hidden.masked("hunter") == "hunter");
    CHECK(secrets(weir::kafka::settings_map{{"a.token", "*"}}).masked("2*3") == "2***3");
}

TEST_CASE("credentials in a broker list are left out of places") {
    CHECK(place_of_brokers("a:1,b:2") == "a:1,b:2");
    CHECK(place_of_brokers("user:pass@a:1,SSL://b:2,x@c:3") == "a:1,SSL://b:2,c:3");
    CHECK(place_of_brokers("").empty());
}

TEST_CASE("places name what is known") {
    using weir::kafka::detail::place_of;
    CHECK(place_of("t", 3) == "t/3");
    CHECK(place_of("t", 3, 42) == "t/3/42");
    CHECK(place_of("t", 3, RD_KAFKA_OFFSET_INVALID) == "t/3");
}

}  // namespace weir_test::adapter_kafka_detail_errors
