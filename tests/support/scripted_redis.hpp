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
#include <string_view>
#include <thread>
#include <utility>
#include <vector>

namespace weir_test {

/// A command as the server reads it.
struct redis_command {
    std::vector<std::string> arguments;
    int connection = 0;  ///< counts from 1

    [[nodiscard]] std::string name() const {
        std::string upper = arguments.at(0);
        for (char& c : upper)
            if (c >= 'a' && c <= 'z') c = static_cast<char>(c - 'a' + 'A');
        return upper;
    }
    /// All of it, with a blank between the arguments.
    [[nodiscard]] std::string text() const {
        std::string all;
        for (std::string const& one : arguments) all += (all.empty() ? "" : " ") + one;
        return all;
    }
};

/// What the server does with a command.
struct redis_reply {
    enum class then { keep, close, reset, silence };
    std::string bytes{":1\r\n"};
    then after = then::keep;

    static redis_reply ok() { return {"+OK\r\n"}; }
    static redis_reply error(std::string_view text) { return {"-" + std::string(text) + "\r\n"}; }
    static redis_reply raw(std::string bytes, then how) { return {std::move(bytes), how}; }
};

/// A Redis on loopback that does what a script says, faults included; the script is asked for each command, under a
/// lock. It runs on threads of its own.
class scripted_redis {
public:
    using handler = std::function<redis_reply(redis_command const&)>;

    explicit scripted_redis(handler answer) : answer_(std::move(answer)) {
        listener_ = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
        sockaddr_in address{};
        address.sin_family = AF_INET;
        address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        socklen_t size = sizeof address;
        if (::bind(listener_, reinterpret_cast<sockaddr*>(&address), size) != 0 || ::listen(listener_, 16) != 0 ||
            ::getsockname(listener_, reinterpret_cast<sockaddr*>(&address), &size) != 0)
            throw std::runtime_error("scripted_redis: no port on loopback");
        port_ = ntohs(address.sin_port);
        acceptor_ = std::thread([this] { accept_all(); });
    }
    scripted_redis(scripted_redis const&) = delete;
    scripted_redis& operator=(scripted_redis const&) = delete;
    ~scripted_redis() {
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

    [[nodiscard]] std::string url() const { return "redis://127.0.0.1:" + std::to_string(port_); }

    /// The commands so far, each as one text.
    [[nodiscard]] std::vector<std::string> commands() const {
        std::lock_guard const lock(mutex_);
        std::vector<std::string> texts;
        for (redis_command const& one : seen_) texts.push_back(one.text());
        return texts;
    }
    [[nodiscard]] int connections() const {
        std::lock_guard const lock(mutex_);
        return seen_.empty() ? 0 : seen_.back().connection;
    }

    /// Where nobody listens.
    static std::string closed_url() {
        scripted_redis short_lived([](redis_command const&) { return redis_reply{}; });
        return short_lived.url();
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
        redis_command asked{.arguments = {}, .connection = number};
        while (read_command(socket, unread, asked.arguments)) {
            redis_reply said;
            {
                std::lock_guard const lock(mutex_);
                seen_.push_back(asked);
                said = answer_(asked);
            }
            for (std::size_t sent = 0; sent < said.bytes.size();) {
                ssize_t const n = ::send(socket, said.bytes.data() + sent, said.bytes.size() - sent, MSG_NOSIGNAL);
                if (n <= 0) return;
                sent += static_cast<std::size_t>(n);
            }
            if (said.after == redis_reply::then::close) {
                // What the client still sends must not turn the farewell into a reset.
                ::shutdown(socket, SHUT_WR);
                char ignored[512];
                while (::recv(socket, ignored, sizeof ignored, 0) > 0) {}
                return;
            }
            if (said.after == redis_reply::then::reset) {
                linger const at_once{1, 0};
                ::setsockopt(socket, SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
                return;
            }
            if (said.after == redis_reply::then::silence) {
                char ignored[512];
                while (::recv(socket, ignored, sizeof ignored, 0) > 0) {}
                return;
            }
        }
    }

    static bool fill(int socket, std::string& unread) {
        char piece[65536];
        ssize_t const n = ::recv(socket, piece, sizeof piece, 0);
        if (n > 0) unread.append(piece, static_cast<std::size_t>(n));
        return n > 0;
    }

    static bool read_number(int socket, std::string& unread, char mark, std::size_t& number) {
        std::size_t end = 0;
        while ((end = unread.find("\r\n")) == std::string::npos)
            if (!fill(socket, unread)) return false;
        if (unread[0] != mark) return false;
        number = std::stoul(unread.substr(1, end - 1));
        unread.erase(0, end + 2);
        return true;
    }

    static bool read_command(int socket, std::string& unread, std::vector<std::string>& into) {
        std::size_t count = 0;
        if (!read_number(socket, unread, '*', count)) return false;
        into.clear();
        while (into.size() < count) {
            std::size_t size = 0;
            if (!read_number(socket, unread, '$', size)) return false;
            while (unread.size() < size + 2)
                if (!fill(socket, unread)) return false;
            into.push_back(unread.substr(0, size));
            unread.erase(0, size + 2);
        }
        return true;
    }

    handler answer_;
    int listener_ = -1;
    int port_ = 0;
    mutable std::mutex mutex_;
    std::vector<redis_command> seen_;
    std::vector<int> open_;
    std::list<std::thread> workers_;
    std::thread acceptor_;
    std::atomic<bool> stopping_{false};
};

/// A script whose n-th command is answered by the n-th reply; the last one stays.
inline scripted_redis::handler redis_in_turn(std::vector<redis_reply> replies) {
    return [replies = std::move(replies), next = std::size_t{0}](redis_command const&) mutable {
        return replies[std::min(next++, replies.size() - 1)];
    };
}

}  // namespace weir_test
