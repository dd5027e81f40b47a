// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <weir/adapter/elasticsearch/answer.hpp>
#include <weir/adapter/elasticsearch/detail/bulk_shipment.hpp>
#include <weir/adapter/elasticsearch/detail/index_pattern.hpp>
#include <weir/adapter/elasticsearch/options.hpp>
#include <weir/adapter/http.hpp>
#include <weir/sink/delivery.hpp>

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace weir::elasticsearch::detail {

/// The transport of bulks. Where an index template is wanted, it is put before the first of them.
class session {
public:
    static constexpr std::string_view name = "elasticsearch";

    session(options chosen, std::string template_name, std::string template_text)
        : client_(chosen.http, "elasticsearch"), template_(std::move(template_text)), gzip_(chosen.gzip) {
        while (!chosen.url.empty() && chosen.url.back() == '/') chosen.url.pop_back();
        place_ = http::address_of(chosen.url) + " index '" + chosen.index + "'";
        url_ = chosen.url;
        if (!index_pattern(chosen.index).dated()) url_ += "/" + http::percent_encoded(chosen.index);
        // Of each item only what is looked at: a tenth of the whole answer.
        url_ += "/_bulk?filter_path=errors,items.*.status,items.*.error,error,status";
        for (auto const& [parameter, value] : chosen.parameters)
            url_ += "&" + http::percent_encoded(parameter) + "=" + http::percent_encoded(value);
        // One that is there stays as it is: people may have changed it.
        template_url_ = chosen.url + "/_index_template/" + http::percent_encoded(template_name) + "?create=true";
        identify(chosen);
    }

    /// What is wrong with the options, or null.
    [[nodiscard]] error const* problem() const noexcept { return problem_ ? &*problem_ : nullptr; }

    void start(shipment const& goods, timestamp) {
        body_ = rows_.body(goods);
        if (template_.empty()) send_rows();
        else
            client_.start(
                {.url = template_url_, .method = "PUT", .headers = headers("application/json"), .body = template_});
    }
    [[nodiscard]] outcome poll(timestamp) {
        auto ended = client_.poll();
        if (ended && !template_.empty()) {
            if (!template_is_there(*ended)) return judge_template(*ended);
            template_.clear();
            send_rows();
            ended = client_.poll();
        }
        if (!ended) return outcome::pending();
        bool const answered = !ended->failure && ended->answer.status == 200;
        outcome became = answered ? rows_.take_answer(client_, ended->answer, place_) : judge_request(client_, *ended, place_);
        rows_.name_missing(became);
        return became;
    }
    void cancel() { client_.cancel(); }
    [[nodiscard]] timestamp next_wake(timestamp now) const { return client_.next_wake(now); }

private:
    void identify(options& chosen) {
        bool const basic = !chosen.user.empty() || !chosen.password.empty();
        int const ways = int(basic) + int(!chosen.api_key.empty()) + int(!chosen.bearer_token.empty());
        if (ways > 1)
            problem_ = error{.component = "elasticsearch",
                             .place = http::address_of(chosen.url),
                             .cause = "give one of options::user, options::api_key and options::bearer_token"};
        if (basic) {
            std::string pair = http::base64(chosen.user + ":" + chosen.password);
            authorization_ = "Basic " + pair;
            client_.keep_secret(std::move(pair));
        } else if (std::size_t const colon = chosen.api_key.find(':'); !chosen.api_key.empty()) {
            std::string const key = colon == std::string::npos ? chosen.api_key : http::base64(chosen.api_key);
            authorization_ = "ApiKey " + key;
            client_.keep_secret(key);
            if (colon != std::string::npos) client_.keep_secret(chosen.api_key.substr(colon + 1));
        } else if (!chosen.bearer_token.empty()) {
            authorization_ = "Bearer " + chosen.bearer_token;
        }
        client_.keep_secret(std::move(chosen.api_key));
        client_.keep_secret(std::move(chosen.bearer_token));
        client_.keep_secret(std::move(chosen.password));
    }

    [[nodiscard]] std::vector<http::header_field> headers(std::string_view content) const {
        std::vector<http::header_field> fields{{"Content-Type", std::string(content)}};
        if (!authorization_.empty()) fields.push_back({"Authorization", authorization_});
        return fields;
    }

    void send_rows() {
        client_.start({.url = url_, .headers = headers("application/x-ndjson"), .body = body_, .compress = gzip_});
    }

    [[nodiscard]] static bool template_is_there(http::ending const& ended) {
        if (ended.failure) return false;
        if (ended.answer.status == 200) return true;
        return ended.answer.status == 400 && ended.answer.body.find("already exists") != std::string::npos;
    }
    [[nodiscard]] outcome judge_template(http::ending const& ended) const {
        outcome became = judge_request(client_, ended, place_);
        if (became.what == outcome::kind::retry || ended.failure) return became;
        became.why.cause = "the index template was refused: " + became.why.cause;
        if (became.why.advice.empty())
            became.why.advice =
                "elasticsearch::index_template gives its text; options::put_template = false leaves it out";
        return outcome::fatal(std::move(became.why));
    }

    http::client client_;
    bulk_shipment rows_{};
    std::string template_;  ///< still to be put; empty: none
    std::string template_url_{};
    std::string url_{};
    std::string place_{};
    std::string authorization_{};
    std::string_view body_{};
    std::optional<error> problem_{};
    bool gzip_;
};

}  // namespace weir::elasticsearch::detail
