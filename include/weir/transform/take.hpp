// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <weir/base/detail/order.hpp>
#include <weir/pipeline/emitter.hpp>
#include <weir/pipeline/pipe.hpp>

#include <cstddef>
#include <cstdint>
#include <span>
#include <utility>

namespace weir {

namespace detail {

template <class Item>
class take_stage {
public:
    using output = Item;
    static constexpr std::string_view name = "take";

    explicit take_stage(std::uint64_t count) : left_(count) {}

    WEIR_INLINE void on_item(Item const& item, auto& out) {
        if (left_ == 0) {
            ++filtered_;
        } else {
            --left_;
            out.emit(item);
        }
    }
    void on_batch(std::span<Item const> items, auto& out) {
        auto const count = static_cast<std::size_t>(min_of<std::uint64_t>(left_, items.size()));
        left_ -= count;
        filtered_ += items.size() - count;
        if (count != 0) out.emit_batch(items.first(count), out.at());
    }

    [[nodiscard]] bool satisfied() const { return left_ == 0; }

    void account(tally& count) const {
        count.filtered = filtered_;
        count.passed = count.emitted = count.in - filtered_;
    }

private:
    std::uint64_t left_;
    std::uint64_t filtered_ = 0;
};

struct take_blueprint {
    using is_blueprint = void;
    std::uint64_t count;

    template <class Stream>
    constexpr auto bind(Stream&) && {
        return take_stage<typename Stream::item>(count);
    }
};

}  // namespace detail

/// Lets the first `count` items pass and then ends the input: the source is not read on, windows close, sinks flush.
///
/// What came in the same poll behind them is counted as filtered, and is acknowledged to the source like everything
/// else. Behind an aggregate it counts rows. As a branch of a `split` it ends the input only when every branch wants no
/// more.
[[nodiscard]] constexpr auto take(std::uint64_t count) { return detail::take_blueprint{count}; }

}  // namespace weir
