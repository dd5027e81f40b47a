// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <support/scripted_http_server.hpp>

#include <functional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace weir_test {

/// A scripted server that opens like ClickHouse; what it says to inserts is the test's.
class scripted_clickhouse {
public:
    struct script {
        std::string features =
            "version\t26.9.2.1\nsetting\tasync_insert\nsetting\tinsert_deduplication_token\n"
            "setting\tinput_format_with_types_use_header\ntype\tDateTime64\ntype\tBool\n";
        std::string columns = "at\tDateTime64(6, 'UTC')\t\t\npage\tString\t\t\nn\tUInt64\t\t\n";
        std::function<http_reply(http_request const&)> opening{};  // instead of the two above
    };

    scripted_clickhouse(script how, scripted_http_server::handler inserts)
        : server_([how = std::move(how), inserts = std::move(inserts)](http_request const& asked) {
              if (is_insert(asked)) return inserts(asked);
              if (how.opening) return how.opening(asked);
              if (asked.body.starts_with("SELECT")) return http_reply::answer(200, how.features);
              if (asked.body.starts_with("DESCRIBE")) return http_reply::answer(200, how.columns);
              return http_reply::answer(200);
          }) {}

    [[nodiscard]] std::string url() const { return server_.url(); }
    [[nodiscard]] std::vector<http_request> requests() const { return server_.requests(); }
    template <class T>
    [[nodiscard]] T seen(T const& kept) const {
        return server_.seen(kept);
    }
    [[nodiscard]] std::vector<http_request> inserts() const {
        std::vector<http_request> found;
        for (auto& one : server_.requests())
            if (is_insert(one)) found.push_back(one);
        return found;
    }
    [[nodiscard]] std::vector<std::string> statements() const {
        std::vector<std::string> found;
        for (auto& one : server_.requests())
            if (!is_insert(one)) found.push_back(one.body);
        return found;
    }

    static bool is_insert(http_request const& asked) { return asked.target.find("query=INSERT") != std::string::npos; }

private:
    scripted_http_server server_;
};

/// The value of a parameter in a request's URL, as it stands there.
inline std::string parameter_of(http_request const& asked, std::string const& name) {
    std::size_t at = asked.target.find("&" + name + "=");
    if (at == std::string::npos) at = asked.target.find("?" + name + "=");
    if (at == std::string::npos) return "(none)";
    at += name.size() + 2;
    return asked.target.substr(at, asked.target.find('&', at) - at);
}

}  // namespace weir_test
