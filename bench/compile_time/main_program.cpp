// SPDX-License-Identifier: Apache-2.0
// The program of README: Kafka, JSON, windows, ClickHouse in twelve lines.

#include <weir.hpp>
#include <weir/adapter/clickhouse.hpp>
#include <weir/adapter/kafka.hpp>
#include <weir/adapter/simdjson.hpp>
using namespace std::chrono_literals;

struct click { std::string_view user_id, page, country; weir::timestamp ts; };

int main() {
  auto job = weir::from(weir::kafka::source({.brokers = "localhost:9092", .topic = "web.clicks", .group = "page-minutes"}))
           | weir::decode(weir::json<click>())
           | weir::event_time<&click::ts>(weir::bounded_out_of_orderness(10s))
           | weir::key_by<&click::page, &click::country>()
           | weir::window(weir::tumbling(1min), weir::drop_late)
           | weir::aggregate(weir::count().as<"clicks">(), weir::distinct<&click::user_id>().as<"users">())
           | weir::clickhouse::sink({.url = "http://localhost:8123", .table = "rt.page_minute_agg"});
  return weir::run(job).exit_code();
}
