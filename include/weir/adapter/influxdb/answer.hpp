// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <weir/adapter/http.hpp>
#include <weir/base/error.hpp>
#include <weir/sink/delivery.hpp>

#include <algorithm>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace weir::influxdb {

/// What the server says is wrong: the text of `error` (1.x) or `message` (2.x) in its JSON, or the body as it is.
[[nodiscard]] inline std::string message_of(std::string_view body) {
    for (std::string_view field : {std::string_view("\"error\":"), std::string_view("\"message\":")}) {
        std::size_t const at = body.find(field);
        if (at == std::string_view::npos) continue;
        std::string_view rest = body.substr(at + field.size());
        while (!rest.empty() && rest.front() == ' ') rest.remove_prefix(1);
        if (rest.empty() || rest.front() != '"') continue;
        std::string text;
        for (std::size_t i = 1; i < rest.size() && rest[i] != '"'; ++i) {
            if (rest[i] != '\\' || i + 1 == rest.size()) {
                text += rest[i];
                continue;
            }
            char const c = rest[++i];
            std::size_t const hex = std::string_view("0123456789abcdef").find(i + 4 < rest.size() ? rest[i + 4] : 'x');
            if (c == 'n') text += '\n';
            else if (c == 't') text += '\t';
            else if (c == 'r') text += '\r';
            else if (c == 'u' && rest.substr(i + 1, 3) == "003" && hex != std::string_view::npos)
                text += static_cast<char>(0x30 + hex), i += 4;
            else if (c == 'u' && rest.substr(i + 1, 3) == "002" && hex != std::string_view::npos)
                text += static_cast<char>(0x20 + hex), i += 4;
            else if (c == 'u') text += "\\u";
            else text += c;
        }
        return text;
    }
    return std::string(body);
}

/// The rows that the message names by their lines (`unable to parse 'LINE': reason`), when it names every row that it
/// is about; else nothing, and the rows must be searched for.
[[nodiscard]] inline std::optional<std::vector<std::size_t>> rows_named_by(std::string_view message,
                                                                           std::string_view lines) {
    // The rest is stored for sure only if the server says so, and only if nothing else was dropped.
    if (!message.starts_with("partial write: unable to parse '") || !message.ends_with(" dropped=0"))
        return std::nullopt;
    std::vector<std::size_t> rows;
    std::string_view const opening = "unable to parse '";
    for (std::size_t at = message.find(opening); at != std::string_view::npos; at = message.find(opening, at)) {
        at += opening.size();
        std::size_t row = 0;
        bool found = false;
        for (std::size_t begin = 0; begin < lines.size() && !found; ++row) {
            std::size_t const end = std::min(lines.find('\n', begin), lines.size());
            std::string_view const line = lines.substr(begin, end - begin);
            found = message.substr(at, line.size()) == line && message.substr(at + line.size(), 2) == "':";
            begin = end + 1;
        }
        if (!found) return std::nullopt;
        rows.push_back(row - 1);
    }
    std::sort(rows.begin(), rows.end());
    if (std::adjacent_find(rows.begin(), rows.end()) != rows.end()) return std::nullopt;
    return rows;
}

/// What became of a write, given the lines that were sent. A point that is sent again replaces itself, so what a server
/// stored of a batch that it partly refused may be sent again while the rows at fault are searched for.
[[nodiscard]] inline outcome judge_write(http::client const& client, http::ending const& ended, std::string_view place,
                                         std::string_view lines) {
    if (ended.failure) return ended.passing ? outcome::retry(*ended.failure) : outcome::fatal(*ended.failure);
    http::response const& answer = ended.answer;
    if (answer.status == 204 || (answer.status == 200 && answer.body.empty())) return outcome::acknowledged();

    std::string const message = message_of(answer.body);
    error why{.component = "influxdb", .place = std::string(place)};
    // Masked before it is cut: a secret that is cut off would no longer be known.
    std::string words = client.mask(message).substr(0, 1024);
    for (char& c : words)
        if (static_cast<unsigned char>(c) < 0x20 || c == 0x7f) c = ' ';
    words.erase(words.find_last_not_of(' ') + 1);
    why.cause = "HTTP " + std::to_string(answer.status) + (words.empty() ? " with an empty body" : ": " + words);

    auto const says = [&](std::string_view text) { return message.find(text) != std::string::npos; };
    switch (answer.status) {
        case 400:
        case 422: {
            bool const about_rows = says("partial write") || says("unable to parse") || says("field type conflict") ||
                                    says("dropped=") || says("line protocol") || says("schema");
            if (!about_rows) return outcome::fatal(std::move(why));
            if (auto rows = rows_named_by(message, lines)) return outcome::partial(std::move(why), std::move(*rows));
            return outcome::rejected(std::move(why));
        }
        case 401:
        case 403:
            why.advice = "check options::user and options::password, or options::token";
            return outcome::fatal(std::move(why));
        case 404:
            why.advice = "create the database or bucket first, and check options::url";
            return outcome::fatal(std::move(why));
        case 413:
            return outcome::too_large(std::move(why));
        default:
            break;
    }
    if (says("retention policy not found")) {
        why.advice = "check options::retention_policy";
        return outcome::fatal(std::move(why));
    }
    if (answer.status >= 300 && answer.status < 400) why.advice = "redirects are not followed: give the final URL";
    bool const passes = answer.status >= 500 || answer.status == 408 || answer.status == 429 || answer.status < 300;
    return passes ? outcome::retry(std::move(why), answer.retry_after()) : outcome::fatal(std::move(why));
}

}  // namespace weir::influxdb
