// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <weir/adapter/redis/detail/reply_reader.hpp>
#include <weir/base/detail/owner.hpp>

#if defined(_WIN32)
#error "weir: <weir/adapter/redis.hpp> needs the sockets of POSIX."
#endif
#include <cerrno>
#include <charconv>
#include <cstddef>
#include <cstring>
#include <fcntl.h>
#include <poll.h>
#include <string>
#include <string_view>
#include <sys/socket.h>
#include <sys/un.h>
#include <utility>

namespace weir::redis::detail {

/// Where a server is.
struct address {
    std::string host{};
    int port = 6379;
    std::string path{};     ///< of a Unix socket, in place of host and port
    std::string problem{};  ///< what is wrong with the URL

    /// Reads `redis://host:port` or `unix:///path`.
    static address read(std::string_view url) {
        address to;
        if (url.starts_with("unix://")) {
            to.path = url.substr(7);
            if (!to.path.starts_with('/')) to.problem = "options::url names no Unix socket: unix:///run/redis.sock";
            // hiredis cuts a longer one off, and would connect to whoever listens there.
            if (to.path.size() >= sizeof(sockaddr_un::sun_path)) to.problem = "options::url names a Unix socket by too long a path";
            return to;
        }
        if (url.starts_with("rediss://")) {
            to.problem = "options::url asks for TLS, which this component does not speak";
            return to;
        }
        if (!url.starts_with("redis://")) {
            to.problem = "options::url begins with neither redis:// nor unix://";
            return to;
        }
        url.remove_prefix(8);
        if (url.ends_with('/')) url.remove_suffix(1);
        if (url.find('@') != std::string_view::npos) {
            to.problem = "options::url holds a user or a password, which would show in logs; use the options for them";
        } else if (url.find('/') != std::string_view::npos) {
            to.problem = "options::url holds a path; options::database chooses the database";
        } else {
            to.read_authority(url);
        }
        return to;
    }

    /// As errors show it.
    [[nodiscard]] std::string text() const {
        if (!path.empty()) return "unix://" + path;
        return "redis://" + (host.find(':') == std::string::npos ? host : "[" + host + "]") + ":" + std::to_string(port);
    }

private:
    /// `host`, `host:port`, `[::1]` or `[::1]:port`.
    void read_authority(std::string_view text) {
        bool const bracketed = text.starts_with('[');
        std::size_t const end = text.find(bracketed ? ']' : ':');
        if (bracketed && end == std::string_view::npos) {
            problem = "options::url has a '[' without its ']'";
            return;
        }
        host = bracketed ? text.substr(1, end - 1) : text.substr(0, end);
        text.remove_prefix(end == std::string_view::npos ? text.size() : end + (bracketed ? 1 : 0));
        if (host.empty()) problem = "options::url names no host";
        if (text.empty()) return;
        auto const [last, code] = std::from_chars(text.data() + 1, text.data() + text.size(), port);
        if (!text.starts_with(':') || code != std::errc() || last != text.data() + text.size() || port < 1 || port > 65535)
            problem = "options::url has a port that is no port";
    }
};

/// What came of trying to move bytes.
enum class progress {
    nothing,  ///< not now
    some,     ///< something has moved
    broken,   ///< `wire::problem` says why
};

/// A connection to a server, of which nothing ever waits: bytes out, replies in.
template <class Reply>
class wire {
public:

    /// Begins to connect. A name is looked up here, which can take as long as the system's resolver lets it.
    bool open(address const& to) {
        close();
        problem_.clear();
        speaks_otherwise_ = false;
        context_.reset(to.path.empty() ? redisConnectNonBlock(to.host.c_str(), to.port)
                                       : redisConnectUnixNonBlock(to.path.c_str()));
        if (!context_ || context_->err != 0) {
            problem_ = context_ ? context_->errstr : "out of memory";
            close();
            return false;
        }
        // A child of the host's must not hold the connection open.
        fcntl(socket(), F_SETFD, FD_CLOEXEC);
#if defined(SO_NOSIGPIPE)
        int const yes = 1;
        setsockopt(socket(), SOL_SOCKET, SO_NOSIGPIPE, &yes, sizeof yes);
#endif
        reader_.restart();
        return true;
    }
    void close() noexcept { context_.reset(); }
    [[nodiscard]] bool is_open() const noexcept { return static_cast<bool>(context_); }
    [[nodiscard]] std::string const& problem() const noexcept { return problem_; }
    /// Whether what came was no reply of Redis.
    [[nodiscard]] bool speaks_otherwise() const noexcept { return speaks_otherwise_; }

    /// Whether the connection that was begun is there.
    [[nodiscard]] progress connected() {
        pollfd asked{.fd = socket(), .events = POLLOUT, .revents = 0};
        if (::poll(&asked, 1, 0) == 0) return progress::nothing;
        int code = 0;
        socklen_t size = sizeof code;
        if (getsockopt(socket(), SOL_SOCKET, SO_ERROR, &code, &size) != 0) code = errno;
        if (code == 0 && leads_to_itself()) code = ECONNREFUSED;
        return code == 0 ? progress::some : fail(code);
    }

    /// Sends what the system takes, and moves `left` forward past it.
    [[nodiscard]] progress send(std::string_view& left) {
#if defined(MSG_NOSIGNAL)
        constexpr int quietly = MSG_NOSIGNAL;
#else
        constexpr int quietly = 0;
#endif
        ssize_t const sent = ::send(socket(), left.data(), left.size(), quietly);
        if (sent < 0) return waits(errno) ? progress::nothing : fail(errno);
        left.remove_prefix(static_cast<std::size_t>(sent));
        return sent > 0 ? progress::some : progress::nothing;
    }

    /// Reads what is there and calls `take(Reply const&)` for each whole reply.
    template <class Take>
    [[nodiscard]] progress receive(Take&& take) {
        char piece[16384];
        ssize_t const came = ::recv(socket(), piece, sizeof piece, 0);
        if (came < 0) return waits(errno) ? progress::nothing : fail(errno);
        if (came == 0) {
            problem_ = "the server closed the connection";
            return progress::broken;
        }
        if (reader_.read(piece, static_cast<std::size_t>(came), take)) return progress::some;
        speaks_otherwise_ = true;
        problem_ = "the answer is not Redis's: ";
        problem_ += reader_.complaint();
        return progress::broken;
    }

private:
    struct release_context {
        void operator()(redisContext* context) const noexcept { redisFree(context); }
    };

    /// Where nobody listens, TCP can connect a socket to itself, if the port is one that the system gives to clients. It
    /// would answer whatever it is sent.
    [[nodiscard]] bool leads_to_itself() const noexcept {
        sockaddr_storage near{};
        sockaddr_storage far{};
        socklen_t near_size = sizeof near;
        socklen_t far_size = sizeof far;
        return getsockname(socket(), reinterpret_cast<sockaddr*>(&near), &near_size) == 0 &&
               getpeername(socket(), reinterpret_cast<sockaddr*>(&far), &far_size) == 0 && near.ss_family != AF_UNIX &&
               near_size == far_size && std::memcmp(&near, &far, near_size) == 0;
    }

    [[nodiscard]] int socket() const noexcept { return context_->fd; }
    [[nodiscard]] static bool waits(int code) noexcept { return code == EAGAIN || code == EWOULDBLOCK || code == EINTR; }
    progress fail(int code) {
        problem_ = std::strerror(code);
        return progress::broken;
    }

    weir::detail::owner<redisContext, release_context> context_{};
    reply_reader<Reply> reader_{};
    std::string problem_{};
    bool speaks_otherwise_ = false;
};

}  // namespace weir::redis::detail
