// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <weir.hpp>

#include <cstdint>
#include <string_view>

namespace error_monitor {

/// One request as it stands in the topic. Its JSON has `user_id` and `url` too, which nothing here looks at.
struct http_event {
    int status_code;
    weir::timestamp time;
};

/// How many events were errors of the server: an aggregate function of our own.
struct server_errors {
    static constexpr std::string_view name = "errors";
    [[nodiscard]] std::uint64_t init() const { return 0; }
    void add(std::uint64_t& errors, http_event const& event) const { errors += event.status_code >= 500 ? 1 : 0; }
    void merge(std::uint64_t& into, std::uint64_t from) const { into += from; }
    [[nodiscard]] std::uint64_t result(std::uint64_t errors) const { return errors; }
};

/// A point of `http_counts`: how many events of this status came in the ten seconds that end here.
struct status_count {
    weir::timestamp window_end;
    int status_code;
    std::uint64_t count;
};

/// A point of `http_error_alerts`: the minute that ends here had too large a share of errors.
struct error_alert {
    weir::timestamp window_end;
    std::uint64_t events;
    std::uint64_t errors;
    double share;
};

}  // namespace error_monitor

/// `event_timestamp` is a number of seconds with a fraction. It is read as it is written, in decimal, and rounded to the
/// nearest microsecond, a half away from zero.
template <>
struct weir::members_of<error_monitor::http_event> {
    static constexpr auto value =
        weir::members(weir::member<"http_status", &error_monitor::http_event::status_code>,
                      weir::member<"event_timestamp", &error_monitor::http_event::time>.in(weir::epoch::seconds));
};
