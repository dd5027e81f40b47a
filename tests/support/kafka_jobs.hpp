// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <weir/adapter/kafka/embedded_broker.hpp>
#include <weir/adapter/kafka/source.hpp>
#include <weir/pipeline/job.hpp>

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <random>
#include <stdexcept>
#include <string>
#include <thread>
#include <utility>
#include <vector>

namespace weir_test {

/// A time that moves with the steps: no test asks a real clock, and none waits longer than librdkafka makes it.
struct hand_clock {
    weir::timestamp now = weir::timestamp(std::chrono::hours(24 * 365 * 56));
    weir::duration tick = std::chrono::milliseconds(1);
};

/// One record, as it was written or as it was read.
struct written_record {
    std::int32_t partition = 0;
    std::int64_t offset = 0;
    std::optional<std::string> key{};
    std::optional<std::string> value{};
    std::vector<std::pair<std::string, std::optional<std::string>>> headers{};
    weir::timestamp time{};

    friend bool operator==(written_record const&, written_record const&) = default;
};

inline std::optional<std::string> copy_of(bool there, std::string_view text) {
    return there ? std::optional<std::string>(text) : std::nullopt;
}

inline written_record copy_of(weir::kafka::record const& record) {
    written_record copy{.partition = record.partition(),
                        .offset = record.offset(),
                        .key = copy_of(record.has_key(), record.key()),
                        .value = copy_of(record.has_value(), record.value()),
                        .headers = {},
                        .time = record.time()};
    for (weir::kafka::header const each : record.headers())
        copy.headers.emplace_back(each.name, each.value ? std::optional<std::string>(*each.value) : std::nullopt);
    return copy;
}

/// What a `probe` saw, and how it behaves.
struct probe_state {
    std::vector<written_record> taken{};
    std::vector<weir::stamp> stamps{};
    std::vector<std::string> lanes{};  ///< "clicks/0 opened"
    bool ready = true;
    std::uint64_t held = weir::nothing_held;  ///< what it says it still holds

    [[nodiscard]] std::vector<std::string> values() const {
        std::vector<std::string> all;
        for (written_record const& each : taken) all.push_back(each.value.value_or("(null)"));
        return all;
    }
};

/// A sink that copies what it gets and does as it is told.
struct probe {
    std::shared_ptr<probe_state> state = std::make_shared<probe_state>();

    void on_item(weir::kafka::record const& record, auto& out) {
        state->taken.push_back(copy_of(record));
        state->stamps.push_back(out.at());
    }
    void on_lane(weir::lane_event event, auto& out) {
        constexpr char const* words[] = {" opened", " idle", " ended"};
        state->lanes.push_back(out.context().lane_names.at(event.lane) + words[static_cast<int>(event.what)]);
    }
    [[nodiscard]] bool ready() const { return state->ready; }
    [[nodiscard]] std::uint64_t oldest_held() const { return state->held; }
};

/// A pipeline from Kafka into a probe.
inline auto probed(weir::kafka::source_options options, std::shared_ptr<probe_state> const& state) {
    return weir::from(weir::kafka::source(std::move(options))) | probe{state};
}

/// One step, and a moment for the broker when there was nothing to do.
template <class Job>
weir::progress step(Job& job, hand_clock& clock, std::size_t budget = 1000) {
    clock.now += clock.tick;
    weir::progress const now = job.step(budget, clock.now);
    if (now == weir::progress::idle) job.source().wait(std::chrono::milliseconds(1));
    return now;
}

/// Whether a minute of real time is left, for what librdkafka does on its own threads. Nothing is measured with it.
class patience {
public:
    [[nodiscard]] bool lasts() const { return std::chrono::steady_clock::now() < end_; }

private:
    std::chrono::steady_clock::time_point end_ = std::chrono::steady_clock::now() + std::chrono::minutes(1);
};

/// Steps until `done()` or the job has finished; false when neither comes to pass. While a sink holds the job up, the clock
/// in hand stands still.
template <class Job, class Done>
bool step_until(Job& job, hand_clock& clock, Done&& done) {
    for (patience const still; still.lasts();) {
        if (done()) return true;
        if (job.finished()) return done();
        if (step(job, clock) != weir::progress::held_up) continue;
        clock.now -= clock.tick;
        std::this_thread::yield();
    }
    return false;
}

/// Steps until the job has finished.
template <class Job>
bool run_to_end(Job& job, hand_clock& clock) {
    return step_until(job, clock, [&] { return job.finished(); });
}

/// Writes `0`, `1`, … round robin over the partitions.
inline void write_numbers(weir::kafka::embedded_broker& broker, std::string const& topic, int partitions, int first, int count) {
    for (int i = first; i < first + count; ++i)
        if (auto const done = broker.produce(topic, i % partitions, {}, std::to_string(i)); !done) throw std::runtime_error(to_string(done.problem()));
    if (auto const done = broker.flush(); !done) throw std::runtime_error(to_string(done.problem()));
}

/// The numbers that `write_numbers` writes, sorted as texts.
inline std::vector<std::string> numbers(int first, int count) {
    std::vector<std::string> all;
    for (int i = first; i < first + count; ++i) all.push_back(std::to_string(i));
    std::sort(all.begin(), all.end());
    return all;
}
inline std::vector<std::string> sorted(std::vector<std::string> all) {
    std::sort(all.begin(), all.end());
    return all;
}

}  // namespace weir_test
