// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <weir/base/arena.hpp>
#include <weir/base/detail/owner.hpp>
#include <weir/base/detail/series.hpp>

#include <cstddef>
#include <utility>

namespace weir::detail {

/// The memory of states that wait for their turn, given back part by part: so many states that came one behind the other
/// share an arena, which is used anew when the last of them has left.
class lift_memory {
public:
    struct part {
        arena memory{};
        std::size_t lifted = 0;   ///< states made in it
        std::size_t waiting = 0;  ///< of them, those that have not left
    };

    /// The part for the next state, which counts as waiting in it from now on.
    [[nodiscard]] part& enter() {
        if (!current_ || current_->lifted == most) begin();
        ++current_->lifted;
        ++current_->waiting;
        return *current_;
    }

    /// A state has left.
    void leave(part& from) noexcept {
        if (--from.waiting != 0) return;
        from.memory.clear();
        from.lifted = 0;
        if (&from != current_) free_.push_back(&from);
    }

    [[nodiscard]] std::size_t parts() const noexcept { return all_.size(); }

private:
    static constexpr std::size_t most = 512;

    void begin() {
        if (free_.empty()) {
            all_.push_back(owner<part>(new part));
            current_ = all_.back().get();
        } else {
            current_ = free_.back();
            free_.pop_back();
        }
    }

    series<owner<part>> all_;
    series<part*> free_;
    part* current_ = nullptr;
};

/// What stands for it where states refer to no memory.
struct no_lift_memory {
    struct part {};
};

}  // namespace weir::detail
