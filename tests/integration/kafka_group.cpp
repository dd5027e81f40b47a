// SPDX-License-Identifier: Apache-2.0
// needs: kafka
#include <weir/adapter/kafka.hpp>

#include <weir/run/runner.hpp>
#include <weir/sink/call.hpp>
#include <weir/source/values.hpp>
#include <weir/transform/map.hpp>

#include <catch.hpp>
#include <chrono>
#include <csignal>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <support/real_kafka.hpp>
#include <sys/wait.h>
#include <unistd.h>
#include <utility>

namespace weir_test::integration_kafka_group {

using namespace std::chrono_literals;

/// Reads as a member of the group in a process of its own, which writes a byte to `told` with its first record.
[[nodiscard]] pid_t start_member(weir::kafka::source_options const& options, int told) {
    pid_t const child = fork();
    if (child != 0) return child;
    bool first = true;
    auto job = weir::from(weir::kafka::source(options)) | weir::call([&](auto const&) {
                   if (std::exchange(first, false) && write(told, "!", 1) != 1) _exit(1);
               });
    weir::run(job);
    _exit(0);
}

TEST_CASE("after a member was killed the next one waits for its session to end, longer than connecting may take") {
    char const* const server = std::getenv("WEIR_TEST_KAFKA");
    if (!server) SKIP("WEIR_TEST_KAFKA is not set");
    std::string const topic = fresh_name("killed-");
    weir::kafka::source_options options{
        .brokers = server, .topic = topic, .group = topic, .settings = {{"session.timeout.ms", "4000"}}};
    create_topic(server, topic, 1);
    auto const send_three = [&] {
        auto job = weir::from(weir::values<int>({1, 2, 3}))
                 | weir::map([](int n) { return weir::kafka::message{.value = std::to_string(n)}; })
                 | weir::kafka::sink({.brokers = server, .topic = topic});
        return weir::run(job).exit_code();
    };
    REQUIRE(send_three() == 0);

    int ends[2];
    REQUIRE(pipe(ends) == 0);
    pid_t const member = start_member(options, ends[1]);  // no thread of librdkafka is left now
    REQUIRE(member > 0);
    char byte = 0;
    CHECK(read(ends[0], &byte, 1) == 1);
    CHECK(kill(member, SIGKILL) == 0);
    CHECK(waitpid(member, nullptr, 0) == member);
    REQUIRE(send_three() == 0);

    options.until_end = true;
    options.connect_timeout = 1s;
    std::uint64_t count = 0;
    auto job = weir::from(weir::kafka::source(options)) | weir::call([&](auto const&) { ++count; });
    weir::report const done = weir::run(job);
    INFO(to_string(done));
    CHECK(done.exit_code() == 0);
    CHECK(count >= 3);  // the first three again, where the member had not stored that it read them
    CHECK(count <= 6);
    close(ends[0]);
    close(ends[1]);
}

}  // namespace weir_test::integration_kafka_group
