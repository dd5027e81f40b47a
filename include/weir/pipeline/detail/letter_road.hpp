// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <weir/base/detail/order.hpp>
#include <weir/base/error.hpp>
#include <weir/pipeline/boxed.hpp>
#include <weir/pipeline/context.hpp>
#include <weir/pipeline/stage.hpp>
#include <weir/pipeline/stamp.hpp>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <utility>
#include <vector>

namespace weir::detail {

/// The road that a job's dead letters take: they are counted, go to the place that was named for them, and, where none was and the
/// job runs alongside another, to that one.
class letter_road {
public:
    /// `context` is the job's, and lives as long as the road.
    explicit letter_road(job_context& context) : context_(context) {}
    letter_road(letter_road const&) = delete;
    letter_road& operator=(letter_road const&) = delete;

    /// The place for them: a sink, or a chain that ends in one.
    template <class Branch>
    void lead_to(Branch&& branch) {
        place_ = boxed<dead_letter>(std::forward<Branch>(branch));
        place_.attach(context_);
        has_place_ = true;
    }

    void take(dead_letter const& letter) {
        // There is nowhere to put it: on the same road it would go round for ever.
        if (is_on_road_) return refuse(letter.why);
        ++count_;
        if (samples_.size() < most_samples) samples_.push_back(letter.why);
        on_road([&] { place_.accept(letter, letter.at); });
        if (context_.around && !has_place_) hand_on(letter);
    }

    /// Tells the stages how it stands, as a step begins.
    void tell() {
        context_.letters_ready = has_room();
        context_.letters_held = oldest_held();
    }
    void tick() {
        on_road([this] { place_.tick(); });
    }
    void settle() {
        on_road([this] { place_.settle(); });
    }
    void end(stop_mode mode) {
        on_road([&] {
            if (mode == stop_mode::keep_windows) place_.flush();
            else place_.end();
        });
    }
    void close() { place_.close(); }

    [[nodiscard]] bool has_room() const {
        return place_.ready() && (!context_.around || has_place_ || context_.around->letters_ready);
    }
    [[nodiscard]] bool waiting() const { return place_.waiting(); }
    [[nodiscard]] bool busy() {
        forget_stored();
        return place_.busy() || !handed_on_.empty();
    }
    /// Nothing is on its way here, but what was handed on is not stored yet.
    [[nodiscard]] bool waits_around() { return !place_.busy() && busy(); }
    [[nodiscard]] timestamp next_wake() const { return place_.next_wake(); }
    /// What is put aside on this road itself is a failure too.
    [[nodiscard]] error const* failure() const {
        if (error const* why = place_.failure()) return why;
        return refused_ ? &*refused_ : nullptr;
    }
    /// The oldest poll with a dead letter that is not stored, here or where it was handed on to.
    [[nodiscard]] std::uint64_t oldest_held() {
        forget_stored();
        std::uint64_t oldest = place_.oldest_held();
        for (batch const& each : handed_on_) oldest = min_of(oldest, each.epoch);
        return oldest;
    }

    [[nodiscard]] std::uint64_t count() const noexcept { return count_; }
    /// Why the first few were put aside.
    [[nodiscard]] std::vector<error> const& samples() const noexcept { return samples_; }

private:
    static constexpr std::size_t most_samples = 8;

    /// Dead letters that went into one poll of the job around this one.
    struct batch {
        std::uint64_t epoch;   ///< the oldest poll here that they are of
        std::uint64_t around;  ///< the poll there
        std::uint64_t round;   ///< the step there in which the last of them went
    };

    void on_road(auto&& call) {
        is_on_road_ = true;
        call();
        is_on_road_ = false;
    }

    void refuse(error const& why) {
        if (refused_) return;
        refused_ = why;
        refused_->cause = "a dead letter was refused: " + why.cause;
    }

    /// The job around this one acknowledges by polls of its own.
    void hand_on(dead_letter letter) {
        job_context const& to = *context_.around;
        if (handed_on_.empty() || handed_on_.back().around != to.epoch) handed_on_.push_back({letter.at.epoch, to.epoch, to.round});
        batch& last = handed_on_.back();
        last.epoch = min_of(last.epoch, letter.at.epoch);
        last.round = to.round;
        letter.at.epoch = to.epoch;
        if (to.dead_letters) to.dead_letters(letter);
    }

    void forget_stored() {
        auto const is_stored = [this](batch const& each) {
            return context_.around->round != each.round && context_.around->letters_held > each.around;
        };
        std::size_t stored = 0;
        while (stored < handed_on_.size() && is_stored(handed_on_[stored])) ++stored;
        handed_on_.erase(handed_on_.begin(), handed_on_.begin() + static_cast<std::ptrdiff_t>(stored));
    }

    job_context& context_;
    boxed<dead_letter> place_{};
    std::vector<batch> handed_on_{};
    std::vector<error> samples_{};
    std::uint64_t count_ = 0;
    bool has_place_ = false;
    bool is_on_road_ = false;
    std::optional<error> refused_{};
};

}  // namespace weir::detail
