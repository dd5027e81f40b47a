// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <weir/base/detail/order.hpp>
#include <weir/pipeline/emitter.hpp>
#include <weir/pipeline/job.hpp>
#include <weir/pipeline/pipe.hpp>

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>
#include <type_traits>
#include <utility>

namespace weir {

/// Reading begins at once, beside the other job.
struct do_not_wait_t {};
inline constexpr do_not_wait_t do_not_wait{};

namespace detail {

template <class Job>
struct is_job : std::false_type {};
template <class Source, class Flow>
struct is_job<job<Source, Flow>> : std::true_type {};

template <class Item, class Job>
class alongside_stage {
public:
    using output = Item;
    static constexpr std::string_view name = "alongside";
    static constexpr bool one_to_one = true;

    alongside_stage(Job other, bool waits) : other_(std::move(other)), holds_(waits) {}

    WEIR_INLINE void on_item(Item const& item, auto& out) { out.emit(item); }
    void on_batch(std::span<Item const> items, auto& out) { out.emit_batch(items, out.at()); }

    void on_tick(timestamp now, auto& out) {
        now_ = now;
        if (other_.finished()) return note_caught_up();
        other_.go_alongside(out.context());
        more_ = false;
        for (int left = holds_ ? rounds_while_loading : 1; left != 0; --left) {
            more_ = other_.step(budget, now) == progress::ready;
            note_caught_up();
            if (!more_) break;
        }
    }

    void on_end(auto&) { stop(); }
    void flush(auto&) { stop(); }

    /// The job around this one is over, however it ended.
    void close() {
        if (other_.finished()) return;
        other_.stop(stop_mode::keep_windows);
        other_.step(0, now_);
    }

    [[nodiscard]] bool ready() const { return !holds_; }
    /// Dead letters that the job around this one has still to store must not keep it from the end of their road.
    [[nodiscard]] bool busy() const { return stopped_ && !other_.finished() && !other_.waits_for_letters(); }
    [[nodiscard]] error const* failure() const { return other_.failure(); }
    [[nodiscard]] timestamp next_wake() const {
        if (other_.finished()) return end_of_time;
        return more_ || stopped_ ? now_ : other_.next_wake();
    }

    void account_branches(auto& visit_one, int depth) {
        // Whatever stands in the other job is beside the road of this one.
        auto beside = [&](auto const& stage, tally const& count, int at) {
            seen_stage shown = seen(stage);
            shown.role = stage_role::stage;
            visit_one(std::as_const(shown), count, at);
        };
        other_.account_stages(beside, depth);
    }

    void explain(auto& into) const { into.beside(other_); }

private:
    static constexpr std::size_t budget = 16384;
    static constexpr int rounds_while_loading = 16;  ///< in one step: then the host has its turn

    void note_caught_up() {
        if (!holds_) return;
        if (other_.finished()) holds_ = false;
        else if constexpr (catching_up_source<typename Job::source_type>)
            holds_ = !other_.source().caught_up() || other_.stages().waiting();
    }

    void stop() {
        stopped_ = true;
        holds_ = false;
        other_.stop(stop_mode::keep_windows);
    }

    mutable Job other_;
    timestamp now_ = beginning_of_time;
    bool holds_;            ///< the source of the job around it waits
    bool more_ = false;     ///< the other job has more to do at once
    bool stopped_ = false;
};

template <class Job>
struct alongside_blueprint {
    using is_blueprint = void;
    using takes_changes = void;
    Job other;
    bool waits;

    template <class Stream>
    constexpr auto bind(Stream&) && {
        return alongside_stage<typename Stream::item, Job>(std::move(other), waits);
    }
};

template <class Job>
constexpr auto alongside_of(Job&& other, bool waits) {
    using job_type = std::remove_cvref_t<Job>;
    if constexpr (std::is_same_v<job_type, broken>) {
        return broken{};
    } else if constexpr (!is_job<job_type>::value) {
        static_assert(never<Job>, "weir: `alongside` takes a whole job, from its source to its sink: `alongside(weir::from(...) | ... "
                                  "| weir::to_table(t))`.");
        return broken{};
    } else if constexpr (requires { requires job_type::source_type::takes_pushes; }) {
        static_assert(never<Job>, "weir: nobody could push into a job that runs `alongside` another. Let the host put into the table "
                                  "itself: `t.put(key, value)`.");
        return broken{};
    } else {
        return alongside_blueprint<job_type>{std::forward<Job>(other), waits};
    }
}

}  // namespace detail

/// Drives another job in the steps of this one, as a rule the one that feeds a table: `| weir::alongside(weir::from(...) | … |
/// weir::to_table(users))`. Items pass unchanged.
///
/// Until the other job has caught up, this one's source is not polled: when it has ended, or when its source says so
/// (`caught_up()`, as a Kafka table source does) and nothing waits in its stages. After that it gets a turn before each poll. Its failure is this job's, and so
/// are its dead letters unless it was given a place for them; its stages stand in the ledger as a branch. When this job ends
/// or is stopped, the other is stopped too. A host that pushes steps the job until it is no longer held up first.
template <class Job>
[[nodiscard]] constexpr auto alongside(Job&& other) {
    return detail::alongside_of(std::forward<Job>(other), true);
}

/// The same without waiting: what is looked up before the table has been filled is not found.
template <class Job>
[[nodiscard]] constexpr auto alongside(Job&& other, do_not_wait_t) {
    return detail::alongside_of(std::forward<Job>(other), false);
}

}  // namespace weir
