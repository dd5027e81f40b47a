// SPDX-License-Identifier: Apache-2.0
// Clicks say who clicked by a number. The names come by a stream of their own, which is read first and then goes on beside the
// clicks: each click is looked up in what is known of its user at that moment, and counted per user name and city.
#include <weir.hpp>

#include <cstdio>

using namespace std::chrono_literals;

struct click {
    int userid;
    std::string_view ip;
    weir::timestamp ts;
};

struct user {
    int user_id;
    std::string_view username, city;
};

struct user_click {                 // a click with what the table said; what it did not know is absent
    std::string ip;
    weir::timestamp ts;
    std::optional<std::string> username, city;
};

constexpr std::string_view users_csv =
    "1,ann,London\n"
    "2,bob,Raleigh\n"
    "2,bob,Frankfurt\n";            // bob has moved: the last line of a key counts

int main() {
    weir::table<int, user> users(weir::state_limit(64 << 20));      // a limit is never left open

    auto job = weir::from(weir::push<click>())
             | weir::alongside(weir::from(weir::lines(users_csv)) | weir::decode(weir::csv<user>())
                               | weir::to_table<&user::user_id>(users))
             | weir::lookup<&click::userid>(users, weir::left_join)
             | weir::to<user_click>()
             | weir::event_time<&user_click::ts>(weir::bounded_out_of_orderness(5s))
             | weir::key_by<&user_click::username, &user_click::city>()
             | weir::window(weir::tumbling(1min), weir::drop_late)
             | weir::aggregate(weir::count().as<"clicks">())
             | weir::call([](auto const& row) {
                   std::printf("%s in %s: %d clicks\n", std::string(row.template get<"username">()).c_str(),
                               std::string(row.template get<"city">()).c_str(), static_cast<int>(row.template get<"clicks">()));
               });

    constexpr weir::timestamp noon = std::chrono::sys_days(std::chrono::year(2026) / 3 / 1) + 12h;
    while (job.step(1, noon) == weir::progress::held_up) {}         // until the users have been read

    job.push(click{1, "111.152.45.45", noon + 1s});
    job.push(click{2, "111.203.236.146", noon + 2s});
    job.push(click{39, "222.245.174.248", noon + 3s});              // nobody knows this user: no group
    if (!users.put(39, {39, "zoe", "Palo Alto"})) return 1;         // the host may fill the table too
    job.push(click{39, "222.245.174.248", noon + 4s});
    job.push(click{2, "111.203.236.146", noon + 5s});

    job.stop();
    while (!job.finished()) job.step(1, noon + 1min);
    std::printf("\n%s", to_string(job.report()).c_str());
    return job.report().exit_code();
}
