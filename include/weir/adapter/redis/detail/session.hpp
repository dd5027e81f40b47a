// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <weir/adapter/redis/answer.hpp>
#include <weir/adapter/redis/detail/commands.hpp>
#include <weir/adapter/redis/detail/login.hpp>
#include <weir/adapter/redis/detail/wire.hpp>
#include <weir/adapter/redis/options.hpp>
#include <weir/base/byte_buffer.hpp>
#include <weir/base/error.hpp>
#include <weir/sink/delivery.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace weir::redis::detail {

/// The transport of commands: connects, logs in, sends a batch as one pipeline and judges its replies one by one.
class session {
public:
    static constexpr std::string_view name = "redis";

    explicit session(options const& chosen)
        : login_(chosen), connect_timeout_(chosen.connect_timeout), timeout_(chosen.timeout) {}

    /// What is wrong with the options, or null.
    [[nodiscard]] error const* problem() const noexcept { return login_.problem(); }

    void start(shipment const& goods, timestamp now) {
        goods_ = goods.bytes;
        rows_ = goods.rows;
        forget_findings();
        idle_polls_ = 0;
        moved_at_ = now;
        // A server that went away since the last batch has left its farewell: better seen before than after sending.
        if (at_ == stage::idle && server_.receive([](reply const&) {}) != progress::nothing) server_.close();
        if (at_ == stage::idle && server_.is_open()) begin(stage::batch);
        else at_ = stage::closed;
    }

    [[nodiscard]] outcome poll(timestamp now) {
        if (moved_at_ == beginning_of_time || now < moved_at_) moved_at_ = now;
        // The socket is served as long as it moves, but the host gets its thread back.
        for (int round = 0; round < 64; ++round) {
            if (at_ == stage::closed) {
                if (!server_.open(login_.to())) return broken();
                at_ = stage::connecting;
            }
            if (at_ == stage::connecting) {
                auto const there = server_.connected();
                if (there == progress::broken) return broken();
                if (there == progress::nothing) break;
                begin(login_.hello().empty() ? stage::batch : stage::greeting);
            }
            bool const moved = exchange();
            if (answered_ == awaited_) {
                if (auto ended = finish_stage()) return std::move(*ended);
                continue;
            }
            if (broken_) return broken();
            if (!moved) break;
            moved_at_ = now;
            idle_polls_ = 0;
        }
        ++idle_polls_;
        bool const logging_in = at_ == stage::connecting || at_ == stage::greeting;
        if (now < saturating_add(moved_at_, logging_in ? connect_timeout_ : timeout_)) return outcome::pending();
        return give_up(logging_in ? "the server did not answer within options::connect_timeout"
                                  : "the server did not answer within options::timeout");
    }

    void cancel() { close(); }

    /// Soon after the start, then in steps that grow to 5 ms.
    [[nodiscard]] timestamp next_wake(timestamp now) const {
        return saturating_add(now, duration(std::min<std::int64_t>(5000, 200 + 50 * idle_polls_)));
    }

private:
    enum class stage {
        closed,
        connecting,
        greeting,   ///< the log-in is on its way
        batch,      ///< the rows are
        comparing,  ///< entries are read back whose ids the stream did not take
        idle,       ///< connected, and nothing is on its way
    };

    void forget_findings() {
        worst_.reset();
        bad_commands_.clear();
        refused_ids_.clear();
        reasons_differ_ = false;
        broken_ = false;
    }

    void begin(stage next) {
        at_ = next;
        left_ = next == stage::greeting ? login_.hello() : next == stage::batch ? goods_ : questions_.view();
        answered_ = 0;
        awaited_ = 0;
        for (command_walk commands(left_); commands.next();) ++awaited_;
    }

    /// Sends and reads what is possible now; whether anything moved.
    bool exchange() {
        bool moved = false;
        if (!left_.empty()) {
            auto const sent = server_.send(left_);
            moved = sent == progress::some;
            broken_ = sent == progress::broken;
        }
        // Also when sending has failed: the server may have said why before it closed.
        auto const came = server_.receive([this](reply const& one) {
            if (answered_ < awaited_) judge(one);
        });
        broken_ = broken_ || came == progress::broken;
        return moved || came == progress::some;
    }

    void judge(reply const& one) {
        std::size_t const command = answered_++;
        if (at_ == stage::comparing) {
            if (one.error.there) note(judge_error(one.error.view()), one.error.view(), refused_ids_[command]);
            else if (one.texts != expected_[command])
                note({verdict::kind::row_at_fault, "rows of one key must come in the order of their ids"},
                     "the stream has an entry of this id or a later one, and not this row", refused_ids_[command]);
        } else if (one.is_list) {
            // No command that writes is answered so: whoever this is, it is no Redis, and has stored nothing.
            note({verdict::kind::final, "check options::url"}, "the answer is not Redis's: a list", command);
        } else if (one.error.there) {
            note(judge_error(one.error.view()), one.error.view(), command);
        }
    }

    void note(verdict said, std::string_view words, std::size_t command) {
        using kind = verdict::kind;
        // Whatever the server has against a log-in, it has against all of it.
        if (at_ == stage::greeting && said.what != kind::passing) said.what = kind::final;
        if (said.what == kind::id_not_above) return refused_ids_.push_back(command);
        if (said.what == kind::row_at_fault) {
            reasons_differ_ = reasons_differ_ || (!bad_commands_.empty() && row_reason_.cause != login_.shown(words));
            if (bad_commands_.empty()) row_reason_ = login_.reason(words, said.advice);
            bad_commands_.push_back(command);
        } else if (!worst_ || (worst_->said.what == kind::passing && said.what == kind::final)) {
            error why = login_.reason(words, said.advice);
            worst_ = finding{std::move(said), std::move(why)};
        }
    }

    /// All replies of this stage are there: the next one, or what became of the shipment.
    std::optional<outcome> finish_stage() {
        if (worst_) {
            bool const done = at_ == stage::greeting || worst_->said.reconnect || worst_->said.what == verdict::kind::final;
            if (done) close();
            else at_ = stage::idle;
            return told();
        }
        if (at_ == stage::greeting) {
            begin(stage::batch);
            return std::nullopt;
        }
        if (at_ == stage::batch && !refused_ids_.empty()) {
            ask_for_entries();
            begin(stage::comparing);
            return std::nullopt;
        }
        at_ = stage::idle;
        if (bad_commands_.empty()) return outcome::acknowledged();
        if (reasons_differ_ && rows_ > 1) return outcome::rejected(std::move(row_reason_));
        return outcome::partial(std::move(row_reason_), bad_rows());
    }

    /// What was found out when not every reply came, or when one of them decides.
    outcome told() {
        finding said = std::move(*worst_);
        worst_.reset();
        return said.said.what == verdict::kind::final ? outcome::fatal(std::move(said.why))
                                                      : outcome::retry(std::move(said.why));
    }

    outcome broken() {
        bool const otherwise = server_.speaks_otherwise();
        error why = login_.reason(server_.problem(), {});
        if (at_ != stage::connecting && at_ != stage::closed && !otherwise)
            why.cause += ", with " + std::to_string(answered_) + " of " + std::to_string(awaited_) + " commands answered";
        close();
        if (worst_) return told();
        if (!otherwise) return outcome::retry(std::move(why));
        why.advice = "check options::url: the port must be Redis's, and not the one for TLS";
        return outcome::fatal(std::move(why));
    }

    outcome give_up(std::string_view cause) {
        close();
        return worst_ ? told() : outcome::retry(login_.reason(cause, {}));
    }

    void close() {
        server_.close();
        at_ = stage::closed;
    }

    /// Reads back the entries whose ids the stream refused: those that are there were stored by an attempt before.
    void ask_for_entries() {
        questions_.clear();
        expected_.clear();
        command_walk commands(goods_);
        std::size_t number = 0;
        for (std::size_t const refused : refused_ids_) {
            for (static_cast<void>(commands.next()); number < refused; ++number) static_cast<void>(commands.next());
            ++number;
            commands.argument();
            std::string_view const key = commands.argument();
            std::string_view const id = commands.argument();
            std::uint64_t entry = digest_text(0, id);
            while (commands.unread() != 0) entry = digest_text(entry, commands.argument());
            expected_.push_back(entry);
            append_command(questions_, 4);
            for (std::string_view one : {std::string_view("XRANGE"), key, id, id}) append_argument(questions_, one);
        }
    }

    /// The rows that the commands at fault belong to.
    [[nodiscard]] std::vector<std::size_t> bad_rows() {
        std::sort(bad_commands_.begin(), bad_commands_.end());
        std::vector<std::size_t> rows;
        std::size_t row = 0;
        std::size_t number = 0;
        auto bad = bad_commands_.begin();
        for (command_walk commands(goods_); commands.next() && bad != bad_commands_.end(); ++number) {
            if (number != 0 && commands.begins_row()) ++row;
            if (*bad != number) continue;
            ++bad;
            if (rows.empty() || rows.back() != row) rows.push_back(row);
        }
        return rows;
    }

    struct finding {
        verdict said;
        error why;
    };

    login login_;
    duration connect_timeout_;
    duration timeout_;

    wire<reply> server_{};
    stage at_ = stage::closed;
    std::string_view goods_{};
    std::size_t rows_ = 0;
    std::string_view left_{};     ///< of this stage's bytes, what is not sent
    std::size_t awaited_ = 0;     ///< commands of this stage
    std::size_t answered_ = 0;    ///< and how many of them have their reply
    timestamp moved_at_ = beginning_of_time;
    std::int64_t idle_polls_ = 0;
    bool broken_ = false;

    std::optional<finding> worst_{};
    error row_reason_{};
    std::vector<std::size_t> bad_commands_{};
    bool reasons_differ_ = false;
    std::vector<std::size_t> refused_ids_{};
    std::vector<std::uint64_t> expected_{};
    byte_buffer questions_{};
};

}  // namespace weir::redis::detail
