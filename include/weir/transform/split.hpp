// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <weir/base/detail/invoke.hpp>
#include <weir/base/detail/order.hpp>
#include <weir/pipeline/boxed.hpp>
#include <weir/pipeline/emitter.hpp>
#include <weir/pipeline/pipe.hpp>

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <tuple>
#include <type_traits>
#include <utility>
#include <vector>

namespace weir {

namespace detail {

/// Several flows side by side behind one stage, each with the count of the items that it was given.
template <class... Flows>
class branch_set {
public:
    explicit branch_set(Flows... flows) : flows_(std::move(flows)...) {}

    template <std::size_t I, class Item>
    WEIR_INLINE void accept(Item const& item, stamp const& at) {
        ++counts_[I];
        std::get<I>(flows_).accept(item, at);
    }
    template <std::size_t I, class Item>
    WEIR_INLINE void accept_batch(std::span<Item const> items, stamp const& at) {
        counts_[I] += items.size();
        std::get<I>(flows_).accept_batch(items, at);
    }
    void lane(lane_event event) {
        std::apply([&](auto&... branch) { (branch.lane(event), ...); }, flows_);
    }
    void visit(auto&& visit_one) {
        std::apply([&](auto&... branch) { (visit_one(branch), ...); }, flows_);
    }
    void account(auto&& visit_one, int depth) {
        [&]<std::size_t... I>(std::index_sequence<I...>) {
            (std::get<I>(flows_).account(counts_[I], visit_one, depth), ...);
        }(std::index_sequence_for<Flows...>{});
    }
    /// Whether every branch wants nothing more.
    [[nodiscard]] bool satisfied() const {
        return std::apply([](auto const&... branch) { return (branch.satisfied() && ...); }, flows_);
    }
    [[nodiscard]] std::uint64_t given() const noexcept {
        std::uint64_t sum = 0;
        for (std::uint64_t each : counts_) sum += each;
        return sum;
    }

private:
    std::tuple<Flows...> flows_;
    std::array<std::uint64_t, sizeof...(Flows)> counts_{};
};

/// What every stage with branches has to pass on to them.
template <class Branches>
class branching_stage {
public:
    explicit branching_stage(Branches inside) : branches_(std::move(inside)) {}

    void on_lane(lane_event event, auto&) { branches_.lane(event); }
    void branches(auto&& visit_one) { branches_.visit(visit_one); }
    void account_branches(auto&& visit_one, int depth) { branches_.account(visit_one, depth); }

protected:
    Branches branches_;
};

template <class Item, class... Flows>
class split_stage : public branching_stage<branch_set<Flows...>> {
public:
    static constexpr std::string_view name = "split";
    using branching_stage<branch_set<Flows...>>::branching_stage;

    WEIR_INLINE void on_item(Item const& item, auto& out) {
        each([&](auto i) { this->branches_.template accept<i()>(item, out.at()); });
    }
    void on_batch(std::span<Item const> items, auto& out) {
        each([&](auto i) { this->branches_.template accept_batch<i()>(items, out.at()); });
    }
    [[nodiscard]] bool satisfied() const { return this->branches_.satisfied(); }
    void account(tally& count) const {
        count.passed = count.in;
        count.emitted = this->branches_.given();
    }

private:
    template <class Call>
    WEIR_INLINE static void each(Call&& call) {
        [&]<std::size_t... I>(std::index_sequence<I...>) {
            (call(std::integral_constant<std::size_t, I>{}), ...);
        }(std::index_sequence_for<Flows...>{});
    }
};

template <class Item, class Predicate, class IfTrue, class IfFalse>
class split_by_stage : public branching_stage<branch_set<IfTrue, IfFalse>> {
public:
    static constexpr std::string_view name = "split_by";

    split_by_stage(Predicate predicate, branch_set<IfTrue, IfFalse> inside)
        : branching_stage<branch_set<IfTrue, IfFalse>>(std::move(inside)), predicate_(std::move(predicate)) {}

    WEIR_INLINE void on_item(Item const& item, auto& out) {
        if (detail::invoke(predicate_, item)) this->branches_.template accept<0>(item, out.at());
        else this->branches_.template accept<1>(item, out.at());
    }
    [[nodiscard]] bool satisfied() const { return this->branches_.satisfied(); }
    void account(tally& count) const {
        count.passed = count.in;
        count.emitted = this->branches_.given();
    }

private:
    Predicate predicate_;
};

/// Branches chosen at run time.
template <class T, class Known>
class split_boxes_stage {
public:
    static constexpr std::string_view name = "split";

    explicit split_boxes_stage(std::vector<boxed<T, Known>> boxes) : boxes_(std::move(boxes)) {}

    void on_item(T const& item, auto& out) {
        for (auto& box : boxes_) box.accept(item, out.at());
    }
    void on_batch(std::span<T const> items, auto& out) {
        for (auto& box : boxes_) box.accept_batch(items, out.at());
    }
    void on_lane(lane_event event, auto&) {
        for (auto& box : boxes_) box.lane(event);
    }
    void branches(auto&& visit_one) {
        for (auto& box : boxes_) visit_one(box);
    }
    void account_branches(auto&& visit_one, int depth) {
        for (auto& box : boxes_) box.account(visit_one, depth);
    }
    void account(tally& count) const {
        count.passed = count.in;
        count.emitted = count.in * boxes_.size();
    }
    void close() {
        for (auto& box : boxes_) box.close();
    }
    [[nodiscard]] bool ready() const {
        return holds_for_all(boxes_, [](auto const& box) { return box.ready(); });
    }
    [[nodiscard]] bool waiting() const {
        return holds_for_any(boxes_, [](auto const& box) { return box.waiting(); });
    }
    [[nodiscard]] bool busy() const {
        return holds_for_any(boxes_, [](auto const& box) { return box.busy(); });
    }
    [[nodiscard]] bool satisfied() const {
        return !boxes_.empty() &&
               holds_for_all(boxes_, [](auto const& box) { return box.satisfied(); });
    }
    [[nodiscard]] std::uint64_t oldest_held() const {
        std::uint64_t oldest = nothing_held;
        for (auto const& box : boxes_) oldest = min_of(oldest, box.oldest_held());
        return oldest;
    }
    [[nodiscard]] timestamp next_wake() const {
        timestamp soonest = end_of_time;
        for (auto const& box : boxes_) soonest = min_of(soonest, box.next_wake());
        return soonest;
    }
    [[nodiscard]] error const* failure() const {
        for (auto const& box : boxes_)
            if (error const* why = box.failure()) return why;
        return nullptr;
    }

private:
    std::vector<boxed<T, Known>> boxes_;
};

/// The branches made to fit behind a stream, each with a copy of what is known of it; `broken` when one does not fit.
template <class Stream, class... Branches>
constexpr auto bind_branches(Stream const& before, Branches&&... branches) {
    if constexpr ((std::is_same_v<decltype(bind_branch(before, std::forward<Branches>(branches))), broken> || ...))
        return broken{};
    else return branch_set(bind_branch(before, std::forward<Branches>(branches))...);
}

template <class... Branches>
struct split_blueprint {
    using is_blueprint = void;
    using takes_changes = void;
    std::tuple<Branches...> branches;

    template <class Stream>
    constexpr auto bind(Stream& before) && {
        auto bound = std::apply([&](auto&... branch) { return bind_branches(before, std::move(branch)...); }, branches);
        return finish<typename Stream::item>(std::move(bound));
    }

private:
    template <class Item, class... Flows>
    static constexpr auto finish(branch_set<Flows...> bound) {
        return split_stage<Item, Flows...>(std::move(bound));
    }
    template <class Item>
    static constexpr broken finish(broken) {
        return {};
    }
};

template <class Predicate, class IfTrue, class IfFalse>
struct split_by_blueprint {
    using is_blueprint = void;
    using takes_changes = void;
    Predicate predicate;
    IfTrue if_true;
    IfFalse if_false;

    template <class Stream>
    constexpr auto bind(Stream& before) && {
        using item = typename Stream::item;
        if constexpr (changing<Stream>) {
            static_assert(never<Stream>, "weir: rows of this stream come anew when they change, and one that has to change branches would "
                                         "stay in both. Use `split` with a `filter` in each branch.");
            return broken{};
        } else if constexpr (!std::is_invocable_r_v<bool, Predicate&, item const&>) {
            static_assert(never<Stream>,
                          "weir: the predicate given to `split_by` cannot be called with the item that comes before "
                          "it, or does not return bool.");
            return broken{};
        } else {
            return finish<item>(bind_branches(before, std::move(if_true), std::move(if_false)));
        }
    }

private:
    template <class Item, class True, class False>
    constexpr auto finish(branch_set<True, False> bound) {
        return split_by_stage<Item, Predicate, True, False>(std::move(predicate), std::move(bound));
    }
    template <class Item>
    static constexpr broken finish(broken) {
        return {};
    }
};

}  // namespace detail

/// Ends the pipeline in several branches: each item goes to all of them, in the order in which they stand here.
///
/// A branch is a sink, or `chain(...) | ...` that ends in one. Event time, key and window are as they were before it.
/// The job is held up while any branch is. Costs a call a branch, no copy.
template <class... Branches>
[[nodiscard]] constexpr auto split(Branches&&... branches) {
    static_assert(sizeof...(Branches) > 0, "weir: `split` needs a branch.");
    return detail::split_blueprint<std::remove_cvref_t<Branches>...>{{std::forward<Branches>(branches)...}};
}

/// The same for branches that are known only at run time, by an option or a configuration file.
template <class T, class Known>
[[nodiscard]] auto split(std::vector<boxed<T, Known>> branches) {
    return detail::split_boxes_stage<T, Known>(std::move(branches));
}

/// Ends the pipeline in two branches: items for which `predicate(item)` is true go to the first, the others to the
/// second.
template <class Predicate, class IfTrue, class IfFalse>
[[nodiscard]] constexpr auto split_by(Predicate predicate, IfTrue&& if_true, IfFalse&& if_false) {
    return detail::split_by_blueprint<Predicate, std::remove_cvref_t<IfTrue>, std::remove_cvref_t<IfFalse>>{
        std::move(predicate), std::forward<IfTrue>(if_true), std::forward<IfFalse>(if_false)};
}

}  // namespace weir
