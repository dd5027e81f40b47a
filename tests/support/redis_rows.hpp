// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <weir/adapter/redis.hpp>

#include <chrono>
#include <cstdint>
#include <initializer_list>
#include <string>
#include <string_view>
#include <support/branch.hpp>
#include <support/scripted_redis.hpp>
#include <utility>
#include <vector>

namespace weir_test::redis_rows {

using namespace std::chrono_literals;
using reply = redis_reply;
using texts = std::vector<std::string>;
using weir::redis::data_type;
using weir::redis::time_text;

constexpr weir::timestamp noon = weir::timestamp(12h);
constexpr weir::timestamp minute_end = weir::timestamp(1'749'531'840s);  // 2025-06-10T05:04:00Z

struct page_count {
    weir::timestamp window_end;
    std::string_view page;
    std::int64_t count;
};
inline page_count row(std::string_view page, std::int64_t count) { return {minute_end, page, count}; }

inline weir::redis::options to(scripted_redis const& server) {
    return {.url = server.url(),
            .key = "click_count:{page}",
            .field = "{window_end}",
            .value = "{count}",
            .times = time_text::iso_without_zone,
            .batch = {.rows = 100}};
}
inline std::string count_of(std::string_view page, int n) {
    return "HSET click_count:" + std::string(page) + " 2025-06-10T05:04:00 " + std::to_string(n);
}

template <class Sink, class Row = page_count>
void send(Sink& sink, std::initializer_list<Row> rows) {
    sink.tick(noon);
    for (Row const& one : rows) sink.poll(one);
    sink.flow().flush();
    sink.run_with_network();
}

template <class Sink>
std::string failure_of(Sink& sink) {
    return sink.flow().failure() ? to_string(*sink.flow().failure()) : std::string();
}

inline scripted_redis::handler always(reply said) { return redis_in_turn({std::move(said)}); }

}  // namespace weir_test::redis_rows
