// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <weir/pipeline/emitter.hpp>

#include <cstddef>
#include <utility>

namespace weir::detail {

/// A flow of light stages while a batch runs through it: it keeps count of what they emit by itself and tells the flow at
/// the end. The counts then stand in registers, where those of the stages would be written for every item, for fear that
/// a function of the host's looks at them.
template <class Flow>
class light_pass {
public:
    explicit light_pass(Flow& owner) noexcept : flow_(&owner) {}
    light_pass(light_pass const&) = delete;
    WEIR_INLINE ~light_pass() {
        [&]<std::size_t... I>(std::index_sequence<I...>) {
            (flow_->template count_emitted<I>(emitted_[I]), ...);
        }(std::make_index_sequence<Flow::size>{});
    }

    template <std::size_t Index, class T, class Tail>
    WEIR_INLINE void accept(T const& item, stamp const& at, Tail& tail) {
        if constexpr (Index == Flow::size) {
            tail.emit(item, at);
        } else {
            auto& target = flow_->template stage<Index>();
            if constexpr (takes_item<std::remove_reference_t<decltype(target)>, T>) {
                target.on_item(item);
            } else {
                emitter<light_pass, Index, Tail> out(*this, tail, at);
                target.on_item(item, out);
            }
        }
    }

    template <std::size_t Index>
    WEIR_INLINE void count_emitted(std::size_t items) noexcept { emitted_[Index] += items; }

    [[nodiscard]] job_context& context() const noexcept { return flow_->context(); }

private:
    Flow* flow_;
    std::size_t emitted_[Flow::size] = {};
};

}  // namespace weir::detail
