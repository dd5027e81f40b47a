// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <zlib.h>

#include <algorithm>
#include <cctype>
#include <cstddef>
#include <functional>
#include <map>
#include <mutex>
#include <string>
#include <string_view>
#include <support/loopback_server.hpp>
#include <utility>
#include <vector>

namespace weir_test {

/// What is read of a request.
struct http_request {
    std::string method;
    std::string target;
    std::map<std::string, std::string> headers;  ///< names in lower case
    std::string body;                            ///< as it came
    int connection = 0;                          ///< counts from 1

    [[nodiscard]] std::string header(std::string const& name) const {
        auto const found = headers.find(name);
        return found == headers.end() ? std::string() : found->second;
    }

    /// The body, unpacked if it is gzip.
    [[nodiscard]] std::string plain() const {
        if (header("content-encoding") != "gzip") return body;
        z_stream z{};
        inflateInit2(&z, 15 + 16);
        std::string unpacked;
        char piece[4096];
        z.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(body.data()));
        z.avail_in = static_cast<uInt>(body.size());
        int state = Z_OK;
        while (state == Z_OK) {
            z.next_out = reinterpret_cast<Bytef*>(piece);
            z.avail_out = sizeof piece;
            state = inflate(&z, Z_NO_FLUSH);
            unpacked.append(piece, sizeof piece - z.avail_out);
        }
        inflateEnd(&z);
        return state == Z_STREAM_END ? unpacked : "not gzip";
    }
};

/// What the server does with a request.
struct http_reply {
    using then = weir_test::then;
    std::string bytes{};
    then after = then::keep;

    /// A whole answer: `answer(503, "busy", "Retry-After: 7\r\n")`.
    static http_reply answer(int status, std::string_view body = {}, std::string_view headers = {}) {
        return {"HTTP/1.1 " + std::to_string(status) + " Status\r\nContent-Length: " + std::to_string(body.size()) +
                "\r\n" + std::string(headers) + "\r\n" + std::string(body)};
    }
    /// These bytes, and then what `how` says.
    static http_reply raw(std::string bytes, then how) { return {std::move(bytes), how}; }
};

/// A HTTP server on loopback that does what a script says, faults included. It runs on threads of its own; the handler
/// is called under a lock, one request at a time.
class scripted_http_server {
public:
    using handler = std::function<http_reply(http_request const&)>;

    explicit scripted_http_server(handler answer) : answer_(std::move(answer)) {}

    [[nodiscard]] std::string url() const { return "http://127.0.0.1:" + std::to_string(port()); }
    [[nodiscard]] int port() const { return server_.port(); }
    [[nodiscard]] std::vector<http_request> requests() const {
        std::lock_guard const lock(mutex_);
        return requests_;
    }
    /// A copy of what the handler keeps outside itself, taken while no request is being answered.
    template <class T>
    [[nodiscard]] T seen(T const& kept) const {
        std::lock_guard const lock(mutex_);
        return kept;
    }

    /// A port of loopback on which nobody listens.
    static int closed_port() { return loopback_server::closed_port(); }

private:
    void serve(loopback_connection& client) {
        http_request asked;
        while (read_request(client, asked)) {
            asked.connection = client.number;
            http_reply said;
            {
                std::lock_guard const lock(mutex_);
                requests_.push_back(asked);
                said = answer_(asked);
            }
            if (!client.answer(said.bytes, said.after)) return;
        }
    }

    static bool read_request(loopback_connection& client, http_request& into) {
        std::string& unread = client.unread;
        std::size_t end = 0;
        while ((end = unread.find("\r\n\r\n")) == std::string::npos)
            if (!client.read_more()) return false;
        std::string const head = unread.substr(0, end + 2);
        unread.erase(0, end + 4);
        into = {};
        std::size_t const first = head.find(' ');
        std::size_t const second = head.find(' ', first + 1);
        into.method = head.substr(0, first);
        into.target = head.substr(first + 1, second - first - 1);
        for (std::size_t at = head.find("\r\n") + 2; at < head.size();) {
            std::size_t const line_end = head.find("\r\n", at);
            std::size_t const colon = head.find(':', at);
            std::string name = head.substr(at, colon - at);
            std::transform(name.begin(), name.end(), name.begin(),
                           [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
            std::size_t const value = std::min(head.find_first_not_of(' ', colon + 1), line_end);
            into.headers[name] = head.substr(value, line_end - value);
            at = line_end + 2;
        }
        std::size_t const length =
            into.headers.count("content-length") ? std::stoul(into.headers["content-length"]) : 0;
        while (unread.size() < length)
            if (!client.read_more()) return false;
        into.body = unread.substr(0, length);
        unread.erase(0, length);
        return true;
    }

    handler answer_;
    mutable std::mutex mutex_;
    std::vector<http_request> requests_;
    loopback_server server_{[this](loopback_connection& client) { serve(client); }};  ///< last: its threads use the others
};

/// An answer that depends on how many requests came before: the last one stays.
inline scripted_http_server::handler in_turn(std::vector<http_reply> replies) {
    return [replies = std::move(replies), next = std::size_t{0}](http_request const&) mutable {
        return replies[std::min(next++, replies.size() - 1)];
    };
}

}  // namespace weir_test
