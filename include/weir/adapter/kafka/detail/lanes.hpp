// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <weir/base/detail/series.hpp>
#include <weir/time/timestamp.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <limits>
#include <string>
#include <string_view>
#include <vector>

namespace weir::kafka::detail {

inline constexpr std::int64_t unknown_offset = -1;
inline constexpr std::int64_t no_end = std::numeric_limits<std::int64_t>::max();

/// One partition of a topic, as the source sees it.
struct lane {
    enum class ownership {
        none,       ///< not ours
        assigned,   ///< ours
        suspended,  ///< taken for a rebalance, and perhaps given back by it
    };

    std::string topic{};
    std::string name{};  ///< `topic/partition`
    std::int32_t partition = 0;
    std::uint32_t number = 0;
    ownership owned = ownership::none;
    bool lost = false;        ///< suspended without our consent: what we know of it is out of date
    bool opened = false;      ///< the stages behind know of it
    bool paused = false;
    bool at_end = false;      ///< the broker said that nothing was waiting, and nothing came since
    bool idle = false;
    bool done = false;        ///< `until_end`: everything wanted was read
    std::uint32_t generation = 0;              ///< counts how often it was begun elsewhere than where we had stopped
    std::uint32_t repeats = 0;                 ///< passing errors since the last record
    std::int64_t next = unknown_offset;        ///< the first offset not yet read; anything below it is a repetition
    std::int64_t end = no_end;                 ///< `until_end`: the first offset not wanted
    std::int64_t first_end = no_end;           ///< where it ended when it was first assigned, if that is asked for
    std::int64_t acknowledged = unknown_offset;  ///< everything below it has reached its end
    std::int64_t committed = unknown_offset;     ///< what the broker has been told
    std::uint64_t read_in = 0;                 ///< the last poll that read of it
    timestamp quiet_since = beginning_of_time;
};

/// All partitions met so far. A lane's number and address stay what they are.
class lane_table {
public:
    [[nodiscard]] lane* find(std::string_view topic, std::int32_t partition) noexcept {
        for (lane& each : lanes_)
            if (each.partition == partition && each.topic == topic) return &each;
        return nullptr;
    }
    lane& find_or_add(std::string_view topic, std::int32_t partition) {
        if (lane* const known = find(topic, partition)) return *known;
        lane& added = lanes_.emplace_back();
        added.topic = topic;
        added.partition = partition;
        added.name = added.topic + "/" + std::to_string(partition);
        added.number = static_cast<std::uint32_t>(lanes_.size() - 1);
        return added;
    }
    [[nodiscard]] lane& operator[](std::uint32_t number) noexcept { return lanes_[number]; }
    [[nodiscard]] std::size_t size() const noexcept { return lanes_.size(); }
    [[nodiscard]] auto begin() noexcept { return lanes_.begin(); }
    [[nodiscard]] auto end() noexcept { return lanes_.end(); }

private:
    std::deque<lane> lanes_{};
};

/// Which offsets were read in which poll, until they are acknowledged.
///
/// One entry for each partition and poll. While windows hold their input for long, polls would pile up; beyond a limit
/// every other entry of a lane is left out, which acknowledges the same offsets a little later and never too early.
class read_log {
public:
    void note(lane const& read, std::uint64_t epoch) {
        entries_.push_back({epoch, read.next, read.number, read.generation});
        if (entries_.size() - first_ >= limit_) thin_out();
    }

    /// Marks as acknowledged what was read in polls before `epoch`.
    void acknowledge(std::uint64_t epoch, lane_table& lanes) {
        for (; first_ < entries_.size() && entries_[first_].epoch < epoch; ++first_) {
            lane& read = lanes[entries_[first_].lane];
            // What was read before the partition was begun elsewhere says nothing about where it stands now.
            if (read.generation == entries_[first_].generation)
                read.acknowledged = std::max(read.acknowledged, entries_[first_].next);
        }
        if (first_ == entries_.size()) {
            entries_.clear();
            first_ = 0;
            limit_ = least_limit;
        } else if (first_ >= 4096 && first_ >= entries_.size() / 2) {
            drop_first();
        }
    }

    [[nodiscard]] std::size_t size() const noexcept { return entries_.size() - first_; }

private:
    struct entry {
        std::uint64_t epoch;
        std::int64_t next;
        std::uint32_t lane;
        std::uint32_t generation;
    };
    static constexpr std::size_t least_limit = 65'536;

    void drop_first() {
        for (std::size_t i = first_; i < entries_.size(); ++i) entries_[i - first_] = entries_[i];
        entries_.shrink_to(size());
        first_ = 0;
    }

    void thin_out() {
        drop_first();
        // An entry goes when the same lane has a later one of the same pair: the later one says more.
        std::vector<std::uint8_t> keep(entries_.size(), 1);
        std::vector<std::uint8_t> second;
        for (std::size_t i = entries_.size(); i-- > 0;) {
            entry const& each = entries_[i];
            if (each.lane >= second.size()) second.resize(each.lane + std::size_t{1}, 0);
            keep[i] = second[each.lane] == 0;
            second[each.lane] ^= 1;
        }
        std::size_t kept = 0;
        for (std::size_t i = 0; i < entries_.size(); ++i)
            if (keep[i]) entries_[kept++] = entries_[i];
        entries_.shrink_to(kept);
        // With more lanes than entries can be dropped, the log must be allowed to grow.
        limit_ = std::max(least_limit, 2 * kept);
    }

    weir::detail::series<entry> entries_{};
    std::size_t first_ = 0;
    std::size_t limit_ = least_limit;
};

}  // namespace weir::kafka::detail
