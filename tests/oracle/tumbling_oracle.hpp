// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <algorithm>
#include <cstdint>
#include <limits>
#include <map>
#include <optional>
#include <set>
#include <utility>
#include <vector>

namespace weir_test {

/// What the oracle is told of a tumbling window. All times are microseconds, small enough to be added up.
struct oracle_settings {
    std::int64_t size = 1;
    std::int64_t offset = 0;
    std::int64_t bound = 0;
    std::int64_t lateness = 0;
    std::optional<std::int64_t> max_ahead{};  ///< none: no future guard
    bool advance_when_idle = false;
};

/// A row of the oracle: what every window and key must come to.
template <class Key>
struct oracle_row {
    std::int64_t start;
    std::int64_t end;
    Key key;
    std::uint64_t count;
    std::int64_t sum;
    std::int64_t least;
    std::int64_t greatest;
    std::uint64_t distinct;

    friend bool operator==(oracle_row const&, oracle_row const&) = default;
};

/// Tumbling event-time windows as the documents define them, in the plainest way: every item is kept until its window is
/// over, everything is recomputed at each item, nothing is clever. It shares no code with the library.
template <class Key>
class tumbling_oracle {
public:
    explicit tumbling_oracle(oracle_settings settings) : settings_(settings) {}

    // Lanes: a lane that exists holds the watermark back until it has proved to be idle, or ended.
    void opened(std::uint32_t lane) {
        lanes_[lane].live = true;
        move_watermark();
    }
    void idle(std::uint32_t lane) {
        lanes_[lane].live = false;
        move_watermark();
    }
    void ended(std::uint32_t lane) { idle(lane); }

    /// The clock that the host gives.
    void clock(std::int64_t now) {
        now_ = now;
        bool any_live = false;
        for (auto const& [number, lane] : lanes_) any_live = any_live || lane.live;
        if (settings_.advance_when_idle && !lanes_.empty() && !any_live)
            watermark_ = std::max(watermark_, now - settings_.bound);
        close_windows();
    }

    /// An item; without a key it belongs to no group.
    void item(std::uint32_t lane, std::int64_t time, std::optional<Key> key, std::int64_t value, std::size_t id) {
        ++items;
        if (settings_.max_ahead && now_ && time > *now_ + *settings_.max_ahead) {
            future.push_back(id);
            return;
        }
        lane_state& mine = lanes_[lane];
        mine.live = true;
        mine.greatest = mine.greatest ? std::max(*mine.greatest, time) : time;
        move_watermark();
        if (!key) {
            ++null_keys;
            return;
        }
        std::int64_t const since = time - settings_.offset;
        std::int64_t const number = since / settings_.size - (since % settings_.size < 0 ? 1 : 0);
        std::int64_t const end = settings_.offset + (number + 1) * settings_.size;
        if (watermark_ >= end + settings_.lateness) {
            late.push_back(id);
            return;
        }
        window& into = windows_[end];
        auto const [at, first_seen] = into.number_of.try_emplace(*key, into.groups.size());
        if (first_seen) into.groups.push_back({*key, {}});
        into.groups[at->second].values.push_back(value);
        into.ids.push_back(id);
        if (watermark_ < end) return;
        into.out = true;
        rows.push_back(row_of(end, into.groups[at->second]));  // a correction
    }

    /// Nothing follows: the watermark moves to the end of time.
    void end() {
        watermark_ = std::numeric_limits<std::int64_t>::max() / 2;
        close_windows();
    }

    // What came of it all, in order.
    std::vector<oracle_row<Key>> rows{};
    std::vector<std::size_t> late{};    ///< items whose windows were all over
    std::vector<std::size_t> future{};  ///< items too far ahead of the clock
    std::uint64_t items = 0;
    std::uint64_t null_keys = 0;

    /// Items in windows whose first result is not out yet.
    [[nodiscard]] std::uint64_t in_flight() const {
        std::uint64_t sum = 0;
        for (auto const& [end, each] : windows_)
            if (watermark_ < end) sum += each.ids.size();
        return sum;
    }

    /// The first item that may still be needed, because its window can still change.
    [[nodiscard]] std::optional<std::size_t> oldest_held() const {
        std::optional<std::size_t> oldest;
        for (auto const& [end, each] : windows_)
            for (std::size_t id : each.ids) oldest = oldest ? std::min(*oldest, id) : id;
        return oldest;
    }

    [[nodiscard]] std::int64_t watermark() const { return watermark_; }

private:
    struct lane_state {
        bool live = false;
        std::optional<std::int64_t> greatest{};
    };
    struct group {
        Key key;
        std::vector<std::int64_t> values;
    };
    struct window {
        std::vector<group> groups{};  ///< in the order in which their keys were first seen
        std::map<Key, std::size_t> number_of{};
        std::vector<std::size_t> ids{};
        bool out = false;
    };

    [[nodiscard]] oracle_row<Key> row_of(std::int64_t end, group const& of) const {
        oracle_row<Key> row{end - settings_.size, end, of.key, of.values.size(), 0, of.values.front(),
                            of.values.front(),    0};
        for (std::int64_t value : of.values) {
            row.sum += value;
            row.least = std::min(row.least, value);
            row.greatest = std::max(row.greatest, value);
        }
        row.distinct = std::set<std::int64_t>(of.values.begin(), of.values.end()).size();
        return row;
    }

    /// The minimum of the live lanes' watermarks; never back.
    void move_watermark() {
        std::optional<std::int64_t> least;
        for (auto const& [number, lane] : lanes_) {
            if (!lane.live) continue;
            if (!lane.greatest) return;  // it promises nothing yet
            std::int64_t const mine = *lane.greatest - settings_.bound;
            least = least ? std::min(*least, mine) : mine;
        }
        if (least && *least > watermark_) watermark_ = *least;
        close_windows();
    }

    void close_windows() {
        for (auto& [end, each] : windows_) {  // by end
            if (watermark_ < end || each.out) continue;
            each.out = true;
            for (group const& one : each.groups) rows.push_back(row_of(end, one));
        }
        while (!windows_.empty() && watermark_ >= windows_.begin()->first + settings_.lateness)
            windows_.erase(windows_.begin());
    }

    oracle_settings settings_;
    std::int64_t watermark_ = std::numeric_limits<std::int64_t>::min() / 2;
    std::optional<std::int64_t> now_{};
    std::map<std::uint32_t, lane_state> lanes_;
    std::map<std::int64_t, window> windows_;
};

}  // namespace weir_test
