// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cstddef>
#include <functional>
#include <list>
#include <mutex>
#include <stdexcept>
#include <string>
#include <thread>
#include <utility>
#include <vector>

namespace weir_test {

/// What a scripted server does after an answer.
enum class then {
    keep,     ///< keeps the connection for the next request
    close,    ///< closes it
    reset,    ///< breaks it: the client's next read fails
    silence,  ///< leaves it open and says nothing more
};

/// A connection as the server sees it: the socket, and what was read of it and is not used yet.
struct loopback_connection {
    int socket = -1;
    int number = 0;  ///< counts from 1
    std::string unread{};

    /// Waits for more; false: the client has gone, or the server is to end.
    [[nodiscard]] bool read_more() {
        char piece[65536];
        ssize_t const n = ::recv(socket, piece, sizeof piece, 0);
        if (n > 0) unread.append(piece, static_cast<std::size_t>(n));
        return n > 0;
    }

    /// Sends an answer and does what comes then; true: the connection is kept.
    [[nodiscard]] bool answer(std::string const& bytes, then after) const {
        for (std::size_t sent = 0; sent < bytes.size();) {
            ssize_t const n = ::send(socket, bytes.data() + sent, bytes.size() - sent, MSG_NOSIGNAL);
            if (n <= 0) return false;
            sent += static_cast<std::size_t>(n);
        }
        switch (after) {
            case then::keep: return true;
            case then::close:
                // What the client still sends must not turn the farewell into a reset.
                ::shutdown(socket, SHUT_WR);
                ignore_the_rest();
                return false;
            case then::reset: {
                linger const at_once{1, 0};
                ::setsockopt(socket, SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
                return false;
            }
            case then::silence: ignore_the_rest();
        }
        return false;
    }

private:
    void ignore_the_rest() const {
        char ignored[512];
        while (::recv(socket, ignored, sizeof ignored, 0) > 0) {}
    }
};

/// A server on loopback. Each connection is served by a call of `serve` on a thread of its own, and closed when that returns.
class loopback_server {
public:
    explicit loopback_server(std::function<void(loopback_connection&)> serve) : serve_(std::move(serve)) {
        listener_ = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
        sockaddr_in address{};
        address.sin_family = AF_INET;
        address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        socklen_t size = sizeof address;
        if (::bind(listener_, reinterpret_cast<sockaddr*>(&address), size) != 0 || ::listen(listener_, 16) != 0 ||
            ::getsockname(listener_, reinterpret_cast<sockaddr*>(&address), &size) != 0)
            throw std::runtime_error("loopback_server: no port on loopback");
        port_ = ntohs(address.sin_port);
        acceptor_ = std::thread([this] { accept_all(); });
    }
    loopback_server(loopback_server const&) = delete;
    loopback_server& operator=(loopback_server const&) = delete;
    ~loopback_server() {
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

    [[nodiscard]] int port() const noexcept { return port_; }

    /// A port of loopback on which nobody listens.
    [[nodiscard]] static int closed_port() {
        loopback_server const short_lived([](loopback_connection&) {});
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
                loopback_connection client{.socket = socket, .number = number};
                serve_(client);
                std::lock_guard const again(mutex_);
                open_.erase(std::find(open_.begin(), open_.end(), socket));
                ::close(socket);
            });
        }
    }

    std::function<void(loopback_connection&)> serve_;
    int listener_ = -1;
    int port_ = 0;
    std::mutex mutex_;
    std::vector<int> open_;
    std::list<std::thread> workers_;
    std::thread acceptor_;
    std::atomic<bool> stopping_{false};
};

}  // namespace weir_test
