// SPDX-License-Identifier: Apache-2.0
#pragma once
#include "random.hpp"

#include <weir/time/timestamp.hpp>

#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>

namespace examples {

/// When records are made, and of what: equal seeds make equal records.
struct datagen_options {
    std::uint64_t seed = 1;
    weir::timestamp start = weir::timestamp(std::chrono::seconds(1767225600));  ///< 2026-01-01T00:00:00Z
    weir::duration max_interval = std::chrono::milliseconds(500);
    weir::duration on{};   ///< the connector runs so long; zero: always
    weir::duration off{};  ///< and is paused so long
};

/// The clock of a connector of Kafka Connect Datagen: before each record it sleeps for an even share of `max.interval`, half
/// of it on the average. A pause of the connector stops it for that long.
class datagen_clock {
public:
    explicit datagen_clock(datagen_options const& options) : options_(options) {}

    /// The time of the next record, in whole milliseconds, as producers stamp them.
    weir::timestamp next(random& dice) noexcept {
        ran_ += weir::duration(static_cast<std::int64_t>(dice.share() * static_cast<double>(options_.max_interval.count())));
        weir::duration paused{};
        if (options_.on.count() > 0) paused = ran_ / options_.on * options_.off;
        return std::chrono::time_point_cast<std::chrono::milliseconds>(options_.start + ran_ + paused);
    }

private:
    datagen_options options_;
    weir::duration ran_{};
};

/// A field that counts: 1, 11, 21, ...
class datagen_iteration {
public:
    explicit datagen_iteration(std::int64_t step) : step_(step) {}
    std::int64_t next() noexcept { return next_ += step_; }

private:
    std::int64_t step_;
    std::int64_t next_ = 1 - step_;
};

/// A record as a line: the time in milliseconds, the key, the value; tabs between them.
class datagen_line {
public:
    void begin(weir::timestamp time, std::string_view key) {
        text_ = std::to_string(std::chrono::duration_cast<std::chrono::milliseconds>(time.time_since_epoch()).count());
        text_.append("\t").append(key).append("\t{");
        first_ = true;
    }
    void add(std::string_view name, std::string_view text) {
        add_name(name);
        text_.append("\"").append(text).append("\"");
    }
    void add(std::string_view name, std::int64_t number) {
        add_name(name);
        text_ += std::to_string(number);
    }
    /// The whole line; the view lives until the next `begin`.
    std::string_view end() { return text_ += '}'; }

private:
    void add_name(std::string_view name) {
        if (!first_) text_ += ',';
        first_ = false;
        text_.append("\"").append(name).append("\":");
    }

    std::string text_;
    bool first_ = true;
};

}  // namespace examples
