// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <weir/adapter/redis/options.hpp>
#include <weir/sink/retry.hpp>
#include <weir/time/parse_time.hpp>
#include <weir/time/timestamp.hpp>

#include <chrono>
#include <cstddef>
#include <string>

namespace weir::redis {

/// Settings of `redis::lookup`. A pattern is a text in which `{name}` stands for the item's column of that name, as in `options`.
struct lookup_options {
    std::string url = "redis://localhost:6379";  ///< or `unix:///run/redis.sock`; without user and password
    int database = 0;
    std::string user{};      ///< empty: the server's `default`
    std::string password{};  ///< no error, log or metric ever shows it

    data_type type = data_type::hash;  ///< or `string`
    std::string key{};                 ///< pattern: `user:{user_id}`
    std::string field{};  ///< pattern, hash: the one field that is wanted; empty: one for each member, by its name
    time_text times = time_text::iso;  ///< how times are written, in keys and in values; a member's own unit goes before
    time_range plausible{};            ///< a time outside of it is an error

    duration time_to_live = std::chrono::minutes(1);  ///< how long an answer is used before it is asked for anew; nothing: never
    duration absent_time_to_live{};         ///< the same of the answer that there is nothing
    std::size_t most_entries = 100'000;     ///< answers kept; beyond it those go that were not used for long
    std::size_t most_waiting = 10'000;      ///< items that wait, beyond which the source is not polled until all have gone on
    std::size_t most_held_bytes = std::size_t{256} << 20;  ///< of texts of items that wait; more: the job stops

    duration connect_timeout = std::chrono::seconds(5);  ///< until the server has answered the log-in
    duration timeout = std::chrono::seconds(15);         ///< without a byte in either direction
    retry_policy retry{};  ///< of questions that the server could not answer; `dead_letter`: their items are put aside
};

}  // namespace weir::redis
