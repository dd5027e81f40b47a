// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <weir/adapter/elasticsearch/answer.hpp>
#include <weir/adapter/elasticsearch/detail/json_scan.hpp>
#include <weir/adapter/http.hpp>
#include <weir/sink/delivery.hpp>

#include <algorithm>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

namespace weir::elasticsearch::detail {

/// The rows of a bulk's body: each is its action's line, and its document's unless it is a `delete`.
inline std::vector<std::string_view> rows_of_bulk(std::string_view body) {
    std::vector<std::string_view> rows;
    while (!body.empty()) {
        std::size_t end = body.find('\n');
        if (end != std::string_view::npos && !body.starts_with("{\"delete\"")) end = body.find('\n', end + 1);
        end = end == std::string_view::npos ? body.size() : end + 1;
        rows.push_back(body.substr(0, end));
        body.remove_prefix(end);
    }
    return rows;
}

/// The document that a row is about: its index and id as they stand in the action. Empty: one of the server's choosing.
inline std::string_view target_of(std::string_view row) {
    std::string_view const action = row.substr(0, row.find('\n'));
    std::size_t const begin = action.find('{', 1);
    std::string_view const target = begin == std::string_view::npos ? std::string_view() : action.substr(begin);
    return target.find("\"_id\"") == std::string_view::npos ? std::string_view() : target;
}

/// One shipment until every row of it is stored or refused. Of an answer that took some rows and put off others, it sends
/// the latter alone.
class bulk_shipment {
public:
    /// The body of the next attempt.
    [[nodiscard]] std::string_view body(shipment const& goods) {
        goods_ = goods.bytes;
        if (goods.attempt == 1) {
            count_ = goods.rows;
            left_.clear();
            refused_.clear();
        }
        return left_.empty() ? goods_ : std::string_view(rest_);
    }

    /// What an answer of 200 says of the rows that were sent.
    [[nodiscard]] outcome take_answer(http::client const& client, http::response const& answer,
                                      std::string_view place) {
        std::size_t const sent = left_.empty() ? count_ : left_.size();
        std::size_t const refused_before = refused_.size();
        std::size_t number = 0;
        std::vector<std::size_t> again;
        std::vector<error> why_again;
        std::optional<error> stops;
        bool const read = read_bulk_answer(answer.body, [&](item_answer const& item) {
            std::size_t const row = left_.empty() ? number : number < left_.size() ? left_[number] : count_;
            ++number;
            fate const what = fate_of(item);
            if (what == fate::stored || stops) return;
            error why = error_of(client, place, item.status, read_problem(item.problem));
            if (what == fate::stop) {
                stops = std::move(why);
            } else if (what == fate::again) {
                again.push_back(row);
                why_again.push_back(std::move(why));
            } else {
                refused_.push_back({row, std::move(why)});
            }
        });
        if (!read && (answer.truncated || broke_off(answer.body))) {
            // What is sent again is answered again, so nothing that this answer said may count as well.
            refused_.resize(refused_before);
            return judge_lost_end(answer, place);
        }
        if (!read || number != sent) {
            error why = error_of(client, place, answer.status, read_problem(answer.body));
            why.cause = "what answers is no Elasticsearch or OpenSearch: " + why.cause;
            why.advice = "check options::url: it is that of the REST interface, port 9200 by default";
            return outcome::fatal(std::move(why));
        }
        if (stops) return outcome::fatal(std::move(*stops));
        leave_out_replaced(again, why_again);
        if (again.empty()) return finished();
        return put_off(std::move(again), std::move(why_again), answer.retry_after());
    }

    /// Where an attempt came to nothing: says which rows are not stored, if others are from one before it.
    void name_missing(outcome& became) const {
        if (became.what != outcome::kind::retry || !became.bad_rows.empty() || left_.empty() || left_.size() == count_) return;
        std::vector<refusal> missing = refused_;
        for (std::size_t const row : left_) missing.push_back({row, became.why});
        name(std::move(missing), became);
    }

private:
    struct refusal {
        std::size_t row;
        error why;
    };

    /// Whether the text begins as a server's answer does and is then garbled or not there: something on the way cut it.
    [[nodiscard]] static bool broke_off(std::string_view body) noexcept {
        json_scan json(body);
        if (json.next() != '{') return false;
        std::string_view whole;
        return !json.take_value(whole) || json.next() != '\0' || whole.find("\"items\"") != std::string_view::npos;
    }

    /// Rows whose answer was lost may be stored or not, and none of them is at fault: they are sent again. Fewer have a
    /// shorter answer, but where one alone is too long the server is asked again, until the retries end.
    [[nodiscard]] outcome judge_lost_end(http::response const& answer, std::string_view place) const {
        error why{.component = "elasticsearch", .place = std::string(place)};
        if (!answer.truncated) {
            why.cause = "the answer broke off, or is garbled, after " + std::to_string(answer.body.size()) + " bytes";
            why.advice = "the rows may be stored or not; does a proxy between here and the server cut answers?";
            return outcome::retry(std::move(why));
        }
        why.cause = "the answer is longer than client_options::most_response_bytes";
        why.advice = "raise options::http.most_response_bytes; is what answers an Elasticsearch or OpenSearch?";
        return count_ > 1 ? outcome::too_large(std::move(why)) : outcome::retry(std::move(why));
    }

    /// A row that was put off must not overwrite what a later row has made of the same document.
    void leave_out_replaced(std::vector<std::size_t>& again, std::vector<error>& why) const {
        if (again.empty()) return;
        auto const rows = rows_of_bulk(goods_);
        std::unordered_map<std::string_view, std::size_t> last_stored;
        for (std::size_t row = 0; row < rows.size(); ++row) {
            std::string_view const target = target_of(rows[row]);
            bool const stored = !std::binary_search(again.begin(), again.end(), row) && !was_refused(row);
            if (stored && !target.empty()) last_stored[target] = row;
        }
        std::size_t kept = 0;
        for (std::size_t i = 0; i < again.size(); ++i) {
            auto const later = last_stored.find(target_of(rows[again[i]]));
            if (later != last_stored.end() && later->second > again[i]) continue;
            if (kept != i) {
                again[kept] = again[i];
                why[kept] = std::move(why[i]);
            }
            ++kept;
        }
        again.resize(kept);
        why.erase(why.begin() + static_cast<std::ptrdiff_t>(kept), why.end());
    }

    [[nodiscard]] bool was_refused(std::size_t row) const noexcept {
        return std::any_of(refused_.begin(), refused_.end(), [row](refusal const& one) { return one.row == row; });
    }

    [[nodiscard]] outcome put_off(std::vector<std::size_t> again, std::vector<error> why,
                                  std::optional<duration> after) {
        auto const rows = rows_of_bulk(goods_);
        rest_.clear();
        for (std::size_t const row : again) rest_ += rows[row];
        outcome became = outcome::retry(why.front(), after);
        if (again.size() < count_) {
            std::vector<refusal> missing = refused_;
            for (std::size_t i = 0; i < again.size(); ++i) missing.push_back({again[i], why[i]});
            name(std::move(missing), became);
        }
        left_ = std::move(again);
        return became;
    }

    [[nodiscard]] outcome finished() {
        if (refused_.empty()) return outcome::acknowledged();
        outcome became = outcome::partial(refused_.front().why, {});
        name(std::exchange(refused_, {}), became);
        return became;
    }

    static void name(std::vector<refusal> rows, outcome& in) {
        std::sort(rows.begin(), rows.end(), [](refusal const& a, refusal const& b) { return a.row < b.row; });
        for (refusal& one : rows) {
            in.bad_rows.push_back(one.row);
            in.reasons.push_back(std::move(one.why));
        }
    }

    std::string_view goods_{};
    std::size_t count_ = 0;
    std::vector<std::size_t> left_{};  ///< the rows still to be stored; empty: all
    std::string rest_{};               ///< their bytes
    std::vector<refusal> refused_{};
};

}  // namespace weir::elasticsearch::detail
