// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <weir/adapter/http.hpp>

#include <cstdlib>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace weir_test {

/// The value of a variable that tests/services.sh exports; empty when it is not set.
inline std::string from_environment(char const* name) {
    char const* const value = std::getenv(name);
    return value == nullptr ? std::string() : std::string(value);
}

/// Asks a real server and waits for its answer; a test's own way to look behind the sink's back.
inline weir::http::response ask_server(weir::http::request const& ask) {
    weir::http::client client({.most_response_bytes = std::size_t{256} << 20});
    client.start(ask);
    for (;;) {
        auto ended = client.poll();
        if (ended && ended->failure) throw std::runtime_error(to_string(*ended->failure));
        if (ended) return std::move(ended->answer);
        client.wait(std::chrono::seconds(1));
    }
}

}  // namespace weir_test
