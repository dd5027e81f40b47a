// SPDX-License-Identifier: Apache-2.0
#include <weir/adapter/redis/detail/inquiry.hpp>

#include <atomic>
#include <catch.hpp>
#include <chrono>
#include <cstddef>
#include <string>
#include <support/redis_lookups.hpp>
#include <support/scripted_redis.hpp>
#include <thread>

namespace weir_test::adapter_redis_detail_inquiry {

using namespace std::chrono_literals;
using namespace redis_lookups;
using Catch::Matchers::ContainsSubstring;

TEST_CASE("redis lookup: an answer to a question that is not sent yet is not taken for its own") {
    std::string const one = "*2\r\n$1\r\na\r\n$1\r\n1\r\n";
    std::string many;
    for (int i = 0; i < 40; ++i) many += one;
    std::atomic<bool> over = false;
    int turn = 0;
    scripted_redis server([&](redis_command const&) {
        // More than the sockets between hold is never read.
        while (turn != 0 && !over) std::this_thread::yield();
        return ++turn == 1 ? reply{many} : reply{one};
    });
    {
        driven_lookup lookup(from(server, "{page}"));
        std::string const long_page(std::size_t{1} << 20, 'x');
        for (int i = 0; i < 40; ++i) lookup->accept(click{1, long_page + std::to_string(i)});
        lookup->run_with_network();
        CHECK_THAT(lookup.failure(), ContainsSubstring("the answer is not Redis's: more answers than questions"));
        CHECK(lookup.seen().size() < 40);
    }
    over = true;
}

}  // namespace weir_test::adapter_redis_detail_inquiry
