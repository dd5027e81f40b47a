// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <weir/base/detail/order.hpp>
#include <weir/time/timestamp.hpp>

#include <cstdint>
#include <limits>
#include <optional>
#include <string>

namespace weir {

/// What to do when a batch could not be delivered within the limits of its `retry_policy`.
enum class when_exhausted {
    fail,         ///< the job stops with a clear error; nothing is lost, for nothing was acknowledged
    dead_letter,  ///< the rows go to the dead letters, and the job goes on
};

/// How often, and how patiently, an attempt that failed for a passing reason is made again.
///
/// The n-th pause is `first_pause * growth^(n-1)`, at most `longest_pause`; a share of it (`jitter`) is random, so that
/// many clients do not come back in step (the "equal jitter" of Brooker, "Exponential Backoff And Jitter", 2015). A
/// pause that the server asks for (`Retry-After`) is never cut short.
struct retry_policy {
    duration first_pause = std::chrono::milliseconds(100);
    duration longest_pause = std::chrono::seconds(30);
    double growth = 2;
    double jitter = 0.5;                               ///< 0: none; 1: anything from nothing to the whole pause
    std::uint32_t most_attempts = 0;                   ///< 0: as many as `give_up_after` allows
    duration give_up_after = std::chrono::minutes(5);  ///< from the first attempt; `duration::max()`: never
    when_exhausted exhausted = when_exhausted::fail;
    std::uint64_t seed = 0;  ///< of the random share: equal seeds give equal pauses
};

/// Keeps count of the attempts for one thing, by the clock it is told. It decides; it neither waits nor sends.
class retry_state {
public:
    explicit retry_state(retry_policy const& policy) noexcept : policy_(policy), random_(policy.seed) {}

    /// Something new is to be attempted.
    void restart() noexcept {
        attempts_ = 0;
        not_before_ = beginning_of_time;
    }

    /// An attempt begins.
    void begin(timestamp now) noexcept {
        // Before the host has told the time there is no first moment; a clock that was set back must not move it away.
        if (attempts_++ == 0 || first_ == beginning_of_time) first_ = now;
        first_ = detail::min_of(first_, now);
    }

    /// The attempt has failed: when the next one may begin, or nothing when the limits are reached.
    [[nodiscard]] std::optional<timestamp> next_attempt(timestamp now,
                                                        std::optional<duration> server_asks = {}) noexcept {
        duration const limit = policy_.give_up_after;
        duration const so_far = spent(now);
        if (policy_.most_attempts != 0 && attempts_ >= policy_.most_attempts) return std::nullopt;
        if (so_far >= limit) return std::nullopt;
        duration wait = pause();
        if (server_asks && *server_asks > wait) {
            wait = *server_asks;
            if (wait > limit - so_far) return std::nullopt;
        }
        // The last attempt is made at the limit, not somewhat before it.
        wait = detail::min_of(wait, limit - so_far);
        not_before_ = saturating_add(now, wait);
        paused_at_ = now;
        pause_ = wait;
        return not_before_;
    }

    /// Whether the pause is over. A clock that was set back cannot make it longer than it was.
    [[nodiscard]] bool due(timestamp now) noexcept {
        if (now < paused_at_) {
            paused_at_ = now;
            not_before_ = saturating_add(now, pause_);
        }
        return now >= not_before_;
    }

    /// When the pause is over; `beginning_of_time` when there is none.
    [[nodiscard]] timestamp not_before() const noexcept { return not_before_; }
    /// Attempts begun since `restart`.
    [[nodiscard]] std::uint32_t attempts() const noexcept { return attempts_; }
    /// Time since the first of them.
    [[nodiscard]] duration spent(timestamp now) const noexcept {
        return first_ == beginning_of_time || now < first_ ? duration::zero() : now - first_;
    }
    /// What was tried, in words: `gave up after 7 attempts in 12.3 s`.
    [[nodiscard]] std::string account(timestamp now, std::optional<duration> server_asks = {}) const {
        auto const tenths = spent(now).count() / 100'000;
        std::string words = "gave up after " + std::to_string(attempts_) +
                            (attempts_ == 1 ? " attempt in " : " attempts in ") + std::to_string(tenths / 10) + "." +
                            std::to_string(tenths % 10) + " s";
        if (server_asks)
            words += " (the server asks to wait " +
                     std::to_string(std::chrono::duration_cast<std::chrono::seconds>(*server_asks).count()) + " s)";
        return words;
    }

private:
    duration pause() noexcept {
        double whole = static_cast<double>(detail::max_of(policy_.first_pause, duration::zero()).count());
        auto const most = static_cast<double>(detail::max_of(policy_.longest_pause, duration::zero()).count());
        for (std::uint32_t i = 1; i < attempts_ && whole < most; ++i) whole *= detail::max_of(policy_.growth, 1.0);
        whole = detail::min_of(whole, most);
        double const random_share = detail::min_of(detail::max_of(policy_.jitter, 0.0), 1.0) * whole;
        double const micros = whole - random_share * unit();
        return micros >= static_cast<double>(duration::max().count()) ? duration::max()
                                                                      : duration(static_cast<std::int64_t>(micros));
    }

    /// Uniform in `[0, 1)` (splitmix64: Steele, Lea, Flood, "Fast splittable pseudorandom number generators", 2014).
    double unit() noexcept {
        std::uint64_t x = random_ += 0x9e3779b97f4a7c15;
        x = (x ^ x >> 30) * 0xbf58476d1ce4e5b9;
        x = (x ^ x >> 27) * 0x94d049bb133111eb;
        return static_cast<double>((x ^ x >> 31) >> 11) * 0x1p-53;
    }

    retry_policy policy_;
    std::uint64_t random_;
    timestamp first_ = beginning_of_time;
    timestamp not_before_ = beginning_of_time;
    timestamp paused_at_ = beginning_of_time;
    duration pause_{};
    std::uint32_t attempts_ = 0;
};

}  // namespace weir
