// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <weir/pipeline/emitter.hpp>
#include <weir/time/timestamp.hpp>

#include <cstdint>
#include <type_traits>
#include <utility>

namespace weir {

/// Says that items which come after all their windows have closed are counted and dropped.
struct drop_late_t {};
inline constexpr drop_late_t drop_late{};

/// Where items go which come after all their windows have closed: a sink, or a chain that ends in one.
template <class Branch>
struct late_to_t {
    Branch branch;
};
template <class Branch>
[[nodiscard]] constexpr auto late_to(Branch&& branch) {
    return late_to_t<std::remove_cvref_t<Branch>>{std::forward<Branch>(branch)};
}

/// How long after its end a window can still be corrected; each correction replaces the row. None: zero.
struct allowed_lateness {
    duration value{};
    constexpr explicit allowed_lateness(duration how_long) : value(how_long) {}
};

namespace detail {

template <class Option>
inline constexpr bool is_late_choice = std::is_same_v<Option, drop_late_t>;
template <class Branch>
inline constexpr bool is_late_choice<late_to_t<Branch>> = true;

/// The road of an operator's late items, with their count: `Late` is a flow of items, or `drop_late_t`.
template <class Late>
class late_road {
public:
    static constexpr bool has_branch = !std::is_same_v<Late, drop_late_t>;

    /// Whether watermarks mean something in the branch: it must hear of each in time then.
    static consteval bool hears_watermarks() {
        if constexpr (has_branch) return Late::template hears_watermarks<0, no_tail>();
        else return false;
    }

    explicit late_road(Late late) : late_(std::move(late)) {}

    void take([[maybe_unused]] auto const& item, [[maybe_unused]] stamp const& at) {
        ++items_;
        if constexpr (has_branch) late_.accept(item, at);
    }

    [[nodiscard]] std::uint64_t items() const noexcept { return items_; }

    void account_branches([[maybe_unused]] auto& visit, [[maybe_unused]] int depth) {
        if constexpr (has_branch) late_.account(items_, visit, depth);
    }
    void branches([[maybe_unused]] auto&& visit) {
        if constexpr (has_branch) visit(late_);
    }

private:
    [[no_unique_address]] Late late_;
    std::uint64_t items_ = 0;
};

}  // namespace detail
}  // namespace weir
