// SPDX-License-Identifier: Apache-2.0
#pragma once
#include "click.hpp"
#include "generator.hpp"
#include "options.hpp"

#include <weir/adapter/kafka.hpp>
#include <weir/adapter/simdjson.hpp>
#include <weir/codec/access_log.hpp>
#include <weir/pipeline/any_stream.hpp>
#include <weir/source/file.hpp>
#include <weir/transform/decode.hpp>

#include <cerrno>
#include <cstdint>
#include <cstdio>
#include <cstring>
#include <optional>
#include <string>

namespace clickstream {

/// Made-up clicks, sent through a Kafka broker inside the program, so that they are read as any consumer would read them.
class click_feed {
public:
    static constexpr std::int32_t partitions = 16;

    explicit click_feed(options const& chosen)
        : topic_(chosen.topic), left_(chosen.events), rate_(chosen.rate), broker_({.partitions = partitions, .compress = weir::kafka::compression::lz4}),
          clicks_(chosen.generate), stored_(broker_.create_topic(topic_, partitions)) {}

    [[nodiscard]] std::string brokers() const { return broker_.brokers(); }

    /// Produces what is due by now; without a rate, a bite that the reader has room for.
    void produce(weir::timestamp now) {
        if (!begun_) begun_ = now;
        std::uint64_t due = bite;
        if (rate_ > 0) {
            double const seconds = std::chrono::duration<double>(now - *begun_).count();
            auto const so_far = static_cast<std::uint64_t>(seconds * rate_);
            due = so_far > made_ ? so_far - made_ : 0;
        } else if (made_ > read_ + most_unread) {
            due = 0;
        }
        for (; stored_ && due > 0 && left_ > 0; --due, --left_, ++made_) {
            std::string_view const text = clicks_.next();
            stored_ = broker_.produce(topic_, static_cast<std::int32_t>(made_ % partitions), clicks_.key(), text, now);
        }
        if (stored_) stored_ = broker_.flush();
    }

    /// Whether the broker has stored everything so far, and if not, why.
    [[nodiscard]] weir::result<void> const& stored() const noexcept { return stored_; }

    /// Told how many have been read: true when that is all there will ever be.
    bool all_read(std::uint64_t count) {
        read_ = count;
        return left_ == 0 && count >= made_;
    }

private:
    static constexpr std::uint64_t bite = 8192;
    static constexpr std::uint64_t most_unread = 65536;  ///< the broker forgets the oldest of more

    std::string topic_;
    std::uint64_t left_;
    double rate_;
    weir::kafka::embedded_broker broker_;
    generator clicks_;
    std::uint64_t made_ = 0;
    std::uint64_t read_ = 0;
    std::optional<weir::timestamp> begun_;
    weir::result<void> stored_;
};

/// The clicks of the source that was chosen.
inline weir::any_stream<click> clicks_in(options const& chosen, click_feed* feed) {
    if (chosen.source == "file")
        return weir::from(weir::file(chosen.inputs)) | weir::decode(weir::json<click>());
    weir::kafka::source_options kafka{.brokers = chosen.brokers, .topic = chosen.topic, .group = chosen.group};
    kafka.connect_timeout = chosen.connect_timeout;
    kafka.until_end = chosen.until_end;
    if (feed) {
        kafka.brokers = feed->brokers();
        kafka.group.clear();
        for (std::int32_t partition = 0; partition < click_feed::partitions; ++partition)
            kafka.partitions.push_back(partition);
    }
    return weir::from(weir::kafka::source(kafka)) | weir::decode(weir::json<click>());
}

/// The lines of a web server's log.
inline weir::any_stream<weir::access_log_entry> access_log_in(options const& chosen) {
    return weir::from(weir::file(chosen.inputs)) | weir::decode(weir::access_log());
}

/// Writes the generated clicks to a file, for others to read.
inline weir::result<void> export_clicks(options const& chosen) {
    std::FILE* const to = std::fopen(chosen.export_to.c_str(), "wb");
    auto const trouble = [&] {
        return weir::error{.component = "export", .place = chosen.export_to, .cause = std::strerror(errno), .advice = {}};
    };
    if (!to) return trouble();
    generator clicks(chosen.generate);
    bool written = true;
    for (std::uint64_t i = 0; i < chosen.events && written; ++i) {
        std::string_view const text = clicks.next();
        written = std::fwrite(text.data(), 1, text.size(), to) == text.size() && std::fputc('\n', to) != EOF;
    }
    if (std::fclose(to) != 0 || !written) return trouble();
    return {};
}

}  // namespace clickstream
