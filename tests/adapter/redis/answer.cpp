// SPDX-License-Identifier: Apache-2.0
#include <weir/adapter/redis/answer.hpp>

#include <catch.hpp>
#include <string>
#include <string_view>

namespace weir_test::adapter_redis_answer {

using kind = weir::redis::verdict::kind;
using Catch::Matchers::ContainsSubstring;

TEST_CASE("redis answer: each error of the server is the right thing") {
    struct expected {
        std::string_view text;
        kind what;
    };
    // Texts of Redis 7.0, and of 2.8 and 5.0 where those said it in another way.
    auto const [text, what] = GENERATE(values<expected>({
        {"WRONGTYPE Operation against a key holding the wrong kind of value", kind::row_at_fault},
        {"ERR value is not a valid float", kind::row_at_fault},
        {"ERR string exceeds maximum allowed size (proto-max-bulk-len)", kind::row_at_fault},
        {"ERR The ID specified in XADD must be greater than 0-0", kind::row_at_fault},
        {"ERR The ID specified in XADD is equal or smaller than the target stream top item", kind::id_not_above},
        {"LOADING Redis is loading the dataset in memory", kind::passing},
        {"READONLY You can't write against a read only replica.", kind::passing},
        {"OOM command not allowed when used memory > 'maxmemory'.", kind::passing},
        {"MISCONF Redis is configured to save RDB snapshots, but it's currently unable to persist to disk.", kind::passing},
        {"BUSY Redis is busy running a script. You can only call SCRIPT KILL or SHUTDOWN NOSAVE.", kind::passing},
        {"MASTERDOWN Link with MASTER is down and replica-serve-stale-data is set to 'no'.", kind::passing},
        {"NOREPLICAS Not enough good replicas to write.", kind::passing},
        {"CLUSTERDOWN Hash slot not served", kind::passing},
        {"ERR max number of clients reached", kind::passing},
        {"MOVED 3999 127.0.0.1:6381", kind::final},
        {"ASK 3999 127.0.0.1:6381", kind::final},
        {"CROSSSLOT Keys in request don't hash to the same slot", kind::final},
        {"NOAUTH Authentication required.", kind::final},
        {"WRONGPASS invalid username-password pair or user is disabled.", kind::final},
        {"ERR invalid password", kind::final},
        {"ERR Client sent AUTH, but no password is set", kind::final},
        {"NOPERM this user has no permissions to run the 'hset' command", kind::final},
        {"ERR DB index is out of range", kind::final},
        {"ERR unknown command `XADD`, with args beginning with: ", kind::final},
        {"ERR wrong number of arguments for 'hset' command", kind::final},
        {"ERR Protocol error: invalid bulk length", kind::final},
        {"DENIED Redis is running in protected mode", kind::final},
        {"SOMETHING that nobody knows yet", kind::final},
        {"", kind::final},
    }));
    CAPTURE(text);
    CHECK(weir::redis::judge_error(text).what == what);
}

TEST_CASE("redis answer: what passes says whether another connection may help") {
    CHECK(weir::redis::judge_error("READONLY You can't write").reconnect);
    CHECK_FALSE(weir::redis::judge_error("OOM command not allowed").reconnect);
}

TEST_CASE("redis answer: what a user can do is said, with the name of the option or the node") {
    CHECK_THAT(weir::redis::judge_error("MOVED 3999 10.0.0.7:6381").advice, ContainsSubstring("10.0.0.7:6381"));
    CHECK_THAT(weir::redis::judge_error("WRONGPASS invalid").advice, ContainsSubstring("options::password"));
    CHECK_THAT(weir::redis::judge_error("NOPERM No permissions to access the 'AUTHORS' key").advice, ContainsSubstring("ACL SETUSER"));
    CHECK_THAT(weir::redis::judge_error("OOM command").advice, ContainsSubstring("maxmemory"));
    CHECK_THAT(weir::redis::judge_error("READONLY You").advice, ContainsSubstring("primary"));
    CHECK_THAT(weir::redis::judge_error("ERR DB index").advice, ContainsSubstring("options::database"));
}

}  // namespace weir_test::adapter_redis_answer
