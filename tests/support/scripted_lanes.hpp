// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <weir/pipeline/stage.hpp>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <variant>
#include <vector>

namespace weir_test {

/// Texts that live as long as one poll of a scripted source; a view into them that is used later is a use after free.
class poll_memory {
public:
    [[nodiscard]] std::string_view keep(std::string_view text) {
        auto copy = std::make_unique<char[]>(text.size() + 1);
        text.copy(copy.get(), text.size());
        texts_.push_back(std::move(copy));
        return {texts_.back().get(), text.size()};
    }
    void release() { texts_.clear(); }

private:
    std::vector<std::unique_ptr<char[]>> texts_;
};

/// What a script holds may own its texts and lend them to the items made of it: `Item borrow(poll_memory&) const`.
template <class Scripted>
concept lends = requires(Scripted const& scripted, poll_memory& memory) { scripted.borrow(memory); };

/// What a source with several lanes does, in order: items with their stamps, what happens to lanes, and where polls end.
template <class Scripted>
class lane_script {
public:
    struct item_said {
        Scripted item;
        weir::stamp at;
    };
    struct lane_named {
        std::uint32_t lane;
        std::string name;
    };
    struct poll_over {};
    using action = std::variant<item_said, lane_named, weir::lane_event, poll_over>;

    lane_script& emit(Scripted item, weir::stamp at = {}) { return add<item_said>(std::move(item), at); }
    lane_script& name(std::uint32_t lane, std::string name) { return add<lane_named>(lane, std::move(name)); }
    lane_script& tell(weir::lane_event event) { return add<weir::lane_event>(event); }
    lane_script& opened(std::uint32_t lane) { return tell({lane, weir::lane_event::kind::opened}); }
    lane_script& idle(std::uint32_t lane) { return tell({lane, weir::lane_event::kind::idle}); }
    lane_script& ended(std::uint32_t lane) { return tell({lane, weir::lane_event::kind::ended}); }
    /// The poll ends here, even if its budget allows more.
    lane_script& end_poll() { return add<poll_over>(); }

    [[nodiscard]] std::vector<action> const& actions() const noexcept { return actions_; }

private:
    template <class Action>
    lane_script& add(auto&&... parts) {
        actions_.emplace_back(Action{std::forward<decltype(parts)>(parts)...});
        return *this;
    }

    std::vector<action> actions_;
};

/// How far a scripted source is, for the test that watches it.
struct script_progress {
    std::size_t actions = 0;                   ///< how many of the script's actions are done
    std::vector<std::uint64_t> item_epochs{};  ///< the poll in which each item was emitted
    std::uint64_t acknowledged = 0;            ///< everything emitted in polls before this one has reached its end
};

/// A source that plays a script: at most a budget's worth of items a poll, then the end (or, `endless`, idle polls).
///
/// With `side_by_side`, items that follow one another on one lane at counting positions are emitted as a batch.
template <class Scripted>
class scripted_lanes {
    template <class S>
    static auto item_of(S const& scripted, [[maybe_unused]] poll_memory& memory) {
        if constexpr (lends<S>) return scripted.borrow(memory);
        else return scripted;
    }

public:
    using output = decltype(item_of(std::declval<Scripted const&>(), std::declval<poll_memory&>()));
    static constexpr std::string_view name = "scripted lanes";

    explicit scripted_lanes(lane_script<Scripted> script, bool side_by_side = false, bool endless = false)
        : script_(std::make_shared<lane_script<Scripted> const>(std::move(script))), side_by_side_(side_by_side),
          endless_(endless) {}

    [[nodiscard]] std::shared_ptr<script_progress const> progress() const { return progress_; }

    weir::poll_result poll(auto& out) {
        memory_->release();
        auto const& actions = script_->actions();
        std::size_t& next = progress_->actions;
        std::size_t left = out.budget() == 0 ? 1 : out.budget();
        bool over = false;
        while (next < actions.size() && !over) {
            auto const* said = std::get_if<said_type>(&actions[next]);
            if (!said) {
                over = tell(actions[next++], out);
                continue;
            }
            if (left == 0) break;
            std::size_t const count = side_by_side_ ? run_length(next, left) : 1;
            batch_.clear();
            for (std::size_t i = 0; i < count; ++i) {
                batch_.push_back(item_of(std::get<said_type>(actions[next + i]).item, *memory_));
                progress_->item_epochs.push_back(out.epoch());
            }
            next += count;
            left -= count;
            if (side_by_side_) out.emit_batch(std::span<output const>(batch_), said->at);
            else out.emit(batch_.front(), said->at);
        }
        if (next < actions.size()) return weir::poll_result::ready;
        return endless_ ? weir::poll_result::idle : weir::poll_result::end;
    }
    void acknowledge(std::uint64_t epoch) {
        progress_->acknowledged = epoch;
        memory_->release();
    }

private:
    using said_type = typename lane_script<Scripted>::item_said;

    /// Does what is not an item; true when the poll ends with it.
    static bool tell(typename lane_script<Scripted>::action const& one, auto& out) {
        if (auto const* event = std::get_if<weir::lane_event>(&one)) out.lane(*event);
        else if (auto const* named = std::get_if<typename lane_script<Scripted>::lane_named>(&one))
            out.name_lane(named->lane, named->name);
        else return true;
        return false;
    }

    /// How many items from here on fit into one batch.
    [[nodiscard]] std::size_t run_length(std::size_t from, std::size_t most) const {
        auto const& actions = script_->actions();
        weir::stamp const first = std::get<said_type>(actions[from]).at;
        std::size_t count = 1;
        for (; count < most && from + count < actions.size(); ++count) {
            auto const* said = std::get_if<said_type>(&actions[from + count]);
            if (!said || said->at.lane != first.lane || said->at.position != first.position + count ||
                said->at.time != first.time)
                break;
        }
        return count;
    }

    std::shared_ptr<lane_script<Scripted> const> script_;
    std::shared_ptr<script_progress> progress_ = std::make_shared<script_progress>();
    std::unique_ptr<poll_memory> memory_ = std::make_unique<poll_memory>();
    std::vector<output> batch_;
    bool side_by_side_;
    bool endless_;
};

}  // namespace weir_test
