// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <algorithm>
#include <cstddef>
#include <functional>
#include <mutex>
#include <string>
#include <string_view>
#include <support/loopback_server.hpp>
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
    using then = weir_test::then;
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

    explicit scripted_redis(handler answer) : answer_(std::move(answer)) {}

    [[nodiscard]] std::string url() const { return url_of(server_.port()); }

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
    static std::string closed_url() { return url_of(loopback_server::closed_port()); }

private:
    static std::string url_of(int port) { return "redis://127.0.0.1:" + std::to_string(port); }

    void serve(loopback_connection& client) {
        redis_command asked{.arguments = {}, .connection = client.number};
        while (read_command(client, asked.arguments)) {
            redis_reply said;
            {
                std::lock_guard const lock(mutex_);
                seen_.push_back(asked);
                said = answer_(asked);
            }
            if (!client.answer(said.bytes, said.after)) return;
        }
    }

    static bool read_number(loopback_connection& client, char mark, std::size_t& number) {
        std::string& unread = client.unread;
        std::size_t end = 0;
        while ((end = unread.find("\r\n")) == std::string::npos)
            if (!client.read_more()) return false;
        if (unread[0] != mark) return false;
        number = std::stoul(unread.substr(1, end - 1));
        unread.erase(0, end + 2);
        return true;
    }

    static bool read_command(loopback_connection& client, std::vector<std::string>& into) {
        std::string& unread = client.unread;
        std::size_t count = 0;
        if (!read_number(client, '*', count)) return false;
        into.clear();
        while (into.size() < count) {
            std::size_t size = 0;
            if (!read_number(client, '$', size)) return false;
            while (unread.size() < size + 2)
                if (!client.read_more()) return false;
            into.push_back(unread.substr(0, size));
            unread.erase(0, size + 2);
        }
        return true;
    }

    handler answer_;
    mutable std::mutex mutex_;
    std::vector<redis_command> seen_;
    loopback_server server_{[this](loopback_connection& client) { serve(client); }};  ///< last: its threads use the others
};

/// A script whose n-th command is answered by the n-th reply; the last one stays.
inline scripted_redis::handler redis_in_turn(std::vector<redis_reply> replies) {
    return [replies = std::move(replies), next = std::size_t{0}](redis_command const&) mutable {
        return replies[std::min(next++, replies.size() - 1)];
    };
}

}  // namespace weir_test
