// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <weir/adapter/clickhouse/answer.hpp>
#include <weir/adapter/clickhouse/options.hpp>
#include <weir/adapter/clickhouse/table.hpp>
#include <weir/adapter/http.hpp>
#include <weir/base/byte_buffer.hpp>
#include <weir/base/detail/series.hpp>
#include <weir/sink/delivery.hpp>
#include <weir/sink/retry.hpp>

#include <algorithm>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace weir::clickhouse::detail {

/// What the server said of itself.
struct server_features {
    std::string version{};
    std::vector<std::string> known{};  ///< the settings, types and formats that were asked for and are there

    [[nodiscard]] bool has(std::string_view name) const {
        return std::find(known.begin(), known.end(), name) != known.end();
    }
};

/// A server and a table of it: first it is opened (what does the server know, make the table, how are its columns),
/// then it is the transport of inserts. One request at a time; driven by `open` and by the outbox.
class session {
public:
    explicit session(options chosen)
        : options_(std::move(chosen)), client_(options_.http, "clickhouse"), retry_(options_.batch.retry) {
        if (options_.url.empty() || options_.url.back() != '/') options_.url += '/';
        client_.keep_secret(options_.password);
        place_ = http::address_of(options_.url) + " " + (options_.database.empty() ? "" : options_.database + ".") +
                 options_.table;
    }

    /// Goes on with opening: probes the server at once, and, once `columns_are_known`, makes the table with the text
    /// that `create` gives (if that is wanted) and reads how its columns are.
    template <class Create>
    void open(timestamp now, bool columns_are_known, Create&& create) {
        now_ = now;
        while (!failure_ && !opened()) {
            if (step_ > step::probe && !columns_are_known) return;
            if (!client_.under_way()) {
                if (step_ == step::create && !options_.create_table) {
                    step_ = step::describe;
                    continue;
                }
                if (!retry_.due(now)) return;
                retry_.begin(now);
                query_ = step_ == step::probe    ? probe_query()
                         : step_ == step::create ? create(features_)
                                                 : describe_query();
                client_.start({.url = options_.url, .headers = headers(), .body = query_});
            }
            auto const ended = client_.poll();
            if (!ended) return;
            if (!take_answer(*ended, now)) return;
        }
    }

    [[nodiscard]] bool opened() const noexcept { return step_ == step::done; }
    [[nodiscard]] error const* failure() const noexcept { return failure_ ? &*failure_ : nullptr; }
    [[nodiscard]] server_features const& features() const noexcept { return features_; }
    [[nodiscard]] std::vector<table_column> const& columns() const noexcept { return columns_; }
    [[nodiscard]] std::string table_text() const { return quoted_table(options_.table, options_.database); }
    [[nodiscard]] std::string const& place() const noexcept { return place_; }

    /// Says what inserts consist of: the columns' names, and the types the server gave them.
    void insert_into(weir::detail::series<table_column const*> const& columns) {
        std::string names;
        for (auto const* column : columns) names += (names.empty() ? "" : ", ") + quoted_name(column->name);
        bool const json = options_.format == data_format::json_each_row;
        bool const typed =
            !json && features_.has("RowBinaryWithNamesAndTypes") && features_.has("input_format_with_types_use_header");
        std::string const query = "INSERT INTO " + table_text() + " (" + names + ") FORMAT " +
                                  (json    ? "JSONEachRow"
                                   : typed ? "RowBinaryWithNamesAndTypes"
                                           : "RowBinary");
        url_ = options_.url + "?query=" + http::percent_encoded(query) + "&wait_end_of_query=1";
        // What the server's defaults or the user's profile say must not decide whether an acknowledgement means stored.
        set_if_known("async_insert", "0");
        set_if_known("wait_for_async_insert", "1");
        set_if_known("input_format_skip_unknown_fields", "0");
        set_if_known("input_format_null_as_default", "0");
        if (json) set_if_known("date_time_input_format", "best_effort");
        if (typed) set_if_known("input_format_with_types_use_header", "1");
        for (auto const& [name, value] : options_.settings)
            url_ += "&" + http::percent_encoded(name) + "=" + http::percent_encoded(value);
        head_.clear();
        if (!typed) return;
        // The server holds these against the table at every insert: a column that was altered meanwhile is an error,
        // not bytes read as something else.
        auto const put = [this](std::string_view text) {
            head_.end_at(weir::detail::put_text(head_.room_for(text.size() + 10), text));
        };
        char* const count = head_.room_for(10);
        char* end = count;
        for (std::size_t n = columns.size();; n >>= 7) {
            *end++ = static_cast<char>(n < 0x80 ? n : n | 0x80);
            if (n < 0x80) break;
        }
        head_.end_at(end);
        for (auto const* column : columns) put(column->name);
        for (auto const* column : columns) put(column->type_text);
    }

    // The transport.
    void start(shipment const& goods, timestamp) {
        std::string url = url_;
        if (features_.has("insert_deduplication_token")) url.append("&insert_deduplication_token=").append(goods.token);
        std::string_view body = goods.bytes;
        if (!head_.empty()) {
            whole_.clear();
            whole_.append(head_);
            whole_.append(goods.bytes);
            body = whole_;
        }
        client_.start({.url = std::move(url), .headers = headers(), .body = body, .compress = options_.gzip});
    }
    [[nodiscard]] outcome poll(timestamp) {
        auto const ended = client_.poll();
        return ended ? judge_insert(client_, *ended, place_) : outcome::pending();
    }
    void cancel() { client_.cancel(); }
    [[nodiscard]] timestamp next_wake(timestamp now) const { return client_.next_wake(now); }

    /// When opening goes on.
    [[nodiscard]] timestamp next_opening() const {
        if (failure_ || opened()) return end_of_time;
        return client_.under_way() ? client_.next_wake(now_) : retry_.not_before();
    }

private:
    enum class step { probe, create, describe, done };

    static std::string probe_query() {
        return "SELECT 'version' AS kind, version() AS name UNION ALL "
               "SELECT 'setting' AS kind, name FROM system.settings WHERE name IN ('async_insert', "
               "'wait_for_async_insert', "
               "'insert_deduplication_token', 'input_format_null_as_default', 'date_time_input_format', "
               "'input_format_skip_unknown_fields', 'input_format_with_types_use_header') UNION ALL "
               "SELECT 'type' AS kind, name FROM system.data_type_families WHERE name IN ('DateTime64', 'Bool') UNION "
               "ALL "
               "SELECT 'format' AS kind, name FROM system.formats WHERE name = 'RowBinaryWithNamesAndTypes' "
               "FORMAT TabSeparatedRaw";
    }
    [[nodiscard]] std::string describe_query() const {
        return "DESCRIBE TABLE " + table_text() + " FORMAT TabSeparatedRaw";
    }

    [[nodiscard]] std::vector<http::header_field> headers() const {
        std::vector<http::header_field> fields{{"Content-Type", "application/octet-stream"}};
        if (!options_.user.empty()) fields.push_back({"X-ClickHouse-User", options_.user});
        if (!options_.password.empty()) fields.push_back({"X-ClickHouse-Key", options_.password});
        return fields;
    }

    void set_if_known(std::string_view name, std::string_view value) {
        bool const chosen_by_user = std::any_of(options_.settings.begin(), options_.settings.end(),
                                                [&](auto const& s) { return s.first == name; });
        if (features_.has(name) && !chosen_by_user) url_.append("&").append(name).append("=").append(value);
    }

    /// Takes the answer to a step of opening; false when there is nothing to do now.
    bool take_answer(http::ending const& ended, timestamp now) {
        if (!ended.failure && ended.answer.status == 200 && exception_code(ended.answer) == 0) {
            retry_.restart();
            if (step_ == step::probe) take_features(ended.answer.body);
            if (step_ == step::describe) columns_ = read_description(ended.answer.body);
            bool const sensible =
                step_ == step::probe ? !features_.version.empty() : step_ == step::create || !columns_.empty();
            if (!sensible) {
                failure_ = error{.component = "clickhouse",
                                 .place = place_,
                                 .cause = "what answers is no ClickHouse: " + words_of(client_.mask(ended.answer.body)),
                                 .advice = "options::url is that of the HTTP interface, port 8123 by default"};
                return false;
            }
            step_ = static_cast<step>(static_cast<int>(step_) + 1);
            return true;
        }
        outcome became = judge_insert(client_, ended, place_);
        if (became.what == outcome::kind::retry && retry_.next_attempt(now, became.after)) return false;
        if (became.what == outcome::kind::retry)
            became.why.cause = retry_.account(now, became.after) + ": " + became.why.cause;
        failure_ = std::move(became.why);
        return false;
    }

    void take_features(std::string_view lines) {
        features_ = {};
        while (!lines.empty()) {
            std::string_view const line = lines.substr(0, lines.find('\n'));
            lines.remove_prefix(std::min(line.size() + 1, lines.size()));
            std::size_t const tab = line.find('\t');
            if (tab == std::string_view::npos) continue;
            if (line.substr(0, tab) == "version") features_.version = line.substr(tab + 1);
            else features_.known.emplace_back(line.substr(tab + 1));
        }
    }

    options options_;
    http::client client_;
    retry_state retry_;
    step step_ = step::probe;
    server_features features_{};
    std::vector<table_column> columns_{};
    std::optional<error> failure_{};
    std::string place_{};
    std::string query_{};
    std::string url_{};
    byte_buffer head_{};
    byte_buffer whole_{};
    timestamp now_ = beginning_of_time;
};

}  // namespace weir::clickhouse::detail
