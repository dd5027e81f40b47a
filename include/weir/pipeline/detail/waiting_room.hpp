// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <weir/base/detail/order.hpp>
#include <weir/base/detail/poll_memory.hpp>
#include <weir/pipeline/stage.hpp>

#include <cstddef>
#include <cstdint>
#include <string_view>
#include <utility>
#include <vector>

namespace weir::detail {

/// What came while an answer is awaited, in order: items, as `Held` says what they are, and what happened to time and to
/// lanes between them, which must not overtake them.
template <class Held>
class waiting_room {
public:
    [[nodiscard]] bool empty() const noexcept { return next_ == all_.size(); }
    /// How many items wait.
    [[nodiscard]] std::size_t items() const noexcept { return items_; }
    /// How much has come since it was empty, what is out again included: this is what it keeps memory for.
    [[nodiscard]] std::size_t length() const noexcept { return all_.size(); }
    /// The smallest epoch of what waits, or of what waited since it was empty.
    [[nodiscard]] std::uint64_t oldest() const noexcept { return items_ == 0 ? nothing_held : oldest_; }

    void add(Held item, stamp const& at) {
        oldest_ = min_of(oldest_, at.epoch);
        ++items_;
        all_.push_back({.what = kind::item, .item = std::move(item), .at = at});
    }
    /// On to the stages behind, or behind what waits.
    void pass(lane_event event, auto& out) {
        if (empty()) out.lane(event);
        else all_.push_back({.what = kind::lane, .event = event});
    }
    void pass(timestamp watermark, auto& out) {
        if (empty()) out.watermark(watermark);
        // Of several in a row the last one says it all; a source without items may make many while an answer is awaited.
        else if (all_.back().what == kind::watermark) all_.back().at.time = watermark;
        else all_.push_back({.what = kind::watermark, .at = {.time = watermark}});
    }

    /// Lets out what waits, in order, until `take(item, stamp)` returns false: that one stays the first.
    void let_out(auto& out, auto&& take) {
        for (; next_ < all_.size(); ++next_) {
            entry& first = all_[next_];
            if (first.what == kind::lane) out.lane(first.event);
            else if (first.what == kind::watermark) out.watermark(first.at.time);
            else if (!take(first.item, first.at)) return;
            else --items_;
        }
        all_.clear();
        next_ = 0;
        oldest_ = nothing_held;
    }

private:
    enum class kind : unsigned char { item, lane, watermark };
    struct entry {
        kind what = kind::item;
        Held item{};
        stamp at{};
        lane_event event{};
    };

    std::vector<entry> all_{};
    std::size_t next_ = 0;
    std::size_t items_ = 0;
    std::uint64_t oldest_ = nothing_held;
};

/// Memory for the length of a poll, or for as long as something waits in it.
class room_memory {
public:
    /// To be called before anything is put there.
    void begin(bool anything_waits) {
        if (!settled_ || anything_waits) return;
        settled_ = false;
        clear();
    }
    /// Something is handed out: it must stay until the poll after this is over.
    void use() noexcept { settled_ = false; }
    /// All that waited is handed out. What comes in the poll after this may wait again, so it is put elsewhere: a room that is
    /// filled anew by every poll would never let go of anything.
    void turn_over() {
        bytes_ = 0;
        if (handed_out_) return;
        handed_out_ = true;
        current_ = 1 - current_;
        clear();
    }
    void settle() noexcept {
        settled_ = true;
        handed_out_ = false;
    }

    [[nodiscard]] std::string_view copy(std::string_view text) {
        bytes_ += text.size();
        return memory_[current_].copy(text);
    }
    /// How much was copied that waits, or that may be looked at in this poll.
    [[nodiscard]] std::size_t bytes() const noexcept { return bytes_; }
    /// What is taken of it by other hands is not counted in `bytes`.
    [[nodiscard]] poll_memory& uncounted() noexcept { return memory_[current_]; }

private:
    void clear() {
        memory_[current_].clear();
        bytes_ = 0;
    }

    poll_memory memory_[2]{};
    std::size_t current_ = 0;
    std::size_t bytes_ = 0;
    bool settled_ = false;
    bool handed_out_ = false;  ///< the other one is looked at until the poll is over
};

}  // namespace weir::detail
