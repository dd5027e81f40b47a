// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <weir/adapter/prometheus/options.hpp>
#include <weir/base/byte_buffer.hpp>
#include <weir/base/error.hpp>
#include <weir/codec/exposition.hpp>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>

#if !__has_include(<microhttpd.h>)
#error "weir: <weir/adapter/prometheus.hpp> needs libmicrohttpd: Debian libmicrohttpd-dev, vcpkg and Conan libmicrohttpd."
#endif
#include <arpa/inet.h>
#include <microhttpd.h>
#include <netinet/in.h>

namespace weir::prometheus::detail {

/// What is served at this moment.
class page_source {
public:
    virtual void write(byte_buffer& into, exposition_format format) = 0;
    [[nodiscard]] virtual bool healthy() = 0;

protected:
    ~page_source() = default;
};

/// Where to listen, as the system wants it.
struct socket_place {
    sockaddr_in v4{};
    sockaddr_in6 v6{};
    bool is_v6 = false;
    bool valid = false;

    socket_place(std::string const& address, std::uint16_t port) {
        v4.sin_family = AF_INET;
        v4.sin_port = htons(port);
        v6.sin6_family = AF_INET6;
        v6.sin6_port = htons(port);
        is_v6 = ::inet_pton(AF_INET6, address.c_str(), &v6.sin6_addr) == 1;
        valid = is_v6 || ::inet_pton(AF_INET, address.c_str(), &v4.sin_addr) == 1;
    }
    [[nodiscard]] sockaddr const* get() const noexcept {
        return is_v6 ? reinterpret_cast<sockaddr const*>(&v6) : reinterpret_cast<sockaddr const*>(&v4);
    }
};

/// libmicrohttpd without threads of its own: it does something in `poll` only.
class daemon {
public:
    explicit daemon(server_options options) : options_(std::move(options)) {}
    daemon(daemon const&) = delete;
    daemon& operator=(daemon const&) = delete;
    ~daemon() { close(); }

    [[nodiscard]] server_options const& options() const noexcept { return options_; }
    [[nodiscard]] error const* failure() const noexcept { return failure_ ? &*failure_ : nullptr; }
    [[nodiscard]] std::uint16_t port() const noexcept { return port_; }

    bool open() {
        if (server_ || failure_) return server_ != nullptr;
        socket_place const place(options_.address, options_.port);
        if (!place.valid) {
            fail("the address is no number of this machine", "give an IPv4 or IPv6 address, such as 127.0.0.1 or ::1");
            return false;
        }
        unsigned flags = MHD_USE_AUTO;
        if (place.is_v6) flags |= MHD_USE_IPv6;
        auto const silence = std::chrono::duration_cast<std::chrono::seconds>(options_.idle_timeout).count();
        errno = 0;
        server_ = MHD_start_daemon(
            flags, options_.port, nullptr, nullptr, &daemon::answer, this,                                  //
            MHD_OPTION_SOCK_ADDR, place.get(),                                                              //
            MHD_OPTION_CONNECTION_LIMIT, std::max(options_.most_connections, 1u),                           //
            MHD_OPTION_CONNECTION_MEMORY_LIMIT, std::max<std::size_t>(options_.most_request_bytes, 2'048),  //
            MHD_OPTION_CONNECTION_TIMEOUT, static_cast<unsigned>(std::clamp<long long>(silence, 1, 86'400)), MHD_OPTION_END);
        if (!server_) {
            int const why = errno;
            fail(why == 0 ? std::string("cannot listen") : "cannot listen: " + std::generic_category().message(why),
                 "another program may have the port: server_options::port chooses one, 0 takes any that is free");
            return false;
        }
        MHD_DaemonInfo const* const bound = MHD_get_daemon_info(server_, MHD_DAEMON_INFO_BIND_PORT);
        port_ = bound != nullptr ? bound->port : options_.port;
        return true;
    }

    void poll(page_source& now) {
        if (!open()) return;
        now_ = &now;
        MHD_run(server_);
        now_ = nullptr;
    }

    void close() noexcept {
        if (server_) MHD_stop_daemon(std::exchange(server_, nullptr));
        port_ = 0;
        failure_.reset();
    }

private:
    void fail(std::string cause, std::string advice) {
        bool const is_v6 = options_.address.find(':') != std::string::npos;
        failure_ = error{.component = "prometheus",
                         .place = (is_v6 ? "[" + options_.address + "]" : options_.address) + ":" + std::to_string(options_.port),
                         .cause = std::move(cause),
                         .advice = std::move(advice)};
    }

    /// Called for each request twice or more: when its headers are there, and when all of it is.
    static MHD_Result answer(void* self, MHD_Connection* asked, char const* path, char const* method, char const*, char const*,
                             std::size_t* body, void** seen) noexcept {
        auto& own = *static_cast<daemon*>(self);
        // No exception may cross libmicrohttpd: without memory the connection is closed.
#if defined(__cpp_exceptions)
        try {
            return own.take(asked, path, method, *body, seen);
        } catch (...) { return MHD_NO; }
#else
        return own.take(asked, path, method, *body, seen);
#endif
    }

    MHD_Result take(MHD_Connection* asked, std::string_view path, std::string_view method, std::size_t body, void** seen) {
        // What is answered before all of the request is there is answered last: the connection is closed behind it.
        if (method != "GET" && method != "HEAD") return send(asked, 405, plain, "only GET and HEAD\n");
        if (body != 0 || announces_body(asked)) return send(asked, 413, plain, "a request without a body, please\n");
        if (std::exchange(*seen, this) == nullptr) return MHD_YES;
        if (!now_) return MHD_NO;
        if (path == "/metrics") {
            char const* const accept = MHD_lookup_connection_value(asked, MHD_HEADER_KIND, "Accept");
            exposition_format const format = options_.open_metrics && accept ? format_for(accept) : exposition_format::text;
            page_.clear();
            now_->write(page_, format);
            return send(asked, 200, content_type_of(format), page_.view());
        }
        if (path == "/healthz") {
            bool const well = now_->healthy();
            return send(asked, well ? 200 : 503, plain, well ? "ok\n" : "failed\n");
        }
        return send(asked, 404, plain, "/metrics and /healthz are here\n");
    }

    static bool announces_body(MHD_Connection* asked) {
        char const* const length = MHD_lookup_connection_value(asked, MHD_HEADER_KIND, "Content-Length");
        return (length && std::string_view(length) != "0") ||
               MHD_lookup_connection_value(asked, MHD_HEADER_KIND, "Transfer-Encoding");
    }

    static MHD_Result send(MHD_Connection* asked, unsigned status, std::string_view type, std::string_view content) {
        MHD_Response* const response =
            MHD_create_response_from_buffer(content.size(), const_cast<char*>(content.data()), MHD_RESPMEM_MUST_COPY);
        if (!response) return MHD_NO;
        MHD_add_response_header(response, "Content-Type", type.data());
        if (status == 405) MHD_add_response_header(response, "Allow", "GET, HEAD");
        MHD_Result const queued = MHD_queue_response(asked, status, response);
        MHD_destroy_response(response);
        return queued;
    }

    static constexpr std::string_view plain = "text/plain; charset=utf-8";

    server_options options_;
    MHD_Daemon* server_ = nullptr;
    page_source* now_ = nullptr;
    byte_buffer page_{};
    std::optional<error> failure_{};
    std::uint16_t port_ = 0;
};

}  // namespace weir::prometheus::detail
