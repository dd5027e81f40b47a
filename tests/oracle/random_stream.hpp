// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <oracle/tumbling_oracle.hpp>
#include <support/scripted_lanes.hpp>
#include <weir/time/timestamp.hpp>

#include <algorithm>
#include <cstdint>
#include <optional>
#include <random>
#include <string>
#include <string_view>
#include <vector>

namespace weir_test {

/// Random numbers that are the same everywhere for one seed.
class dice {
public:
    explicit dice(std::uint64_t seed) : engine_(seed) {}

    /// A whole number from `least` to `greatest`, both included.
    [[nodiscard]] std::int64_t between(std::int64_t least, std::int64_t greatest) {
        return least + static_cast<std::int64_t>(engine_() % static_cast<std::uint64_t>(greatest - least + 1));
    }
    /// True once in `n` times.
    [[nodiscard]] bool once_in(std::int64_t n) { return between(1, n) == 1; }

private:
    std::mt19937_64 engine_;
};

/// An item of a random stream. Its number is its place among the stream's items.
struct fact {
    std::optional<std::uint32_t> key;
    std::uint32_t id;
    std::int64_t value;
    weir::timestamp at;
};

/// The same with texts that are gone when the poll is over.
struct text_fact {
    std::optional<std::string_view> page;
    std::string_view country;
    std::int64_t value;
    weir::timestamp at;
    std::uint32_t id;
};

/// The text of a key: of all lengths, the empty one too.
[[nodiscard]] inline std::string page_of(std::uint32_t key) {
    if (key == 0) return {};
    std::string text = "/page/" + std::to_string(key);
    text.append(key % 40, static_cast<char>('a' + key % 26));
    return text.substr(key % 3 == 0 ? 6 : 0);
}
[[nodiscard]] inline std::string country_of(std::uint32_t id) {
    return id % 3 == 0 ? "" : id % 3 == 1 ? "FR" : "Federated States";
}

/// A fact as a script holds it; it lends its texts to the items made of it.
struct lending_fact {
    fact plain;

    [[nodiscard]] text_fact borrow(poll_memory& memory) const {
        text_fact made{{}, memory.keep(country_of(plain.id)), plain.value, plain.at, plain.id};
        if (plain.key) made.page = memory.keep(page_of(*plain.key));
        return made;
    }
};

/// A random stream: what the oracle and the pipeline are told, the clock, and what the sources do.
struct random_stream {
    oracle_settings settings{};
    std::int64_t now = 0;
    lane_script<fact> script{};
};

[[nodiscard]] inline lane_script<lending_fact> lending(lane_script<fact> const& script) {
    lane_script<lending_fact> lent;
    for (auto const& one : script.actions()) {
        if (auto const* said = std::get_if<lane_script<fact>::item_said>(&one)) lent.emit({said->item}, said->at);
        else if (auto const* event = std::get_if<weir::lane_event>(&one)) lent.tell(*event);
        else lent.end_poll();
    }
    return lent;
}

/// What a random stream may contain beside items in disorder.
struct stream_spice {
    std::int64_t most_lanes = 4;
    bool future_guard = true;
    bool lane_events = true;
    bool null_keys = true;
};

/// The stream of a seed: lanes of their own pace, disorder within the bound and beyond, equal times, times on the edges of
/// windows, gaps, negative times, absent keys, idle lanes that come back, and events far in the future.
[[nodiscard]] inline random_stream make_random_stream(std::uint64_t seed, stream_spice spice = {}) {
    dice roll(seed);
    random_stream made;
    std::int64_t const grain = roll.once_in(3) ? 1 : roll.once_in(2) ? 1000 : 1'000'000;
    oracle_settings& settings = made.settings;
    settings.size = grain * roll.between(1, 20);
    if (roll.once_in(2)) settings.offset = roll.between(-2 * settings.size, 2 * settings.size);
    if (!roll.once_in(4)) settings.bound = grain * roll.between(0, 30);
    if (roll.once_in(2)) settings.lateness = grain * roll.between(1, 40);

    std::int64_t const base =
        roll.once_in(3) ? 0 : roll.between(-1'000'000, 2'000'000) * 1'000'000'000 + roll.between(0, 1'000'000);
    auto const lanes = static_cast<std::size_t>(roll.between(1, spice.most_lanes));
    std::int64_t const items = roll.between(1, 150);
    std::int64_t const keys = roll.once_in(3) ? 2 : 40;
    made.now = base + 4 * grain * items;
    if (spice.future_guard && roll.once_in(2)) settings.max_ahead = grain * roll.between(0, 50);

    struct lane_state {
        std::int64_t cursor;
        std::uint64_t position = 0;
        bool ended = false;
    };
    std::vector<lane_state> state;
    for (std::size_t i = 0; i < lanes; ++i) state.push_back({base + grain * roll.between(-10, 10)});
    if (roll.once_in(2))
        for (std::size_t i = 0; i < lanes; ++i) made.script.opened(static_cast<std::uint32_t>(i));

    std::size_t lane = 0;
    for (std::uint32_t id = 0; id < items; ++id) {
        if (!roll.once_in(3)) lane = static_cast<std::size_t>(roll.between(0, static_cast<std::int64_t>(lanes) - 1));
        auto const number = static_cast<std::uint32_t>(lane);
        lane_state& on = state[lane];
        if (spice.lane_events && roll.once_in(25)) {
            bool const end = roll.once_in(3);
            end ? made.script.ended(number) : made.script.idle(number);
            on.ended = end;
            ++lane;
            lane %= lanes;
            --id;
            if (std::all_of(state.begin(), state.end(), [](lane_state const& each) { return each.ended; })) break;
            continue;
        }
        if (on.ended) {
            // A lane that has ended may be opened again (a partition that was given away and came back).
            if (!roll.once_in(20)) {
                --id;
                lane = (lane + 1) % lanes;
                continue;
            }
            made.script.opened(number);
            on.ended = false;
        }
        if (roll.once_in(60)) made.script.end_poll();
        on.cursor += grain * roll.between(0, 3);
        if (roll.once_in(40)) on.cursor += settings.size * roll.between(1, 30);
        std::int64_t behind = 0;
        if (roll.once_in(8)) behind = settings.bound + roll.between(0, settings.size + settings.lateness);
        else if (roll.once_in(8)) behind = settings.bound;
        else if (roll.once_in(2)) behind = roll.between(0, settings.bound);
        std::int64_t time = on.cursor - behind;
        if (roll.once_in(8)) {
            std::int64_t const since = time - settings.offset;
            time -= since % settings.size;  // an edge
            if (roll.once_in(2)) --time;
        }
        if (spice.future_guard && roll.once_in(50))
            time = made.now + settings.max_ahead.value_or(0) + roll.between(0, 2);
        fact made_fact{{}, id, roll.between(-20, 20), weir::timestamp(weir::duration(time))};
        if (!spice.null_keys || !roll.once_in(15))
            made_fact.key = static_cast<std::uint32_t>(roll.between(0, keys - 1));
        made.script.emit(made_fact, {.position = on.position++, .lane = number});
    }
    return made;
}

}  // namespace weir_test
