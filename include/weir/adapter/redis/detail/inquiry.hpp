// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <weir/adapter/redis/answer.hpp>
#include <weir/adapter/redis/detail/commands.hpp>
#include <weir/adapter/redis/detail/login.hpp>
#include <weir/adapter/redis/detail/value_reply.hpp>
#include <weir/adapter/redis/detail/wire.hpp>
#include <weir/base/byte_buffer.hpp>
#include <weir/base/detail/series.hpp>
#include <weir/sink/retry.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace weir::redis::detail {

/// Questions to a server, as many as come in one pipeline: connects, logs in, asks, and asks again what was not answered
/// when the connection breaks or the server cannot answer now. To ask twice does no harm, so it need not know why.
class inquiry {
public:
    /// Of each answer it wants one text, or a list of so many.
    struct form {
        bool list = true;
        std::size_t count = 1;
    };

    template <class Options>
    inquiry(login to, Options const& chosen, form wanted)
        : login_(std::move(to)), retry_(chosen.retry), exhausted_(chosen.retry.exhausted), connect_timeout_(chosen.connect_timeout),
          timeout_(chosen.timeout), wanted_(wanted) {}

    /// One more command, whose answer goes by this number; `write(byte_buffer&)` writes it.
    template <class Write>
    void ask(std::uint32_t number, Write&& write) {
        anew_ = anew_ || open() == 0;
        write(commands_);
        questions_.push_back({number, commands_.size()});
    }
    /// How many questions have no answer yet.
    [[nodiscard]] std::size_t open() const noexcept { return questions_.size() - first_; }

    /// Does what can be done without waiting. Calls `answer(number, value_reply const&)`, or `refuse(number, error,
    /// lasting)`, in the order of the questions; `lasting`: asking again would bring the same.
    template <class Answer, class Refuse>
    void work(timestamp now, Answer&& answer, Refuse&& refuse) {
        if (failure_ || open() == 0) return;
        if (std::exchange(anew_, false)) begin_anew(now);
        if (moved_at_ == beginning_of_time || now < moved_at_) moved_at_ = now;
        // The socket is served as long as it moves, but the host gets its thread back.
        for (int round = 0; round < 64; ++round) {
            if (at_ == stage::closed) {
                if (!retry_.due(now)) return;
                retry_.begin(now);
                moved_at_ = now;
                if (!server_.open(login_.to())) return broken(now, refuse);
                at_ = stage::connecting;
            }
            if (at_ == stage::connecting) {
                auto const there = server_.connected();
                if (there == progress::broken) return broken(now, refuse);
                if (there == progress::nothing) break;
                greet();
            }
            bool const moved = exchange(answer, refuse);
            if (worst_) return give_up_for_now(now, refuse);
            if (open() == 0) return;
            if (broken_) return broken(now, refuse);
            if (!moved) break;
            moved_at_ = now;
            idle_polls_ = 0;
        }
        ++idle_polls_;
        bool const logging_in = at_ != stage::asking;
        if (now < saturating_add(moved_at_, logging_in ? connect_timeout_ : timeout_)) return;
        std::string_view const limit = logging_in ? "options::connect_timeout" : "options::timeout";
        pass_or_fail(login_.reason("the server did not answer within " + login_.renamed(limit), {}), now, refuse);
    }

    void cancel() { close(); }

    /// Soon after a question, then in steps that grow to 5 ms.
    [[nodiscard]] timestamp next_wake(timestamp now) const {
        if (failure_ || open() == 0) return end_of_time;
        if (at_ == stage::closed && !anew_) return std::max(now, retry_.not_before());
        return saturating_add(now, duration(std::min<std::int64_t>(5000, 200 + 50 * idle_polls_)));
    }

    /// What is wrong with the options, or why nothing will be asked any more; or null.
    [[nodiscard]] error const* failure() const noexcept { return failure_ ? &*failure_ : login_.problem(); }
    [[nodiscard]] login const& server() const noexcept { return login_; }

private:
    enum class stage {
        closed,
        connecting,
        greeting,  ///< the log-in is on its way
        asking,
    };
    struct question {
        std::uint32_t number;
        std::size_t end;  ///< of its bytes in `commands_`
    };
    struct finding {
        verdict said;
        error why;
    };

    /// The first question after a while of none. A server that has gone meanwhile has left its farewell: better seen before
    /// than after asking.
    void begin_anew(timestamp now) {
        moved_at_ = now;
        idle_polls_ = 0;
        retry_.restart();
        if (at_ == stage::asking && server_.receive([](value_reply const&) {}) != progress::nothing) close();
    }

    void greet() {
        at_ = login_.hello().empty() ? stage::asking : stage::greeting;
        hello_sent_ = 0;
        greetings_ = 0;
        for (command_walk commands(login_.hello()); commands.next();) ++greetings_;
        sent_ = first_ == 0 ? 0 : questions_[first_ - 1].end;
    }

    /// Sends and reads what is possible now; whether anything moved.
    template <class Answer, class Refuse>
    bool exchange(Answer&& answer, Refuse&& refuse) {
        bool const greeting = at_ == stage::greeting;
        std::string_view left = greeting ? login_.hello().substr(hello_sent_) : commands_.view().substr(sent_);
        auto sent = progress::nothing;
        if (!left.empty()) {
            sent = server_.send(left);
            if (greeting) hello_sent_ = login_.hello().size() - left.size();
            else sent_ = commands_.size() - left.size();
        }
        // Also when sending has failed: the server may have said why before it closed.
        auto const came = server_.receive([&](value_reply const& one) {
            if (!worst_) take(one, answer, refuse);
        });
        broken_ = sent == progress::broken || came == progress::broken;
        return sent == progress::some || came == progress::some;
    }

    template <class Answer, class Refuse>
    void take(value_reply const& one, Answer&& answer, Refuse&& refuse) {
        if (at_ == stage::greeting) {
            if (one.error.there) note(one.error.view());
            else if (--greetings_ == 0) at_ = stage::asking;
            return;
        }
        verdict said{.what = verdict::kind::row_at_fault};
        if (one.error.there) said = judge_error(one.error.view());
        // What a server has against a connection it says without being asked.
        bool const decides = said.what == verdict::kind::passing || said.what == verdict::kind::final;
        if (open() != 0 && decides) return note(one.error.view());
        // An answer without a question, which no Redis gives: taken for the next one's it would bring a wrong value.
        if (open() == 0 || questions_[first_].end > sent_) return refuse_server("more answers than questions");
        std::uint32_t const number = questions_[first_].number;
        if (one.error.there) refuse(number, login_.reason(one.error.view(), said.advice), true);
        else if (wanted_.list ? one.is_list_of(wanted_.count) : one.is_text()) answer(number, one);
        else return refuse_server("neither a value nor that there is none");
        retry_.restart();
        forget_first();
    }

    void note(std::string_view words) {
        verdict said = judge_error(words);
        error why = login_.reason(words, said.advice);
        worst_ = finding{std::move(said), std::move(why)};
    }
    void refuse_server(std::string_view what) {
        worst_ = finding{{}, login_.reason("the answer is not Redis's: " + std::string(what), "check options::url")};
    }

    void forget_first() {
        if (++first_ == questions_.size()) {
            questions_.clear();
            commands_.clear();
            first_ = sent_ = 0;
        } else if (first_ >= 1024 && 2 * first_ >= questions_.size()) {
            forget_answered();
        }
    }
    /// A pipeline that never runs dry must not keep all that was ever asked.
    void forget_answered() {
        std::size_t const gone = questions_[first_ - 1].end;
        spare_.clear();
        spare_.append(commands_.view().substr(gone));
        commands_.swap(spare_);
        sent_ -= gone;
        for (std::size_t i = first_; i < questions_.size(); ++i)
            questions_[i - first_] = {questions_[i].number, questions_[i].end - gone};
        questions_.shrink_to(questions_.size() - first_);
        first_ = 0;
    }

    template <class Refuse>
    void broken(timestamp now, Refuse&& refuse) {
        bool const otherwise = server_.speaks_otherwise();
        error why = login_.reason(server_.problem(), {});
        if (otherwise) {
            why.advice = login_.renamed("check options::url: the port must be Redis's, and not the one for TLS");
            worst_ = finding{{}, std::move(why)};
            return give_up_for_now(now, refuse);
        }
        if (at_ == stage::asking) why.cause += ", with " + std::to_string(open()) + " questions unanswered";
        pass_or_fail(std::move(why), now, refuse);
    }

    /// What was found is passing, or it is final: whatever else the server has against a log-in, it has against all of it.
    template <class Refuse>
    void give_up_for_now(timestamp now, Refuse&& refuse) {
        finding said = std::move(*worst_);
        worst_.reset();
        if (said.said.what == verdict::kind::passing) return pass_or_fail(std::move(said.why), now, refuse);
        close();
        failure_ = std::move(said.why);
    }

    /// All that is open is asked again by another connection, after a pause; or never, when the limits are reached.
    template <class Refuse>
    void pass_or_fail(error why, timestamp now, Refuse&& refuse) {
        close();
        // What broke had answered before: this is the first attempt that failed.
        if (retry_.attempts() == 0) retry_.begin(now);
        if (retry_.next_attempt(now)) return;
        why.cause = retry_.account(now) + ": " + why.cause;
        if (exhausted_ == when_exhausted::fail) {
            if (why.advice.empty()) why.advice = "nothing was acknowledged, so a restart asks again; retry_policy sets the limits";
            failure_ = std::move(why);
            return;
        }
        retry_.restart();
        while (open() != 0) {
            refuse(questions_[first_].number, why, false);
            forget_first();
        }
    }

    void close() {
        server_.close();
        at_ = stage::closed;
        broken_ = false;
    }

    login login_;
    retry_state retry_;
    when_exhausted exhausted_;
    duration connect_timeout_;
    duration timeout_;
    form wanted_;

    wire<value_reply> server_{};
    stage at_ = stage::closed;
    std::size_t hello_sent_ = 0;  ///< how many bytes of the log-in
    std::size_t greetings_ = 0;   ///< its commands that have no reply yet
    byte_buffer commands_{};      ///< those of all questions kept
    byte_buffer spare_{};
    std::size_t sent_ = 0;        ///< how many bytes of them
    weir::detail::series<question> questions_{};
    std::size_t first_ = 0;       ///< the first that is not answered
    std::optional<finding> worst_{};
    std::optional<error> failure_{};
    timestamp moved_at_ = beginning_of_time;
    std::int64_t idle_polls_ = 0;
    bool anew_ = false;           ///< there was nothing to ask before
    bool broken_ = false;
};

}  // namespace weir::redis::detail
