// SPDX-License-Identifier: Apache-2.0
// Each kind of window, with each emission, with and without lateness, against a naive oracle: random streams by the
// thousand. The seed of a case that fails is printed.
#include <oracle/every_window.hpp>

#include <catch.hpp>
#include <string>
#include <weir/window/count_window.hpp>
#include <weir/window/cumulate.hpp>
#include <weir/window/global.hpp>
#include <weir/window/hopping.hpp>
#include <weir/window/session.hpp>
#include <weir/window/sliding.hpp>
#include <weir/window/tumbling.hpp>

namespace weir_test::oracle_every_window {

using weir::testing::oracle_rule;

[[nodiscard]] weir::duration micros(std::int64_t n) { return weir::duration(n); }

/// A trigger that fires at every third item.
struct every_third {
    bool fires(weir::trigger_view const& view) const { return view.items % 3 == 0 && view.unseen > 0; }
};

/// One rule with every emission that aligned windows have; `make(roll)` gives the rule and the oracle's.
template <class Make>
void run_aligned(std::uint64_t seed, std::uint64_t count, Make make) {
    run_cases(seed, count, [&](small_stream const& stream, dice& roll) {
        auto const [rule, judged] = make(roll);
        return compare_with_oracle(stream, [r = rule](auto late) { return weir::window(r, late); }, {.rule = judged});
    });
    run_cases(seed + 10'000'000, count, [&](small_stream const& stream, dice& roll) {
        auto const [rule, judged] = make(roll);
        weir::allowed_lateness const lateness(micros(stream.lateness));
        return compare_with_oracle(stream, [=, r = rule](auto late) { return weir::window(r, late, lateness); },
                                   {.rule = judged, .lateness = lateness.value});
    });
    run_cases(seed + 20'000'000, count, [&](small_stream const& stream, dice& roll) {
        auto const [rule, judged] = make(roll);
        auto const emission = weir::emit::on_update(micros(roll.once_in(2) ? 0 : roll.between(1, 20)));
        weir::allowed_lateness const lateness(micros(stream.lateness));
        bool const alone = weir::window_rule<std::remove_const_t<decltype(rule)>> || emission.period.count() == 0;
        return compare_with_oracle(stream, [=, r = rule](auto late) { return weir::window(r, late, lateness, emission); },
                                   {.rule = judged, .lateness = lateness.value, .emission = emission}, alone);
    });
    run_cases(seed + 30'000'000, count, [&](small_stream const& stream, dice& roll) {
        auto const [rule, judged] = make(roll);
        auto const emission = weir::emit::every(micros(roll.between(1, 20)));
        return compare_with_oracle(stream, [=, r = rule](auto late) { return weir::window(r, emission, late); },
                                   {.rule = judged, .emission = emission});
    });
    run_cases(seed + 40'000'000, count, [&](small_stream const& stream, dice& roll) {
        auto const [rule, judged] = make(roll);
        auto const emission = weir::emit::every(micros(roll.between(1, 20)));
        weir::allowed_lateness const lateness(micros(stream.lateness));
        return compare_with_oracle(stream, [=, r = rule](auto late) { return weir::window(r, emission, weir::discarding, late, lateness); },
                                   {.rule = judged, .lateness = lateness.value, .emission = emission, .discarding = true});
    });
    run_cases(seed + 50'000'000, count, [&](small_stream const& stream, dice& roll) {
        auto const [rule, judged] = make(roll);
        auto const emission = weir::emit::when(every_third());
        return compare_with_oracle(stream, [=, r = rule](auto late) { return weir::window(r, emission, late); },
                                   {.rule = judged, .emission = emission}, weir::window_rule<std::remove_const_t<decltype(rule)>>);
    });
    run_cases(seed + 60'000'000, count, [&](small_stream const& stream, dice& roll) {
        auto const [rule, judged] = make(roll);
        auto const emission = weir::emit::when(every_third());
        return compare_with_oracle(stream, [=, r = rule](auto late) { return weir::window(r, emission, weir::discarding, late); },
                                   {.rule = judged, .emission = emission, .discarding = true},
                                   weir::window_rule<std::remove_const_t<decltype(rule)>>);
    });
}

TEST_CASE("tumbling windows, with every emission, are what the oracle says") {
    run_aligned(1, 3'000, [](dice& roll) {
        std::int64_t const size = roll.between(1, 20), offset = roll.between(-30, 30);
        return std::pair(weir::tumbling(micros(size), micros(offset)), oracle_rule::tumbling(micros(size), micros(offset)));
    });
}

TEST_CASE("hopping windows, with every emission, are what the oracle says") {
    run_aligned(100, 3'000, [](dice& roll) {
        std::int64_t const advance = roll.between(1, 10), offset = roll.between(-30, 30);
        std::int64_t const size = roll.once_in(4) ? roll.between(1, advance) : roll.between(1, 40);
        return std::pair(weir::hopping(micros(size), micros(advance), micros(offset)),
                         oracle_rule::hopping(micros(size), micros(advance), micros(offset)));
    });
}

TEST_CASE("cumulating windows, with every emission, are what the oracle says") {
    run_aligned(200, 2'000, [](dice& roll) {
        std::int64_t const step = roll.between(1, 8), steps = roll.between(1, 6), offset = roll.between(-30, 30);
        return std::pair(weir::cumulate(micros(step * steps), micros(step), micros(offset)),
                         oracle_rule::cumulate(micros(step * steps), micros(step), micros(offset)));
    });
}

TEST_CASE("sessions, with every emission, are what the oracle says") {
    auto const run_sessions = [](std::uint64_t seed, auto emission_of, bool corrects) {
        run_cases(seed, 4'000, [&](small_stream const& stream, dice& roll) {
            weir::duration const gap = micros(roll.between(1, 25));
            auto const emission = emission_of(roll);
            weir::allowed_lateness const lateness(micros(corrects ? stream.lateness : 0));
            every_settings const judged{.rule = oracle_rule::session(gap), .lateness = lateness.value, .emission = emission};
            if (corrects)
                return compare_with_oracle(
                    stream, [=](auto late) { return weir::window(weir::session(gap), late, emission, lateness); }, judged);
            return compare_with_oracle(stream, [=](auto late) { return weir::window(weir::session(gap), late, emission); }, judged);
        });
    };
    run_sessions(500, [](dice&) { return weir::emit::on_close; }, false);
    run_sessions(10'000'500, [](dice&) { return weir::emit::on_close; }, true);
    run_sessions(20'000'500, [](dice& roll) { return weir::emit::on_update(micros(roll.once_in(2) ? 0 : roll.between(1, 20))); }, true);
    run_sessions(30'000'500, [](dice& roll) { return weir::emit::every(micros(roll.between(1, 20))); }, true);
    run_sessions(40'000'500, [](dice&) { return weir::emit::when(every_third()); }, false);
}

TEST_CASE("sliding windows are what the oracle says") {
    run_cases(300, 16'000, [](small_stream const& stream, dice& roll) {
        weir::duration const size = micros(roll.between(1, 40));
        return compare_with_oracle(stream, [=](auto late) { return weir::window(weir::sliding(size), late); },
                                   {.rule = oracle_rule::sliding(size)});
    });
}

TEST_CASE("count windows are what the oracle says") {
    run_cases(400, 16'000, [](small_stream const& stream, dice& roll) {
        std::int64_t const size = roll.between(1, 10), advance = roll.between(1, size);
        return compare_with_oracle(
            stream, [=](auto late) { return weir::window(weir::count_window(size, advance), late); },
            {.rule = oracle_rule::count_window(static_cast<std::size_t>(size), static_cast<std::size_t>(advance))});
    });
}

}  // namespace weir_test::oracle_every_window
