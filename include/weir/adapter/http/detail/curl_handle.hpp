// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <weir/base/detail/owner.hpp>

#include <csignal>

#if !__has_include(<curl/curl.h>)
#error "weir: <weir/adapter/http.hpp> needs libcurl: Debian libcurl4-openssl-dev, vcpkg curl, Conan libcurl."
#endif
#include <curl/curl.h>

namespace weir::http::detail {

/// libcurl's own beginning, once a process, by whoever needs it first. It is never undone: other users of libcurl in
/// the host may still be at work when weir is not.
inline bool curl_is_ready() noexcept {
    static bool const ready = curl_global_init(CURL_GLOBAL_DEFAULT) == CURLE_OK;
    return ready;
}

struct release_easy {
    void operator()(CURL* handle) const noexcept { curl_easy_cleanup(handle); }
};
struct release_multi {
    void operator()(CURLM* handle) const noexcept { curl_multi_cleanup(handle); }
};
struct release_list {
    void operator()(curl_slist* list) const noexcept { curl_slist_free_all(list); }
};
using easy_handle = weir::detail::owner<CURL, release_easy>;
using multi_handle = weir::detail::owner<CURLM, release_multi>;
using header_list = weir::detail::owner<curl_slist, release_list>;

/// While it lives, a TLS library that writes to a connection which the peer has closed cannot kill the host: SIGPIPE is
/// held back on this thread, and taken away if it came. The process's own handler is left alone.
class broken_pipe_guard {
public:
#if defined(SIGPIPE) && !defined(_WIN32) && !defined(__APPLE__)
    broken_pipe_guard() noexcept {
        sigemptyset(&pipe_);
        sigaddset(&pipe_, SIGPIPE);
        sigset_t waiting;
        sigpending(&waiting);
        was_waiting_ = sigismember(&waiting, SIGPIPE) == 1;
        if (!was_waiting_) pthread_sigmask(SIG_BLOCK, &pipe_, &before_);
    }
    ~broken_pipe_guard() {
        if (was_waiting_) return;
        timespec const at_once{};
        sigset_t waiting;
        sigpending(&waiting);
        if (sigismember(&waiting, SIGPIPE) == 1) sigtimedwait(&pipe_, nullptr, &at_once);
        pthread_sigmask(SIG_SETMASK, &before_, nullptr);
    }
    broken_pipe_guard(broken_pipe_guard const&) = delete;
    broken_pipe_guard& operator=(broken_pipe_guard const&) = delete;

private:
    sigset_t pipe_;
    sigset_t before_;
    bool was_waiting_ = false;
#endif
};

}  // namespace weir::http::detail
