// SPDX-License-Identifier: Apache-2.0
#include <weir/adapter/redis/detail/login.hpp>

#include <catch.hpp>
#include <chrono>
#include <string>
#include <support/redis_lookups.hpp>
#include <support/scripted_redis.hpp>

namespace weir_test::adapter_redis_detail_login {

using namespace std::chrono_literals;
using namespace redis_lookups;
using Catch::Matchers::ContainsSubstring;

TEST_CASE("redis login: no error shows a part of the password, cut by the server or repeated in the advice") {
    std::string const secret = "canary\tsings" + std::string(600, 's');
    // A server whose AUTH was renamed repeats 128 bytes of the arguments.
    auto const said = GENERATE_COPY(
        "ERR unknown command `AUTH`, with args beginning with: `reader`, `" + secret.substr(0, 118) + "`, ",
        "WRONGPASS " + std::string(460, 'x') + secret, "WRONGPASS for " + secret + " and so on", "MOVED 1 " + secret);
    scripted_redis server([said](redis_command const&) { return reply::error(said); });
    auto options = from(server);
    options.user = "reader";
    options.password = secret;
    driven_lookup lookup(options);
    lookup.all_of(click{1, "/a"});
    CHECK_THAT(lookup.failure(), ContainsSubstring("***"));
    CHECK(lookup.failure().find("canary") == std::string::npos);
    CHECK(lookup.failure().find("sss") == std::string::npos);
}

}  // namespace weir_test::adapter_redis_detail_login
