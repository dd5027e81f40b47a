// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <weir/pipeline/explain.hpp>
#include <weir/time/format_time.hpp>

#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <string>
#include <string_view>

namespace weir::detail {

/// A span of time as people say it: `1 min 10 s`, `4 h 3 min`, `250 ms`; what is small beside the rest is left out.
[[nodiscard]] inline std::string span_text(duration span) {
    struct unit {
        std::int64_t length;
        std::string_view name;
    };
    static constexpr std::int64_t second = 1'000'000;
    static constexpr unit units[] = {{86400 * second, " d"}, {3600 * second, " h"}, {60 * second, " min"},
                                     {second, " s"},         {1000, " ms"},         {1, " us"}};
    std::int64_t left = span.count();
    std::string text;
    for (unit const& each : units) {
        std::int64_t const count = left / each.length;
        if (count == 0 && text.empty()) continue;
        if (count != 0) text.append(text.empty() ? "" : " ").append(std::to_string(count)).append(each.name);
        left %= each.length;
        // Two units tell enough, and a fraction of a second is nothing beside a minute.
        if (text.find(' ', text.find(' ') + 1) != std::string::npos || (each.length == 60 * second && left < second)) break;
    }
    return text.empty() ? "0 s" : text;
}

[[nodiscard]] inline std::string count_text(std::size_t count, std::string_view what) {
    return std::to_string(count).append(" ").append(what).append(count == 1 ? "" : "s");
}

/// Visits the first `most` elements by `before`; without sorting, which would be the costliest header of all.
template <class Range, class Before, class Visit>
void visit_first(Range const& all, std::size_t most, Before before, Visit visit) {
    std::size_t last = all.size();
    for (std::size_t shown = 0; shown < most && shown < all.size(); ++shown) {
        std::size_t next = all.size();
        for (std::size_t i = 0; i < all.size(); ++i) {
            bool const behind_last = last == all.size() || before(all[last], all[i]) || (i > last && !before(all[i], all[last]));
            if (behind_last && (next == all.size() || before(all[i], all[next]))) next = i;
        }
        visit(all[last = next]);
    }
}

/// Puts an explanation into words.
class explained_text {
public:
    explicit explained_text(explanation const& why) : why_(why) {}

    [[nodiscard]] std::string written() {
        if (why_.failure) say({"The job has failed: ", to_string(*why_.failure), "\n"});
        else if (why_.over) say({"The job reads no more: its input has ended, or it was stopped.\n"});
        else if (why_.held_up) say({why_.held_up_by, " holds the job up: nothing is read until it is ready for more.\n"});
        for (explained_stage const& each : why_.stages) stage(each);
        for (explained_watermark const& each : why_.watermarks) watermark(each);
        if (text_.empty()) say({"No stage makes windows or watermarks, so nothing waits.\n"});
        return std::move(text_);
    }

private:
    static constexpr std::size_t most_windows = 3;
    static constexpr std::size_t most_lanes = 8;

    // Not a template: each of its many uses would be a function of its own for the compiler.
    void say(std::initializer_list<std::string_view> parts) {
        for (std::string_view const part : parts) text_ += part;
    }

    void stage(explained_stage const& each) {
        say({each.name, ": "});
        if (each.open == 0) return say({"no window is open.\n"});
        if (why_.about) {
            if (each.windows.empty())
                return say({"no open window contains ", format_time(*why_.about), "; ", count_text(each.open, "other"),
                           each.open == 1 ? " is open.\n" : " are open.\n"});
            say({std::to_string(each.windows.size()), " of ", count_text(each.open, "open window"),
                each.windows.size() == 1 ? " contains " : " contain ", format_time(*why_.about), ".\n"});
        } else {
            say({count_text(each.open, "window"), each.open == 1 ? " is open.\n" : " are open.\n"});
        }
        auto const sooner = [](explained_window const& a, explained_window const& b) {
            if (a.fired != b.fired) return b.fired;
            return a.end != b.end ? a.end < b.end : a.start < b.start;
        };
        visit_first(each.windows, most_windows, sooner, [&](explained_window const& next) { window(next, each.watermark); });
        if (each.windows.size() > most_windows) say({"  and ", std::to_string(each.windows.size() - most_windows), " more\n"});
    }

    void window(explained_window const& each, std::size_t watermark) {
        say({"  from ", format_time(each.start)});
        if (each.end != end_of_time) say({" to ", format_time(each.end)});
        say({", ", count_text(static_cast<std::size_t>(each.items), "item"), ": "});
        switch (each.waits_for) {
            case awaited::corrections: return say({"its result is out; it is kept for corrections.\n"});
            case awaited::end_of_input: return say({"only the end of the input closes it.\n"});
            case awaited::source: return say({"waits for the watermark, which the source makes.\n"});
            case awaited::clock:
                return say({"closes when the clock reaches ", format_time(each.until), ": ", span_text(each.missing), " to go.\n"});
            case awaited::event: break;
        }
        explained_watermark const& time = why_.watermarks[watermark];
        // A session that may still be extended by an event at its very end closes a little later.
        say({"waits for ", time.all_idle ? std::string("any lane") : holders_of(time),
            each.missing == duration{} ? " to pass " : " to reach ", format_time(each.until)});
        if (each.missing != duration{} && each.missing != duration::max()) say({": ", span_text(each.missing), " to go"});
        say({".\n"});
    }

    /// `web.clicks/1`, or `web.clicks/1 and 2 more lanes`.
    [[nodiscard]] static std::string holders_of(explained_watermark const& time) {
        std::string first;
        std::size_t more = 0;
        for (explained_lane const& lane : time.lanes)
            if (lane.holds && !first.empty()) ++more;
            else if (lane.holds) first = lane.name;
        if (first.empty()) first = "a first lane";
        return more == 0 ? first : first + " and " + count_text(more, time.merges ? "more input" : "more lane");
    }

    void watermark(explained_watermark const& each) {
        say({each.stage, ": "});
        if (each.watermark == end_of_time) say({"the input has ended.\n"});
        else if (each.watermark != beginning_of_time)
            say({"the watermark is ", format_time(each.watermark),
                each.merges ? ", the least of its inputs." : ", the bound " + span_text(each.bound) + "."});
        else say({"there is no watermark yet", each.lanes.empty() ? ", no plausible event has come.\n" : "."});
        if (each.watermark != end_of_time) {
            if (each.lanes.empty()) say({each.watermark == beginning_of_time ? "" : "\n"});
            else if (each.all_idle && !each.merges) idle(each);
            else holder(each);
            if (each.lanes.size() > 1) lanes(each);
        }
        if (each.future != 0)
            say({"  ", count_text(static_cast<std::size_t>(each.future), "event"), each.future == 1 ? " was" : " were",
                " set aside as too far ahead of the clock, and moved nothing; the last, at ", each.last_future_place, ", says ",
                format_time(each.last_future), ".\n"});
    }

    void idle(explained_watermark const& each) {
        say({" Every lane is idle or has ended: "});
        if (each.advance_when_idle) return say({"time moves by the clock, less the bound.\n"});
        say({"time stands still until an event comes. If windows should then close by the clock, say so: "
            "`event_time_options::advance_when_idle`.\n"});
    }

    void holder(explained_watermark const& each) {
        explained_lane const* first = nullptr;
        for (explained_lane const& lane : each.lanes)
            if (lane.holds && !first) first = &lane;
        if (!first) return say({"\n"});
        bool const several = holders_of(each) != first->name;
        if (each.lanes.size() > 1) say({" ", holders_of(each), several ? " hold it." : " holds it."});
        bool const empty = first->greatest == beginning_of_time;
        bool const moving = !empty && why_.now != beginning_of_time && first->since == why_.now;
        if (each.merges) return say({"\n"});
        if (empty) say({" No event has come", each.lanes.size() == 1 ? "" : several ? " by them" : " by it"});
        else
            say({several ? " Their" : each.lanes.size() > 1 ? " Its" : " The", " latest event is of ",
                 format_time(first->greatest)});
        if (first->behind != duration{}) say({", ", span_text(first->behind), " behind the foremost lane"});
        if (first->since != beginning_of_time && !moving) {
            say({empty ? " since " : ", and nothing later has come since ", format_time(first->since), " by the clock, ",
                span_text(why_.now - first->since), " ago"});
        } else if (empty) {
            say({" yet"});
        }
        say({".\n"});
        if (!moving)
            say({"  ", holders_of(each), several ? " are" : " is", " waited for, because nothing has proven ",
                 several ? "them" : "it",
                 " idle. Where quiet is normal, set the Kafka source's `idle_timeout`, or let your own source say `idle`.\n"});
    }

    void lanes(explained_watermark const& each) {
        auto const slower = [](explained_lane const& a, explained_lane const& b) {
            if (a.status != b.status) return a.status < b.status;
            return a.greatest < b.greatest;
        };
        visit_first(each.lanes, most_lanes, slower, [&](explained_lane const& lane) {
            constexpr std::string_view words[] = {": live", ": idle", ": ended"};
            say({"  ", lane.name, words[static_cast<std::size_t>(lane.status)]});
            if (lane.greatest == beginning_of_time) say({", nothing yet"});
            else if (lane.greatest != end_of_time)
                say({each.merges ? ", watermark " : ", latest event of ", format_time(lane.greatest)});
            if (lane.since != beginning_of_time && lane.since != why_.now && lane.status != lane_status::ended)
                say({", unmoved since ", format_time(lane.since)});
            say({"\n"});
        });
        if (each.lanes.size() > most_lanes)
            say({"  and ", count_text(each.lanes.size() - most_lanes, each.merges ? "more input" : "more lane"), "\n"});
    }

    explanation const& why_;
    std::string text_{};
};

}  // namespace weir::detail

namespace weir {

inline std::string to_string(explanation const& why) { return detail::explained_text(why).written(); }

}  // namespace weir
