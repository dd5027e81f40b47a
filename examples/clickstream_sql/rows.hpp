// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <weir.hpp>

#include <cstdint>
#include <optional>
#include <string_view>

/// \file What goes in, and a struct for each stream and table that comes out. Texts are views.

namespace clickstream_sql {

// -- in ----------------------------------------------------------------------------------------------------------------

/// A record of `clickstream`. `_time` and `time`, which count records, are not looked at, nor is what nobody asks for.
struct click {
    std::string_view ip;
    std::string_view request;
    int userid;
    int status;
    std::int64_t bytes;
    weir::timestamp time;  ///< the record's own
};

/// Puts the event time into the click, for the records that are made of it.
struct with_event_time {
    using output = click;
    void on_item(click const& item, auto& out) const {
        click timed = item;
        timed.time = out.at().time;
        out.emit(timed);
    }
};

/// A row of `clickstream_users`, and one of `clickstream_codes`; their keys are the records'.
struct user {
    std::string_view username;
    std::string_view city;
};
struct code {
    std::string_view definition;
};

// -- out: streams ------------------------------------------------------------------------------------------------------

struct user_click {
    weir::timestamp time;
    int userid;
    std::optional<std::string_view> username;
    std::string_view ip;
    std::optional<std::string_view> city;
    std::string_view request;
    int status;
    std::int64_t bytes;
};

struct enriched_code {
    weir::timestamp time;
    std::optional<int> code;  ///< nothing where there is none of this number
    std::optional<std::string_view> definition;
};

// -- out: tables -------------------------------------------------------------------------------------------------------
// The second member is EVENT_TS.

struct events_per_min {
    int userid;
    weir::timestamp window_start;
    std::uint64_t events;
};
struct pages_per_min {
    int userid;
    weir::timestamp window_start;
    std::uint64_t pages;
};
struct click_user_sessions {
    std::string_view username;
    weir::timestamp last_event;
    std::uint64_t events;
};
struct errors_per_min {
    int status;
    weir::timestamp window_start;
    std::uint64_t errors;
};
struct enriched_error_codes_count {
    int code;
    weir::timestamp window_start;
    std::string_view definition;
    std::uint64_t count;
};
struct user_ip_activity {
    std::string_view username;
    weir::timestamp window_start;
    std::string_view ip;
    std::string_view city;
    std::uint64_t count;
};

}  // namespace clickstream_sql

/// `status` and `bytes` are texts in the JSON. The time is no field of it.
template <>
struct weir::members_of<clickstream_sql::click> {
    using click = clickstream_sql::click;
    static constexpr auto value =
        weir::members(weir::unrenamed<&click::ip>, weir::unrenamed<&click::request>, weir::unrenamed<&click::userid>,
                      weir::member<"status", &click::status>.as_text(), weir::member<"bytes", &click::bytes>.as_text());
};

/// The values of the records that the two streams are written as. Time and key are the record's.
template <>
struct weir::members_of<clickstream_sql::user_click> {
    using row = clickstream_sql::user_click;
    static constexpr auto value =
        weir::members(weir::member<"USERNAME", &row::username>, weir::member<"IP", &row::ip>, weir::member<"CITY", &row::city>,
                      weir::member<"REQUEST", &row::request>, weir::member<"STATUS", &row::status>,
                      weir::member<"BYTES", &row::bytes>);
};
template <>
struct weir::members_of<clickstream_sql::enriched_code> {
    using row = clickstream_sql::enriched_code;
    static constexpr auto value = weir::members(weir::member<"DEFINITION", &row::definition>);
};
