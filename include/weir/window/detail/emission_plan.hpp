// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <weir/base/int128.hpp>
#include <weir/time/timestamp.hpp>
#include <weir/window/emission.hpp>

#include <cstdint>
#include <utility>

namespace weir::detail {

/// The multiples of a period that the watermark passes, counted from the epoch.
class period_marks {
public:
    explicit period_marks(duration period) : period_(period), next_(period.count() > 0 ? beginning_of_time : end_of_time) {}

    [[nodiscard]] duration period() const noexcept { return period_; }
    [[nodiscard]] bool due(timestamp watermark) const noexcept { return period_.count() > 0 && watermark >= next_; }

    /// Whether a multiple was passed since it was asked last.
    bool take_due(timestamp watermark) noexcept {
        if (!due(watermark)) return false;
        std::int64_t const since = watermark.time_since_epoch().count();
        std::int64_t const into = since % period_.count();
        next_ = saturating_add(watermark, duration(period_.count() - (into < 0 ? into + period_.count() : into)));
        return true;
    }

private:
    duration period_;
    timestamp next_;
};

/// When the rows of a window come: what each emission does. `fires_at_once` is asked after each item, of a window that has
/// fired (corrections come at once, unless rows keep to a period) or not; `due` and `take_due` with each watermark;
/// `always_final` says that a closing window emits every row, seen or not.
template <class Emission>
class emission_plan;

template <>
class emission_plan<emit::on_close_t> {
public:
    static constexpr bool always_final = false;
    explicit emission_plan(emit::on_close_t) {}
    [[nodiscard]] bool valid() const noexcept { return true; }
    [[nodiscard]] bool fires_at_once(trigger_view const&, bool fired) const noexcept { return fired; }
    [[nodiscard]] bool due(timestamp) const noexcept { return false; }
    bool take_due(timestamp) noexcept { return false; }
};

template <>
class emission_plan<emit::on_update_t> {
public:
    static constexpr bool always_final = false;
    explicit emission_plan(emit::on_update_t emission) : period_(emission.period), marks_(emission.period) {}
    [[nodiscard]] bool valid() const noexcept { return period_.count() >= 0; }
    [[nodiscard]] bool fires_at_once(trigger_view const&, bool) const noexcept { return period_.count() == 0; }
    [[nodiscard]] bool due(timestamp watermark) const noexcept { return marks_.due(watermark); }
    bool take_due(timestamp watermark) noexcept { return marks_.take_due(watermark); }

private:
    duration period_;
    period_marks marks_;
};

template <>
class emission_plan<emit::every_t> {
public:
    static constexpr bool always_final = true;
    explicit emission_plan(emit::every_t emission) : period_(emission.period), marks_(emission.period) {}
    [[nodiscard]] bool valid() const noexcept { return period_.count() > 0; }
    [[nodiscard]] bool fires_at_once(trigger_view const&, bool fired) const noexcept { return fired; }
    [[nodiscard]] bool due(timestamp watermark) const noexcept { return marks_.due(watermark); }
    bool take_due(timestamp watermark) noexcept { return marks_.take_due(watermark); }

private:
    duration period_;
    period_marks marks_;
};

template <class Rule>
class emission_plan<emit::when_t<Rule>> {
public:
    static constexpr bool always_final = true;
    explicit emission_plan(emit::when_t<Rule> emission) : rule_(std::move(emission.rule)) {}
    [[nodiscard]] bool valid() const noexcept { return true; }
    [[nodiscard]] bool fires_at_once(trigger_view const& view, bool fired) const { return fired || rule_.fires(view); }
    [[nodiscard]] bool due(timestamp) const noexcept { return false; }
    bool take_due(timestamp) noexcept { return false; }

private:
    Rule rule_;
};

}  // namespace weir::detail
