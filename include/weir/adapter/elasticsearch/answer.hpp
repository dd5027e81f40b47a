// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <weir/adapter/elasticsearch/detail/json_scan.hpp>
#include <weir/adapter/http.hpp>
#include <weir/base/error.hpp>
#include <weir/sink/delivery.hpp>

#include <algorithm>
#include <cstddef>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace weir::elasticsearch {

/// What a server says of one action of a `_bulk`. Its texts lie in the answer.
struct item_answer {
    std::string_view action{};   ///< `index`, `create`, `delete`
    int status = 0;              ///< as of HTTP
    std::string_view problem{};  ///< its `error` as JSON; empty: there is none
};

/// Reads the answer to a `_bulk` and calls `take(item_answer)` for each of its items, in order. False when the text is no
/// such answer, or not a whole one. It allocates nothing.
template <class Take>
bool read_bulk_answer(std::string_view body, Take&& take) {
    detail::json_scan json(body);
    std::string_view ignored;
    bool items_seen = false;
    bool const whole = json.take_object([&](std::string_view name) {
        if (name != "items") return json.take_value(ignored);
        items_seen = true;
        return json.take_array([&] {
            return json.take_object([&](std::string_view action) {
                item_answer item{.action = action};
                bool const read = json.take_object([&](std::string_view member) {
                    if (member == "status") return json.take_number(item.status);
                    return json.take_value(member == "error" ? item.problem : ignored);
                });
                if (read) take(std::as_const(item));
                return read;
            });
        });
    });
    return whole && items_seen;
}

/// What a server gives as the reason: `type` says it to programs, `reason` to people.
struct server_problem {
    std::string type{};
    std::string reason{};  ///< with what caused it
};

/// Reads an item's `error`, or the body of an answer that is an error as a whole. What is no such JSON is the reason, as it
/// stands there.
[[nodiscard]] inline server_problem read_problem(std::string_view text) {
    server_problem problem;
    std::string_view type, reason, cause_type, cause, inner, ignored;
    // An answer may come from anybody: causes of causes are followed a few steps, not to the end of the stack.
    int steps_left = 8;
    auto const read = [&](auto const& self, std::string_view object, std::string_view& type_in,
                          std::string_view& reason_in) -> bool {
        if (steps_left-- == 0) return false;
        detail::json_scan json(object);
        if (json.next() == '"') return json.take_text(reason_in);
        return json.take_object([&](std::string_view member) {
            if (member == "type" && json.next() == '"') return json.take_text(type_in);
            if (member == "reason" && json.next() == '"') return json.take_text(reason_in);
            if (member == "error") return json.take_value(inner) && self(self, inner, type_in, reason_in);
            if (member == "caused_by") return json.take_value(inner) && self(self, inner, cause_type, cause);
            return json.take_value(ignored);
        });
    };
    read(read, text, type, reason);
    // More than an error shows: it is cut when secrets have been masked, for one that is cut off would no longer be known.
    constexpr std::size_t most = 16384;
    if (type.empty() && reason.empty()) return {.reason = detail::readable(text, most)};
    problem.type = detail::readable(type, most);
    problem.reason = detail::readable(reason, most);
    if (!cause.empty()) problem.reason += " (" + detail::readable(cause, most) + ")";
    return problem;
}

/// What an item's answer means for a sink.
enum class fate {
    stored,   ///< it is there, or was there already, or is gone as it should be
    again,    ///< it passes: the same row again
    refused,  ///< the row is at fault
    stop,     ///< no row is at fault, and trying again is of no use
};

/// What to do about an item. A conflict of a `create` says that the document is there already, a `delete` of what is not
/// there, be it the document or its whole index, has nothing to do. A block that the server lifts by itself (its disk was
/// full) passes; other blocks, missing rights, closed indices, and missing ones for a write, are no fault of a row.
[[nodiscard]] inline fate fate_of(item_answer const& item) noexcept {
    auto const says = [&](std::string_view words) { return item.problem.find(words) != std::string_view::npos; };
    if (item.status >= 200 && item.status < 300) return fate::stored;
    if (item.status == 409 && item.action == "create") return fate::stored;
    // An index that is there, but is no alias as `require_alias` asks, is called missing too: its document may be there.
    bool const gone = item.problem.empty() || (says("\"index_not_found_exception\"") && !says("require_alias"));
    if (item.status == 404 && item.action == "delete" && gone) return fate::stored;
    if (item.status == 408 || item.status == 429 || item.status >= 500) return fate::again;
    if (says("cluster_block_exception")) return says("/12/") ? fate::again : fate::stop;
    if (item.status == 401 || item.status == 403 || item.status == 404) return fate::stop;
    if (says("invalid_index_name_exception") || says("index_closed_exception")) return fate::stop;
    // An `index` action is not for a data stream, whatever the row.
    if (says("data stream")) return fate::stop;
    return item.status >= 400 ? fate::refused : fate::again;
}

/// What to do about what the server said, in words; empty where its own say enough.
[[nodiscard]] inline std::string advice_for(int status, server_problem const& problem) {
    auto const says = [&](std::string_view words) { return problem.reason.find(words) != std::string::npos; };
    if (problem.type == "cluster_block_exception" || says("blocked by:")) {
        if (says("/12/"))
            return "the server's disk is nearly full: free space on it; it then takes writes again by itself";
        return "the index is read-only: set its index.blocks.write, index.blocks.read_only and "
               "index.blocks.read_only_allow_delete to null, or give another options::index; nothing is lost meanwhile";
    }
    if (problem.type == "index_not_found_exception")
        return "the server creates no index by itself: create it first, or let it (action.auto_create_index)";
    if (problem.type == "index_closed_exception") return "open the index first";
    if (problem.type == "invalid_index_name_exception") return "check options::index";
    if (says("data stream"))
        return "a data stream takes write_mode::append_once, and a field @timestamp (options::rename)";
    if (status == 401)
        return "check options::user and options::password, or options::api_key, or options::bearer_token";
    if (status == 403) return "the user or key lacks the right to write to this index, or to create it";
    if (status == 404 || status == 405)
        return "check options::url: it is that of the REST interface, port 9200 by default";
    if (status >= 300 && status < 400) return "redirects are not followed: give the final URL";
    return {};
}

/// The error that tells people what a server said.
[[nodiscard]] inline error error_of(http::client const& client, std::string_view place, int status,
                                    server_problem const& said) {
    error why{.component = "elasticsearch", .place = std::string(place), .advice = advice_for(status, said)};
    why.cause = "HTTP " + std::to_string(status);
    if (!said.type.empty()) why.cause += ", " + said.type;
    why.cause += said.reason.empty() ? " with an empty body" : ": " + said.reason;
    why.cause = client.mask(std::move(why.cause)).substr(0, 2048);
    return why;
}

/// What became of a request as a whole, when it was not answered with 200, or with nothing that could be read.
[[nodiscard]] inline outcome judge_request(http::client const& client, http::ending const& ended,
                                           std::string_view place) {
    if (ended.failure) return ended.passing ? outcome::retry(*ended.failure) : outcome::fatal(*ended.failure);
    http::response const& answer = ended.answer;
    server_problem const said = read_problem(answer.body);
    error why = error_of(client, place, answer.status, said);
    if (answer.status == 413) return outcome::too_large(std::move(why));
    // Of what is wrong with a whole request, only this may lie in one of its rows.
    if (answer.status == 400 && said.type == "action_request_validation_exception")
        return outcome::rejected(std::move(why));
    bool const passes = answer.status >= 500 || answer.status == 408 || answer.status == 429;
    return passes ? outcome::retry(std::move(why), answer.retry_after()) : outcome::fatal(std::move(why));
}

}  // namespace weir::elasticsearch
