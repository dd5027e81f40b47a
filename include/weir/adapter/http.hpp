// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <weir/adapter/http/detail/curl_handle.hpp>
#include <weir/adapter/http/gzip.hpp>
#include <weir/adapter/http/secrets.hpp>
#include <weir/base/detail/owner.hpp>
#include <weir/base/error.hpp>
#include <weir/time/timestamp.hpp>

#include <algorithm>
#include <charconv>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

/// \file A small HTTP client on libcurl, driven by the host: it starts no thread of its own, never blocks in `start`
/// and `poll`, keeps the connection, follows no redirect, reads no proxy from the environment, and verifies TLS.

namespace weir::http {

/// A text as it may stand in a URL's query.
[[nodiscard]] inline std::string percent_encoded(std::string_view text) {
    constexpr std::string_view digits = "0123456789ABCDEF";
    std::string safe;
    for (char c : text) {
        bool const plain = (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '-' ||
                           c == '_' || c == '.';
        if (plain) {
            safe += c;
        } else {
            auto const byte = static_cast<unsigned char>(c);
            safe += '%';
            safe += digits[byte >> 4];
            safe += digits[byte & 15];
        }
    }
    return safe;
}

namespace detail {

inline std::string_view authority_of(std::string_view url) noexcept {
    std::size_t const scheme = url.find("://");
    if (scheme == std::string_view::npos) return {};
    url.remove_prefix(scheme + 3);
    return url.substr(0, url.find_first_of("/?#"));
}

inline bool has_credentials(std::string_view url) noexcept {
    return authority_of(url).find('@') != std::string_view::npos;
}

}  // namespace detail

/// A URL as errors show it: without user and password, and without its query.
[[nodiscard]] inline std::string address_of(std::string_view url) {
    std::string plain(url.substr(0, url.find_first_of("?#")));
    std::string_view const authority = detail::authority_of(plain);
    std::size_t const at = authority.rfind('@');
    if (at != std::string_view::npos) plain.erase(static_cast<std::size_t>(authority.data() - plain.data()), at + 1);
    return plain;
}

/// How a client connects and how long it waits. All times are libcurl's own, by a steady clock.
struct client_options {
    duration connect_timeout = std::chrono::seconds(5);
    duration timeout = std::chrono::seconds(30);        ///< of the whole exchange, from start to the last byte
    duration stall_timeout = std::chrono::seconds(15);  ///< without a byte in either direction; whole seconds
    bool verify_tls = true;                             ///< false: anybody can read and change what is sent
    std::string ca_file{};                              ///< empty: the system's
    std::string proxy{};                                ///< empty: none
    std::size_t most_response_bytes = std::size_t{1} << 20;
    int gzip_level = 1;  ///< of bodies whose request asks for gzip
};

/// One header field of a request or an answer.
struct header_field {
    std::string name;
    std::string value;
};

/// What is asked. The body is borrowed until the exchange is over.
struct request {
    std::string url{};
    std::string method = "POST";
    std::vector<header_field> headers{};
    std::string_view body{};
    bool compress = false;  ///< send the body as gzip
};

/// What was answered: a whole status line and headers, and as much of the body as was allowed.
struct response {
    int status = 0;
    std::vector<header_field> headers{};
    std::string body{};
    bool truncated = false;  ///< the body was longer than `most_response_bytes`

    /// The value of a header, whatever the case of its name; empty when it is not there.
    [[nodiscard]] std::string_view header(std::string_view name) const noexcept {
        auto const lower = [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; };
        for (auto const& one : headers)
            if (std::equal(one.name.begin(), one.name.end(), name.begin(), name.end(),
                           [&](char a, char b) { return lower(a) == lower(b); }))
                return one.value;
        return {};
    }

    /// `Retry-After` in seconds; its other form, a date, says nothing to a library that reads no clock.
    [[nodiscard]] std::optional<duration> retry_after() const noexcept {
        std::string_view const text = header("Retry-After");
        std::uint32_t seconds = 0;
        auto const [end, problem] = std::from_chars(text.data(), text.data() + text.size(), seconds);
        if (problem != std::errc() || end != text.data() + text.size()) return std::nullopt;
        return std::chrono::seconds(seconds);
    }
};

/// How an exchange ended: with an answer, or with the reason why there is none.
struct ending {
    response answer{};
    std::optional<error> failure{};  ///< set: there is no answer; whether the server took the request is not known
    bool passing = true;  ///< whether trying again may help: not after a malformed URL or a wrong certificate
};

/// One exchange at a time over a connection that is kept. The allowed order of calls is `(start poll* cancel?)*`.
class client {
public:
    explicit client(client_options options = {}, std::string component = "http")
        : inside_(new inside(std::move(options), std::move(component))) {}

    /// Remembers what no error may show. Header values that authenticate must be kept here too.
    void keep_secret(std::string secret) { inside_->hidden.keep(std::move(secret)); }
    /// The text without the secrets.
    [[nodiscard]] std::string mask(std::string text) const { return inside_->hidden.mask(std::move(text)); }

    /// Begins an exchange. Whatever is wrong is told by `poll`.
    void start(request const& ask) { inside_->start(ask); }

    /// Does what can be done without waiting; nothing while the exchange is under way.
    [[nodiscard]] std::optional<ending> poll() { return inside_->poll(); }

    /// Waits until something has moved, at most this long. Only for a caller that has nothing else to do.
    void wait(duration at_most) { inside_->wait(at_most); }

    /// Gives up the exchange under way and its connection.
    void cancel() { inside_->cancel(); }

    /// When `poll` is worth a call after one at `now`: soon after the start, then in steps that grow to 5 ms.
    [[nodiscard]] timestamp next_wake(timestamp now) const noexcept {
        duration const step(std::min<std::int64_t>(5000, 200 + 50 * static_cast<std::int64_t>(inside_->idle_polls)));
        return saturating_add(now, step);
    }

    [[nodiscard]] bool under_way() const noexcept { return inside_->under_way; }

private:
    /// What libcurl's callbacks point into: it must stay where it is when the client is moved.
    struct inside {
        inside(client_options chosen, std::string who)
            : options(std::move(chosen)), component(std::move(who)), squeezer(options.gzip_level) {}
        ~inside() { cancel(); }
        inside(inside const&) = delete;
        inside& operator=(inside const&) = delete;

        client_options options;
        std::string component;
        secrets hidden{};
        gzip squeezer;
        detail::multi_handle multi{};
        detail::easy_handle easy{};
        detail::header_list headers{};
        response answer{};
        std::string place{};
        std::string unsendable{};
        char problem[CURL_ERROR_SIZE]{};
        std::size_t idle_polls = 0;
        bool headers_complete = false;
        bool under_way = false;
        bool in_multi = false;
        bool fresh_connection = false;

        void start(request const& ask) {
            cancel();
            answer = {};
            headers_complete = false;
            problem[0] = '\0';
            idle_polls = 0;
            under_way = true;
            place = address_of(ask.url);
            unsendable = prepare(ask);
            if (!unsendable.empty()) return;
            in_multi = curl_multi_add_handle(multi.get(), easy.get()) == CURLM_OK;
            if (!in_multi) unsendable = "libcurl refuses another exchange";
        }

        std::optional<ending> poll() {
            if (!under_way) return std::nullopt;
            if (!unsendable.empty()) {
                under_way = false;
                return failed(unsendable, false);
            }
            detail::broken_pipe_guard const guard;
            // libcurl sends one buffer a call: go on while the socket takes more, but give the host its thread back.
            for (int round = 0; round < 64; ++round) {
                int running = 0;
                int moved = 0;
                if (curl_multi_perform(multi.get(), &running) != CURLM_OK) return finish(CURLE_FAILED_INIT);
                int left = 0;
                while (CURLMsg const* message = curl_multi_info_read(multi.get(), &left))
                    if (message->msg == CURLMSG_DONE) return finish(message->data.result);
                if (curl_multi_wait(multi.get(), nullptr, 0, 0, &moved) != CURLM_OK || moved == 0) break;
                idle_polls = 0;
            }
            ++idle_polls;
            return std::nullopt;
        }

        void wait(duration at_most) {
            if (!in_multi) return;
            auto const milliseconds = std::chrono::ceil<std::chrono::milliseconds>(at_most).count();
            curl_multi_wait(multi.get(), nullptr, 0,
                            static_cast<int>(std::clamp<std::int64_t>(milliseconds, 0, 60'000)), nullptr);
        }

        void cancel() {
            if (in_multi) curl_multi_remove_handle(multi.get(), easy.get());
            in_multi = false;
            fresh_connection = fresh_connection || under_way;
            under_way = false;
        }

    private:
        /// Sets everything up; what it returns, if anything, is why the request cannot be sent.
        std::string prepare(request const& ask) {
            if (!detail::curl_is_ready()) return "libcurl could not be initialised";
            if (!multi) multi.reset(curl_multi_init());
            if (!easy) easy.reset(curl_easy_init());
            if (!multi || !easy) return "libcurl could not get its memory";
            if (detail::has_credentials(ask.url))
                return "the URL holds a user or a password, which would show in logs; use the options for them";
            std::string_view body = ask.body;
            if (ask.compress) {
                body = squeezer.compress(ask.body);
                if (body.empty()) return "zlib could not compress the body";
            }
            headers.reset();
            bool every = add_header("Expect:");
            for (auto const& one : ask.headers) {
                // A line break in a value would begin another header, or the body.
                if (has_control(one.name) || has_control(one.value))
                    return "the header '" + one.name + "' holds a control character";
                every = every && add_header((one.value.empty() ? one.name + ";" : one.name + ": " + one.value).c_str());
            }
            if (ask.compress) every = every && add_header("Content-Encoding: gzip");
            if (!every) return "libcurl could not get its memory";
            set_options(ask, body);
            return {};
        }

        void set_options(request const& ask, std::string_view body) {
            CURL* const handle = easy.get();
            curl_easy_reset(handle);
            auto const set = [handle](CURLoption option, auto value) {
                return curl_easy_setopt(handle, option, value);
            };
            auto const milliseconds = [](duration d) {
                return static_cast<long>(std::clamp<std::int64_t>(d.count() / 1000, 1, 1'000'000'000));
            };
            set(CURLOPT_URL, ask.url.c_str());
            set(CURLOPT_HTTPHEADER, headers.get());
            if (ask.method == "GET") {
                set(CURLOPT_HTTPGET, 1L);
            } else {
                set(CURLOPT_POST, 1L);
                set(CURLOPT_CUSTOMREQUEST, ask.method.c_str());
                set(CURLOPT_POSTFIELDSIZE_LARGE, static_cast<curl_off_t>(body.size()));
                set(CURLOPT_POSTFIELDS, body.empty() ? "" : body.data());
                set(CURLOPT_UPLOAD_BUFFERSIZE, 512L * 1024);
            }
            set(CURLOPT_ERRORBUFFER, problem);
            set(CURLOPT_CONNECTTIMEOUT_MS, milliseconds(options.connect_timeout));
            set(CURLOPT_TIMEOUT_MS, milliseconds(options.timeout));
            set(CURLOPT_LOW_SPEED_LIMIT, 1L);
            set(CURLOPT_LOW_SPEED_TIME, std::max(1L, milliseconds(options.stall_timeout) / 1000));
            set(CURLOPT_NOSIGNAL, 1L);
            set(CURLOPT_FOLLOWLOCATION, 0L);
            set(CURLOPT_HTTP_VERSION, static_cast<long>(CURL_HTTP_VERSION_1_1));
            set(CURLOPT_TCP_KEEPALIVE, 1L);
            set(CURLOPT_PROXY, options.proxy.c_str());
            set(CURLOPT_SSL_VERIFYPEER, options.verify_tls ? 1L : 0L);
            set(CURLOPT_SSL_VERIFYHOST, options.verify_tls ? 2L : 0L);
            if (!options.ca_file.empty()) set(CURLOPT_CAINFO, options.ca_file.c_str());
            set(CURLOPT_USERAGENT, "weir");
            set(CURLOPT_FRESH_CONNECT, fresh_connection ? 1L : 0L);
#if LIBCURL_VERSION_NUM >= 0x075500
            set(CURLOPT_PROTOCOLS_STR, "http,https");
#else
            set(CURLOPT_PROTOCOLS, static_cast<long>(CURLPROTO_HTTP | CURLPROTO_HTTPS));
#endif
#if LIBCURL_VERSION_NUM >= 0x075700
            set(CURLOPT_QUICK_EXIT, 1L);  // a resolver that hangs must not hang the destructor
#endif
            set(CURLOPT_HEADERFUNCTION, &take_header);
            set(CURLOPT_HEADERDATA, static_cast<void*>(this));
            set(CURLOPT_WRITEFUNCTION, &take_body);
            set(CURLOPT_WRITEDATA, static_cast<void*>(this));
        }

        ending finish(CURLcode code) {
            long status = 0;
            curl_easy_getinfo(easy.get(), CURLINFO_RESPONSE_CODE, &status);
            curl_multi_remove_handle(multi.get(), easy.get());
            in_multi = false;
            under_way = false;
            fresh_connection = code != CURLE_OK;
            if (code != CURLE_OK) {
                std::string why = problem[0] != '\0' ? problem : curl_easy_strerror(code);
                return failed(std::move(why), worth_another_try(code));
            }
            // libcurl takes a connection that ends within the headers for a success.
            if (status == 0 || !headers_complete)
                return failed("the connection ended before a whole answer had come", true);
            answer.status = static_cast<int>(status);
            return {.answer = std::move(answer)};
        }

        ending failed(std::string why, bool passing) const {
            return {
                .failure =
                    error{.component = component, .place = hidden.mask(place), .cause = hidden.mask(std::move(why))},
                .passing = passing};
        }

        static bool worth_another_try(CURLcode code) noexcept {
            switch (code) {
                case CURLE_UNSUPPORTED_PROTOCOL:
                case CURLE_URL_MALFORMAT:
                case CURLE_PEER_FAILED_VERIFICATION:
                case CURLE_SSL_CERTPROBLEM:
                case CURLE_SSL_CACERT_BADFILE:
                case CURLE_SSL_ENGINE_NOTFOUND:
                case CURLE_SSL_ISSUER_ERROR:
                case CURLE_SSL_PINNEDPUBKEYNOTMATCH:
                    return false;
                default:
                    return true;
            }
        }

        bool add_header(char const* line) {
            curl_slist* const longer = curl_slist_append(headers.get(), line);
            if (longer == nullptr) return false;
            static_cast<void>(headers.release());
            headers.reset(longer);
            return true;
        }

        static bool has_control(std::string_view text) noexcept {
            return std::any_of(text.begin(), text.end(),
                               [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7f; });
        }

        static std::size_t take_header(char* text, std::size_t size, std::size_t count, void* self) noexcept {
            return static_cast<inside*>(self)->add_answered_header({text, size * count}) ? size * count : 0;
        }
        static std::size_t take_body(char* text, std::size_t size, std::size_t count, void* self) noexcept {
            return static_cast<inside*>(self)->add_answered_body({text, size * count}) ? size * count : 0;
        }

        // No exception may cross libcurl: without memory the exchange fails.
        template <class Step>
        static bool walled(Step step) noexcept {
#if defined(__cpp_exceptions)
            try {
                step();
            } catch (...) { return false; }
#else
            step();
#endif
            return true;
        }

        bool add_answered_header(std::string_view line) noexcept {
            while (!line.empty() && (line.back() == '\r' || line.back() == '\n')) line.remove_suffix(1);
            if (line.empty()) return headers_complete = true;
            std::size_t const colon = line.find(':');
            if (line.starts_with("HTTP/")) {
                // Another status line follows an interim answer: only the last one counts.
                answer.headers.clear();
                headers_complete = false;
            } else if (colon != std::string_view::npos && answer.headers.size() < 200) {
                std::string_view value = line.substr(colon + 1);
                while (!value.empty() && (value.front() == ' ' || value.front() == '\t')) value.remove_prefix(1);
                while (!value.empty() && (value.back() == ' ' || value.back() == '\t')) value.remove_suffix(1);
                return walled([&] {
                    answer.headers.push_back({std::string(line.substr(0, colon)), std::string(value)});
                });
            }
            return true;
        }

        bool add_answered_body(std::string_view text) noexcept {
            std::size_t const room =
                options.most_response_bytes - std::min(options.most_response_bytes, answer.body.size());
            answer.truncated = answer.truncated || text.size() > room;
            return walled([&] { answer.body.append(text.substr(0, room)); });
        }
    };

    weir::detail::owner<inside> inside_;
};

}  // namespace weir::http
