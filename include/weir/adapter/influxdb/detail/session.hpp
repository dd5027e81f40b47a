// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <weir/adapter/http.hpp>
#include <weir/adapter/influxdb/answer.hpp>
#include <weir/adapter/influxdb/options.hpp>
#include <weir/sink/delivery.hpp>

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace weir::influxdb::detail {

/// The transport of points: `/write` of 1.x, or `/api/v2/write`.
class session {
public:
    static constexpr std::string_view name = "influxdb";

    explicit session(options chosen) : client_(chosen.http, "influxdb"), gzip_(chosen.gzip) {
        while (!chosen.url.empty() && chosen.url.back() == '/') chosen.url.pop_back();
        bool const v1 = !chosen.database.empty();
        std::string problem;
        if (v1 == !chosen.bucket.empty())
            problem = "give either options::database (InfluxDB 1.x) or options::bucket (2.x)";
        else if (v1 && !chosen.token.empty()) problem = "options::token belongs to options::bucket";
        else if (!v1 && !chosen.user.empty()) problem = "options::user belongs to options::database";
        if (v1) {
            place_ = http::address_of(chosen.url) + " database '" + chosen.database + "'";
            url_ = chosen.url + "/write?db=" + http::percent_encoded(chosen.database);
            if (!chosen.retention_policy.empty()) url_ += "&rp=" + http::percent_encoded(chosen.retention_policy);
            url_.append("&precision=").append(v1_name(chosen.precision));
        } else {
            place_ = http::address_of(chosen.url) + " bucket '" + chosen.bucket + "'";
            url_ = chosen.url + "/api/v2/write?org=" + http::percent_encoded(chosen.org) +
                   "&bucket=" + http::percent_encoded(chosen.bucket);
            url_.append("&precision=").append(v2_name(chosen.precision));
        }
        headers_.push_back({"Content-Type", "text/plain; charset=utf-8"});
        if (!chosen.token.empty()) headers_.push_back({"Authorization", "Token " + chosen.token});
        if (!chosen.user.empty()) {
            std::string basic = http::base64(chosen.user + ":" + chosen.password);
            headers_.push_back({"Authorization", "Basic " + basic});
            client_.keep_secret(std::move(basic));
        }
        client_.keep_secret(std::move(chosen.token));
        client_.keep_secret(std::move(chosen.password));
        if (!problem.empty())
            problem_ =
                error{.component = "influxdb", .place = http::address_of(chosen.url), .cause = std::move(problem)};
    }

    /// What is wrong with the options, or null.
    [[nodiscard]] error const* problem() const noexcept { return problem_ ? &*problem_ : nullptr; }

    void start(shipment const& goods, timestamp) {
        lines_ = goods.bytes;
        client_.start({.url = url_, .headers = headers_, .body = goods.bytes, .compress = gzip_});
    }
    [[nodiscard]] outcome poll(timestamp) {
        auto const ended = client_.poll();
        return ended ? judge_write(client_, *ended, place_, lines_) : outcome::pending();
    }
    void cancel() { client_.cancel(); }
    [[nodiscard]] timestamp next_wake(timestamp now) const { return client_.next_wake(now); }

private:
    http::client client_;
    std::vector<http::header_field> headers_{};
    std::string url_{};
    std::string place_{};
    std::string_view lines_{};
    std::optional<error> problem_{};
    bool gzip_;
};

}  // namespace weir::influxdb::detail
