// SPDX-License-Identifier: Apache-2.0
#pragma once
#include "../shared/random.hpp"

#include <array>
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <string>
#include <string_view>

namespace error_monitor {

/// The published producer's events (`user_id`, `url`, a status out of five, `time.time()` as a float), and what a test
/// wants beside them: some come out of order, some much too late, some are broken, and now and then the server is down.
class generator {
public:
    /// With a rate, so many events a second from now on; without, ten a second of the first of January 2026.
    explicit generator(std::uint64_t seed, double rate = 0) : random_(seed) {
        if (rate <= 0) return;
        start_ = std::chrono::duration<double>(std::chrono::system_clock::now().time_since_epoch()).count();
        events_per_second_ = rate;
    }

    /// The next event as a line of JSON; the view lives until the next call.
    std::string_view next() {
        double const now = start_ + static_cast<double>(made_++) / events_per_second_;
        // A minute's outage begins once in ten minutes, at the same place in each.
        bool const down = static_cast<std::int64_t>(now) / 60 % 10 == 4;
        text_ = "{\"user_id\":\"";
        random_.append_uuid(text_);
        text_.append("\",\"url\":\"").append(random_.one_of(paths));
        text_.append("\",\"http_status\":").append(down && random_.chance(0.6) ? "500" : random_.one_of(statuses));
        text_ += ",\"event_timestamp\":";
        append_time(now - delay());
        text_ += '}';
        if (random_.chance(0.002)) break_it();
        return text_;
    }

private:
    static constexpr std::array<std::string_view, 5> statuses{"200", "201", "302", "404", "500"};
    static constexpr std::array<std::string_view, 6> paths{"/",          "/search",       "/category/posts",
                                                           "/app/login", "/blog/tags/list", "/wp-content/main"};

    double delay() {
        if (random_.chance(0.002)) return 60 + 60 * random_.share();
        return random_.chance(0.5) ? 5 * random_.share() : 0;
    }

    /// As Python writes a float: as many digits as it takes to read the same number again.
    void append_time(double seconds) {
        char text[40];
        for (int digits = 1; digits <= 17; ++digits) {
            std::snprintf(text, sizeof text, "%.*g", digits, seconds);
            double again = 0;
            if (digits >= 11 && std::sscanf(text, "%lf", &again) == 1 && again == seconds) break;
        }
        text_ += text;
        if (std::string_view(text).find('.') == std::string_view::npos) text_ += ".0";
    }

    void break_it() {
        auto const replace = [&](std::string_view what, std::string_view by) { text_.replace(text_.find(what), what.size(), by); };
        switch (random_.below(5)) {
            case 0: text_.resize(text_.size() / 2); break;
            case 1: replace("\"http_status\"", "\"status\""); break;
            case 2: replace("\"event_timestamp\":", "\"event_timestamp\":null,\"was\":"); break;
            case 3: text_ = "GET / HTTP/1.1"; break;
            default: replace("\"http_status\":", "\"http_status\":1e"); break;
        }
    }

    examples::random random_;
    double start_ = 1767225600;  ///< 2026-01-01T00:00:00Z
    double events_per_second_ = 10;
    std::uint64_t made_ = 0;
    std::string text_;
};

}  // namespace error_monitor
