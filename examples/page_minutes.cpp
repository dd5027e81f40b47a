// SPDX-License-Identifier: Apache-2.0
// Clicks in, one row for each page and minute out: how many clicks, and by how many different users.
#include <weir.hpp>

#include <cstdio>
using namespace std::chrono_literals;

struct click { std::string_view user_id, page; weir::timestamp ts; };          // a plain struct: no macro, no base class

int main() {
    auto at = [](std::chrono::seconds s) { return weir::timestamp(std::chrono::sys_days{std::chrono::year{2026} / 1 / 1} + s); };
    auto job = weir::from(weir::values<click>({{"ann", "/", at(1s)}, {"bob", "/cart", at(65s)}, {"ann", "/", at(59s)}}))
             | weir::event_time<&click::ts>(weir::bounded_out_of_orderness(10s))
             | weir::key_by<&click::page>()
             | weir::window(weir::tumbling(1min), weir::drop_late)             // where late items go is never implicit
             | weir::aggregate(weir::count().as<"clicks">(), weir::distinct<&click::user_id>().as<"users">())
             | weir::print(stdout);
    return weir::run(job).exit_code();
}
