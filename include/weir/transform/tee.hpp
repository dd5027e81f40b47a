// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <weir/transform/split.hpp>

#include <span>
#include <type_traits>
#include <utility>

namespace weir {

namespace detail {

template <class Item, class Flow>
class tee_stage : public branching_stage<branch_set<Flow>> {
public:
    using output = Item;
    static constexpr std::string_view name = "tee";
    static constexpr bool one_to_one = true;
    using branching_stage<branch_set<Flow>>::branching_stage;

    WEIR_INLINE void on_item(Item const& item, auto& out) {
        this->branches_.template accept<0>(item, out.at());
        out.emit(item);
    }
    void on_batch(std::span<Item const> items, auto& out) {
        this->branches_.template accept_batch<0>(items, out.at());
        out.emit_batch(items, out.at());
    }
};

template <class Branch>
struct tee_blueprint {
    using is_blueprint = void;
    using takes_changes = void;
    Branch branch;

    template <class Stream>
    constexpr auto bind(Stream& before) && {
        return finish<typename Stream::item>(bind_branches(std::as_const(before), std::move(branch)));
    }

private:
    template <class Item, class Flow>
    static constexpr auto finish(branch_set<Flow> bound) {
        return tee_stage<Item, Flow>(std::move(bound));
    }
    template <class Item>
    static constexpr broken finish(broken) {
        return {};
    }
};

}  // namespace detail

/// Gives each item to a branch, and then passes it on unchanged: event time, key and window stay.
///
/// The branch is a sink, or `chain(...) | ...` that ends in one. The job is held up while the branch is. A `take`
/// behind it ends the input for the branch too.
template <class Branch>
[[nodiscard]] constexpr auto tee(Branch&& branch) {
    return detail::tee_blueprint<std::remove_cvref_t<Branch>>{std::forward<Branch>(branch)};
}

}  // namespace weir
