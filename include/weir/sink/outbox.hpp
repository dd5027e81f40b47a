// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <weir/base/detail/order.hpp>
#include <weir/base/detail/series.hpp>
#include <weir/pipeline/context.hpp>
#include <weir/pipeline/figures.hpp>
#include <weir/pipeline/stage.hpp>
#include <weir/sink/delivery.hpp>
#include <weir/sink/retry.hpp>

#include <charconv>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>

namespace weir {

/// What to do with a row that the server refuses.
enum class when_rejected {
    isolate,  ///< find it by halving the batch, put it aside with its bytes and the server's words, store the others
    fail,     ///< the job stops with the server's words
};

/// When a batch is closed, how many may wait, and what happens when one cannot be delivered.
struct batch_options {
    std::size_t rows = 10'000;                 ///< closed when it has so many rows
    std::size_t bytes = std::size_t{8} << 20;  ///< closed when its encoding is so long
    duration age = std::chrono::seconds(1);    ///< closed when its first row has waited so long
    std::size_t waiting = 4;                   ///< closed batches kept before the source is no longer polled
    retry_policy retry{};
    when_rejected rejected = when_rejected::isolate;
    std::size_t most_rejected = 100;  ///< refused rows of one batch, beyond which the job stops after all
};

namespace detail {

/// How many outboxes of this process have begun, on any thread.
inline std::uint64_t outboxes_begun = 0;

}  // namespace detail

/// Batches in order: one being filled, some waiting, the first on its way. It retries, halves what is refused, and
/// knows what is not yet stored. Driven by `pump`; a batch is sent only when the one before it is done with, so that
/// what came later wins in a table that keeps the last.
///
/// `Batch` holds the rows (`encoded_batch`), `Transport` carries them; steady state allocates nothing a row.
template <class Batch, class Transport>
class outbox {
public:
    outbox(Transport road, batch_options const& options)
        : road_(std::move(road)), options_(options), retry_(options.retry) {
        options_.rows = detail::max_of<std::size_t>(options_.rows, 1);
        options_.waiting = detail::max_of<std::size_t>(options_.waiting, 1);
    }

    /// The batch being filled: add a row, then call `row_added`.
    [[nodiscard]] Batch& filling() noexcept { return filling_; }

    /// The batch being filled has one row more.
    void row_added(timestamp now) {
        if (filling_.rows() == 1) opened_ = now;
        ++unsettled_;
        if (filling_.rows() >= options_.rows || filling_.size() >= options_.bytes) close_batch();
    }

    /// What was added so far goes out as a batch, however small.
    void close_batch() {
        if (filling_.rows() == 0) return;
        waiting_.push_back(std::move(filling_));
        if (spare_.empty()) {
            filling_ = Batch();
        } else {
            filling_ = std::move(spare_.back());
            spare_.pop_back();
        }
    }

    /// Does what can be done now: closes what is old enough, sends, asks, retries. Never blocks if the transport does
    /// not.
    template <class Out>
    void pump(timestamp now, Out& out) {
        now_ = now;
        if (number_ == 0) number_ = __atomic_add_fetch(&detail::outboxes_begun, 1, __ATOMIC_RELAXED);
        if (born_ == beginning_of_time) born_ = now;
        if (failure_) return;
        if (filling_.rows() != 0) {
            // Rows that came before the host told the time, or before it set its clock back, begin to age now.
            if (opened_ == beginning_of_time || now < opened_) opened_ = now;
            if (now >= saturating_add(opened_, options_.age)) close_batch();
        }
        while (!failure_) {
            if (!sending_ && !start_next(now)) return;
            outcome became = road_.poll(now);
            if (became.what == outcome::kind::pending) return;
            sending_ = false;
            // Even a pause of nothing lasts until the next tick: a server that always fails must not hold the host
            // here.
            bool const pauses = became.what == outcome::kind::retry;
            settle_part(std::move(became), now, out);
            if (pauses) return;
        }
    }

    /// Gives up what is on its way. Nothing of it counts as stored.
    void cancel() {
        if constexpr (requires { road_.cancel(); })
            if (sending_) road_.cancel();
        sending_ = false;
    }

    [[nodiscard]] bool ready() const noexcept { return waiting_.size() < options_.waiting; }
    [[nodiscard]] bool busy() const noexcept { return !failure_ && unsettled_ != 0; }
    [[nodiscard]] error const* failure() const noexcept { return failure_ ? &*failure_ : nullptr; }

    /// The smallest epoch of a row that is not yet stored or put aside.
    [[nodiscard]] std::uint64_t oldest_held() const noexcept {
        std::uint64_t oldest = filling_.rows() != 0 ? filling_.oldest() : nothing_held;
        for (Batch const& batch : waiting_) oldest = detail::min_of(oldest, batch.oldest());
        return oldest;
    }

    [[nodiscard]] timestamp next_wake() const {
        if (failure_) return end_of_time;
        timestamp soonest = filling_.rows() != 0 ? saturating_add(opened_, options_.age) : end_of_time;
        if (sending_) {
            if constexpr (requires { road_.next_wake(now_); }) soonest = detail::min_of(soonest, road_.next_wake(now_));
            else soonest = detail::min_of(soonest, saturating_add(now_, std::chrono::milliseconds(1)));
        } else if (!waiting_.empty()) {
            soonest = detail::min_of(soonest, retry_.not_before());
        }
        return soonest;
    }

    /// Rows stored, put aside, and neither of the two yet.
    [[nodiscard]] std::uint64_t stored() const noexcept { return stored_; }
    [[nodiscard]] std::uint64_t put_aside() const noexcept { return put_aside_; }
    [[nodiscard]] std::uint64_t unsettled() const noexcept { return unsettled_; }
    /// Attempts that failed for a passing reason and were made again.
    [[nodiscard]] std::uint64_t retries() const noexcept { return sent_.retries; }
    /// What was sent, what became of it, and what waits.
    [[nodiscard]] delivery_figures figures() const noexcept {
        delivery_figures whole = sent_;
        whole.waiting = waiting_.size();
        whole.most_waiting = options_.waiting;
        return whole;
    }

    [[nodiscard]] Transport& road() noexcept { return road_; }
    [[nodiscard]] Transport const& road() const noexcept { return road_; }

private:
    /// Rows of the first waiting batch that are sent together: the whole batch, or what halving left of it.
    struct part {
        std::size_t first;
        std::size_t count;
    };

    bool start_next(timestamp now) {
        if (waiting_.empty()) return false;
        if (parts_.empty()) {
            parts_.push_back({0, waiting_.front().rows()});
            rejected_here_ = 0;
            begin_part();
        }
        if (!retry_.due(now)) return false;
        if (token_.empty()) name_part();
        retry_.begin(now);
        part const& now_sent = parts_.back();
        ++sent_.attempts;
        road_.start(waiting_.front().ship(now_sent.first, now_sent.count, token_, retry_.attempts()), now);
        sending_ = true;
        return true;
    }

    void begin_part() {
        retry_.restart();
        token_.clear();
    }

    /// Equal bytes are not the same delivery: two legitimate batches may be identical. So the token also says when this
    /// outbox began, which one of those of its process it is, and which of its shipments this is: a server that drops
    /// repeated tokens drops retries only.
    void name_part() {
        part const& named = parts_.back();
        token_.clear();
        for (std::uint64_t number : {waiting_.front().digest(named.first, named.count),
                                     static_cast<std::uint64_t>(born_.time_since_epoch().count()), number_, serial_++}) {
            char digits[16];
            if (!token_.empty()) token_.push_back('-');
            token_.append(digits, std::to_chars(digits, digits + sizeof digits, number, 16).ptr);
        }
    }

    template <class Out>
    void settle_part(outcome became, timestamp now, Out& out) {
        part const sent = parts_.back();
        switch (became.what) {
            case outcome::kind::pending:
                break;
            case outcome::kind::acknowledged:
                count_acknowledged(now);
                count_stored(sent.count);
                end_part();
                break;
            case outcome::kind::retry:
                if (retry_.next_attempt(now, became.after)) ++sent_.retries;
                else give_up(std::move(became), now, out);
                break;
            case outcome::kind::partial:
                ++sent_.refusals;
                take_partial(became, now, out);
                break;
            case outcome::kind::too_large:
            case outcome::kind::rejected:
                ++sent_.refusals;
                if (became.what == outcome::kind::rejected && options_.rejected == when_rejected::fail) {
                    failure_ = std::move(became.why);
                } else if (sent.count > 1) {
                    parts_.back() = {sent.first + sent.count / 2, sent.count - sent.count / 2};
                    parts_.push_back({sent.first, sent.count / 2});
                    begin_part();
                } else {
                    refuse_row(sent.first, became.why, out);
                    end_part();
                }
                break;
            case outcome::kind::fatal:
                failure_ = std::move(became.why);
                break;
        }
    }

    template <class Out>
    void take_partial(outcome const& became, timestamp now, Out& out) {
        part const sent = parts_.back();
        if (options_.rejected == when_rejected::fail) {
            failure_ = became.why;
            return;
        }
        // Beyond the limit the job stops: the rows that are then not put aside are not stored either.
        std::size_t at_fault = 0;
        for (std::size_t i = 0; i < became.bad_rows.size(); ++i) {
            std::size_t const row = became.bad_rows[i];
            if (row >= sent.count) continue;
            ++at_fault;
            if (!failure_) refuse_row(sent.first + row, reason_of(became, i), out);
        }
        if (at_fault < sent.count) count_acknowledged(now);
        count_stored(sent.count - at_fault);
        if (!failure_) end_part();
    }

    static error const& reason_of(outcome const& became, std::size_t i) noexcept {
        return i < became.reasons.size() ? became.reasons[i] : became.why;
    }

    template <class Out>
    void refuse_row(std::size_t row, error const& why, Out& out) {
        put_row_aside(row, why, out);
        if (++rejected_here_ <= options_.most_rejected || failure_) return;
        failure_ = why;
        failure_->cause = "more than " + std::to_string(options_.most_rejected) +
                          " rows of one batch were refused; the last: " + why.cause;
        if (failure_->advice.empty()) failure_->advice = "batch_options::most_rejected sets how many may be";
    }

    template <class Out>
    void give_up(outcome became, timestamp now, Out& out) {
        error& why = became.why;
        why.cause = retry_.account(now, became.after) + ": " + why.cause;
        if (options_.retry.exhausted == when_exhausted::fail) {
            if (why.advice.empty())
                why.advice = "nothing was acknowledged, so a restart sends it again; retry_policy sets the limits";
            failure_ = std::move(why);
            return;
        }
        part const lost = parts_.back();
        if (became.bad_rows.empty()) {
            for (std::size_t row = lost.first; row < lost.first + lost.count; ++row) put_row_aside(row, why, out);
        } else {
            std::size_t missing = 0;
            for (std::size_t i = 0; i < became.bad_rows.size(); ++i) {
                if (became.bad_rows[i] >= lost.count) continue;
                put_row_aside(lost.first + became.bad_rows[i], reason_of(became, i), out);
                ++missing;
            }
            count_stored(lost.count - missing);
        }
        end_part();
    }

    template <class Out>
    void put_row_aside(std::size_t row, error const& why, Out& out) {
        Batch const& batch = waiting_.front();
        out.dead_letter(why, batch.payload_of(row), batch.at(row));
        ++put_aside_;
        --unsettled_;
    }

    void count_acknowledged(timestamp now) noexcept {
        ++sent_.acknowledged;
        sent_.latency.note(retry_.spent(now));
    }

    void count_stored(std::size_t rows) noexcept {
        stored_ += rows;
        unsettled_ -= rows;
    }

    void end_part() {
        parts_.pop_back();
        begin_part();
        if (!parts_.empty()) return;
        if (spare_.size() < options_.waiting) {
            waiting_.front().clear();
            spare_.push_back(std::move(waiting_.front()));
        }
        waiting_.erase(0);
    }

    Transport road_;
    batch_options options_;
    retry_state retry_;
    Batch filling_{};
    detail::series<Batch> waiting_{};  ///< few; what is on its way lies where it lay when its batch moves up
    detail::series<Batch> spare_{};
    detail::series<part> parts_{};
    std::string token_{};
    std::optional<error> failure_{};
    timestamp now_ = beginning_of_time;
    timestamp born_ = beginning_of_time;
    timestamp opened_ = beginning_of_time;
    std::size_t rejected_here_ = 0;
    std::uint64_t number_ = 0;  ///< among those of this process
    std::uint64_t serial_ = 0;
    std::uint64_t stored_ = 0;
    std::uint64_t put_aside_ = 0;
    std::uint64_t unsettled_ = 0;
    delivery_figures sent_{};
    bool sending_ = false;
};

}  // namespace weir
