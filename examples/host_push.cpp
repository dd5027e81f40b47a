// SPDX-License-Identifier: Apache-2.0
// weir as a guest: a game server has its own loop, its own clock and its own events. It pushes what happens and gives the
// job a moment in each turn of the loop; no thread is started, no clock is read, and rows come back by a function call.
#include <weir.hpp>

#include <cstdio>

using namespace std::chrono_literals;

struct hit {
    std::uint32_t player;
    std::int32_t damage;
    weir::timestamp when;
};

int main() {
    auto job = weir::from(weir::push<hit>())
             | weir::event_time<&hit::when>(weir::bounded_out_of_orderness(200ms))
             | weir::key_by<&hit::player>()
             | weir::window(weir::tumbling(1s), weir::drop_late)
             | weir::aggregate(weir::sum<&hit::damage>().as<"damage">(), weir::max<&hit::damage>().as<"hardest">())
             | weir::call([](auto const& row) {
                   auto const [start, end, player, damage, hardest] = row.values;
                   std::printf("  player %u dealt %lld, at most %d at once\n", player, static_cast<long long>(damage), hardest);
               });

    // The server's loop, ten turns a second; the clock is the server's own.
    weir::timestamp now = std::chrono::sys_days(std::chrono::year(2026) / 3 / 1);
    for (int turn = 0; turn < 30; ++turn, now += 100ms) {
        if (turn % 10 == 0) std::printf("second %d\n", turn / 10);
        if (turn % 4 == 0) job.push(hit{.player = 7, .damage = 10 + turn, .when = now});
        if (turn % 6 == 0) job.push(hit{.player = 9, .damage = 25, .when = now - 150ms});
        if (job.step(1024, now) == weir::progress::failed) return 1;
    }

    // Nothing will follow: what is still open closes.
    std::printf("the end\n");
    job.stop();
    while (!job.finished()) job.step(1024, now);
    std::printf("%s", to_string(job.report()).c_str());
    return job.report().exit_code();
}
