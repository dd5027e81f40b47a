// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>
#include <zlib.h>

#include <algorithm>
#include <atomic>
#include <cctype>
#include <cstddef>
#include <cstring>
#include <functional>
#include <list>
#include <map>
#include <mutex>
#include <stdexcept>
#include <string>
#include <string_view>
#include <thread>
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
    enum class then {
        keep,     ///< keeps the connection for the next request
        close,    ///< closes it
        reset,    ///< breaks it: the client's next read fails
        silence,  ///< leaves it open and says nothing more
    };
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

    explicit scripted_http_server(handler answer) : answer_(std::move(answer)) {
        listener_ = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
        sockaddr_in address{};
        address.sin_family = AF_INET;
        address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        socklen_t size = sizeof address;
        if (::bind(listener_, reinterpret_cast<sockaddr*>(&address), size) != 0 || ::listen(listener_, 16) != 0 ||
            ::getsockname(listener_, reinterpret_cast<sockaddr*>(&address), &size) != 0)
            throw std::runtime_error("scripted_http_server: no port on loopback");
        port_ = ntohs(address.sin_port);
        acceptor_ = std::thread([this] { accept_all(); });
    }
    scripted_http_server(scripted_http_server const&) = delete;
    scripted_http_server& operator=(scripted_http_server const&) = delete;
    ~scripted_http_server() {
        stopping_ = true;
        ::shutdown(listener_, SHUT_RDWR);
        acceptor_.join();
        {
            std::lock_guard const lock(mutex_);
            for (int socket : open_) ::shutdown(socket, SHUT_RDWR);
        }
        for (std::thread& worker : workers_) worker.join();
        ::close(listener_);
    }

    [[nodiscard]] std::string url() const { return "http://127.0.0.1:" + std::to_string(port_); }
    [[nodiscard]] int port() const { return port_; }
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
    static int closed_port() {
        scripted_http_server short_lived([](http_request const&) { return http_reply{}; });
        return short_lived.port();
    }

private:
    void accept_all() {
        for (int number = 1; !stopping_; ++number) {
            int const socket = ::accept(listener_, nullptr, nullptr);
            if (socket < 0) return;
            std::lock_guard const lock(mutex_);
            open_.push_back(socket);
            workers_.emplace_back([this, socket, number] {
                serve(socket, number);
                std::lock_guard const again(mutex_);
                open_.erase(std::find(open_.begin(), open_.end(), socket));
                ::close(socket);
            });
        }
    }

    void serve(int socket, int number) {
        std::string unread;
        http_request asked;
        while (read_request(socket, unread, asked)) {
            asked.connection = number;
            http_reply said;
            {
                std::lock_guard const lock(mutex_);
                requests_.push_back(asked);
                said = answer_(asked);
            }
            for (std::size_t sent = 0; sent < said.bytes.size();) {
                ssize_t const n = ::send(socket, said.bytes.data() + sent, said.bytes.size() - sent, MSG_NOSIGNAL);
                if (n <= 0) return;
                sent += static_cast<std::size_t>(n);
            }
            if (said.after == http_reply::then::close) return;
            if (said.after == http_reply::then::reset) {
                linger const at_once{1, 0};
                ::setsockopt(socket, SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
                return;
            }
            if (said.after == http_reply::then::silence) {
                char ignored[512];
                while (::recv(socket, ignored, sizeof ignored, 0) > 0) {}
                return;
            }
        }
    }

    static bool read_more(int socket, std::string& unread) {
        char piece[65536];
        ssize_t const n = ::recv(socket, piece, sizeof piece, 0);
        if (n > 0) unread.append(piece, static_cast<std::size_t>(n));
        return n > 0;
    }

    static bool read_request(int socket, std::string& unread, http_request& into) {
        std::size_t end = 0;
        while ((end = unread.find("\r\n\r\n")) == std::string::npos)
            if (!read_more(socket, unread)) return false;
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
            if (!read_more(socket, unread)) return false;
        into.body = unread.substr(0, length);
        unread.erase(0, length);
        return true;
    }

    handler answer_;
    int listener_ = -1;
    int port_ = 0;
    mutable std::mutex mutex_;
    std::vector<http_request> requests_;
    std::vector<int> open_;
    std::list<std::thread> workers_;
    std::thread acceptor_;
    std::atomic<bool> stopping_{false};
};

/// An answer that depends on how many requests came before: the last one stays.
inline scripted_http_server::handler in_turn(std::vector<http_reply> replies) {
    return [replies = std::move(replies), next = std::size_t{0}](http_request const&) mutable {
        return replies[std::min(next++, replies.size() - 1)];
    };
}

}  // namespace weir_test
