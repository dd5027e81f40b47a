// SPDX-License-Identifier: Apache-2.0
// The program of README with the core alone.

#include <weir.hpp>

#include <cstdio>
using namespace std::chrono_literals;

struct click { std::string_view user_id, page, country; weir::timestamp ts; };

int main() {
  auto job = weir::from(weir::values<click>({}))
           | weir::event_time<&click::ts>(weir::bounded_out_of_orderness(10s))
           | weir::key_by<&click::page, &click::country>()
           | weir::window(weir::tumbling(1min), weir::drop_late)
           | weir::aggregate(weir::count().as<"clicks">(), weir::distinct<&click::user_id>().as<"users">())
           | weir::call([](auto const& row) { std::printf("%zu\n", static_cast<std::size_t>(row.template get<"clicks">())); });
  return weir::run(job).exit_code();
}
