// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <weir/pipeline/misfit.hpp>
#include <weir/pipeline/stamp.hpp>
#include <weir/pipeline/stream.hpp>
#include <weir/testing/detail/kept_texts.hpp>

#include <concepts>
#include <cstddef>
#include <memory>
#include <string_view>
#include <utility>
#include <vector>

namespace weir::testing {

/// An item that came out, and its stamp.
template <class T>
struct collected {
    T item;
    stamp at{};
};

namespace detail {

template <class T>
struct collection {
    std::vector<collected<T>> entries{};
    kept_texts texts{};

    void add(auto const& item, stamp const& at) {
        entries.push_back({T(item), at});
        texts.own(entries.back().item);
    }
};

template <class T>
struct collector_stage {
    static constexpr std::string_view name = "collector";

    std::shared_ptr<collection<T>> into;

    void on_item(auto const& item, auto& out)
        requires std::constructible_from<T, decltype(item)>
    {
        into->add(item, out.at());
    }
};

}  // namespace detail

/// Collects items and their stamps, for a test to look at: `late_to(late.sink())`, `dead_letters_to(...)`, or a job's end.
///
/// `T` is the item's type or one that is made of it. Texts that an item borrows (`std::string_view` at any depth) are
/// copied and live as long as any copy of the collector, or of its sinks; an item that borrows anything else is refused.
/// Copies share what they collect. The sink is for one thread at a time.
template <class T>
class collector {
    static_assert(detail::texts_can_be_kept<T>(),
                  "weir: `testing::collector` keeps the texts that an item borrows, but this item borrows other memory (a span, a "
                  "pointer, or a class that weir cannot look into). Put `| weir::to<a_struct_that_owns>()` before it.");

public:
    collector() : seen_(std::make_shared<detail::collection<T>>()) {}

    /// A sink that collects into this collector.
    [[nodiscard]] auto sink() const { return detail::collector_stage<T>{seen_}; }

    /// What was collected, in order.
    [[nodiscard]] std::vector<collected<T>> const& entries() const { return seen_->entries; }
    /// The items alone, in order.
    [[nodiscard]] std::vector<T> items() const {
        std::vector<T> all;
        for (auto const& each : seen_->entries) all.push_back(each.item);
        return all;
    }
    /// What was collected since it was last taken, in order. Texts live on as long as the collector.
    [[nodiscard]] std::vector<collected<T>> take() { return std::exchange(seen_->entries, {}); }
    [[nodiscard]] std::size_t size() const { return seen_->entries.size(); }
    [[nodiscard]] bool empty() const { return seen_->entries.empty(); }

private:
    std::shared_ptr<detail::collection<T>> seen_;
};

}  // namespace weir::testing
