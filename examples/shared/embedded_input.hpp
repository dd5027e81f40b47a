// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <weir/adapter/kafka.hpp>
#include <weir/pipeline/job.hpp>
#include <weir/run/runner.hpp>

#include <cstdint>
#include <fstream>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <utility>

namespace examples {

/// A message with bytes of its own.
struct sent_message {
    std::optional<std::string> key;
    std::string value;
    std::optional<weir::timestamp> time;  ///< of the record; nothing: now
    std::int32_t partition = 0;
};

/// Gives the next message, or says that there is none.
using next_message = std::function<bool(sent_message&)>;

/// The lines of a file, without keys, in one partition: what `kcat -P -p 0 -l FILE` sends.
inline next_message lines_of(std::string const& path) {
    return [file = std::make_shared<std::ifstream>(path, std::ios::binary)](sent_message& into) {
        return static_cast<bool>(std::getline(*file, into.value));
    };
}

/// Input that goes through a Kafka broker inside the program, so that the job reads it as it would read any Kafka. It is
/// sent no faster than the job reads, because this broker forgets the oldest of more than 5 MiB a partition.
class embedded_input {
public:
    embedded_input(std::string topic, std::int32_t partitions, next_message next)
        : topic_(std::move(topic)), partitions_(partitions), next_(std::move(next)),
          broker_({.partitions = partitions, .compress = weir::kafka::compression::lz4}), sent_(broker_.create_topic(topic_, partitions)) {}

    /// Where the job reads it.
    [[nodiscard]] weir::kafka::source_options source() const {
        weir::kafka::source_options options{.brokers = broker_.brokers(), .topic = topic_};
        for (std::int32_t partition = 0; partition < partitions_; ++partition) options.partitions.push_back(partition);
        return options;
    }

    [[nodiscard]] std::string const& brokers() const noexcept { return broker_.brokers(); }

    /// Runs the job until it has read everything, and closes its windows. `read(report)` says how many messages of this
    /// topic it has read; by default all that came into the job.
    template <class Job>
    weir::report run(Job& job, std::function<std::uint64_t(weir::report const&)> read = {}) {
        while (!job.finished() && sent_) {
            weir::timestamp const now = weir::detail::wall_clock();
            send(now);
            auto const state = job.step(16384, now);
            if (state == weir::progress::ready || state == weir::progress::ended || state == weir::progress::failed) continue;
            auto const report = job.report();
            read_ = read ? read(report) : report.total().in;
            if (ended_ && read_ >= made_) job.stop();
            else weir::detail::sleep(std::chrono::milliseconds(1));
        }
        auto report = job.report();
        if (!sent_ && !report.failure) report.failure = sent_.problem();
        return report;
    }

private:
    static constexpr std::uint64_t bite = 2048;
    static constexpr std::uint64_t most_unread = 8192;

    void send(weir::timestamp now) {
        if (ended_ || made_ > read_ + most_unread) return;
        sent_message message;
        for (std::uint64_t i = 0; i < bite && sent_; ++i) {
            message = {};
            if (!next_(message)) {
                ended_ = true;
                break;
            }
            ++made_;
            sent_ = broker_.produce(topic_, message.partition, message.key, message.value, message.time ? *message.time : now);
        }
        if (sent_) sent_ = broker_.flush();
    }

    std::string topic_;
    std::int32_t partitions_;
    next_message next_;
    weir::kafka::embedded_broker broker_;
    weir::result<void> sent_;
    std::uint64_t made_ = 0;
    std::uint64_t read_ = 0;
    bool ended_ = false;
};

}  // namespace examples
