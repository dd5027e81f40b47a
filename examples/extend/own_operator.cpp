// SPDX-License-Identifier: Apache-2.0
// weir::filter, made again by a stranger, twice: as a plain operator for one type of item, and as a blueprint, which is
// made to measure for whatever stream it stands behind.
#include <weir.hpp>
#include <weir/source/range.hpp>

#include <cstdio>
#include <vector>

/// A plain operator: an `output` and an `on_item`. `account` says what became of the items; without it each item that
/// came in counts as passed.
struct keep_even {
    using output = int;
    static constexpr std::string_view name = "filter";

    std::uint64_t left_out = 0;

    void on_item(int const& n, auto& out) {
        if (n % 2 == 0) out.emit(n);
        else ++left_out;
    }
    void account(weir::tally& count) const {
        count.filtered = left_out;
        count.passed = count.emitted = count.in - left_out;
    }
};

template <class Item, class Predicate>
struct keep_if_stage {
    using output = Item;
    static constexpr std::string_view name = "filter";

    Predicate keep;
    std::uint64_t left_out = 0;

    void on_item(Item const& item, auto& out) {
        if (keep(item)) out.emit(item);
        else ++left_out;
    }
    void account(weir::tally& count) const {
        count.filtered = left_out;
        count.passed = count.emitted = count.in - left_out;
    }
};

/// A blueprint: `bind` is given what the compiler knows of the stream, and returns the stage that fits behind it.
template <class Predicate>
struct keep_if {
    using is_blueprint = void;
    Predicate keep;

    template <class Stream>
    auto bind(Stream&) && {
        return keep_if_stage<typename Stream::item, Predicate>{std::move(keep)};
    }
};

/// What comes out of an operator, and what the ledger says of it.
std::pair<std::vector<int>, std::string> outcome_of(auto stage) {
    std::vector<int> items;
    auto job = weir::from(weir::range(1, 8)) | std::move(stage) | weir::call([&](int n) { items.push_back(n); });
    weir::report const report = weir::run(job);
    return {items, to_string(report)};
}

int main() {
    auto const even = [](int n) { return n % 2 == 0; };
    auto const [items, ledger] = outcome_of(keep_even());
    for (int n : items) std::printf("%d ", n);
    std::printf("\n%s", ledger.c_str());

    bool const equal = outcome_of(keep_even()) == outcome_of(weir::filter(even)) &&
                       outcome_of(keep_if{even}) == outcome_of(weir::filter(even));
    std::printf("%s\n", equal ? "both the same as weir::filter" : "NOT the same as weir::filter");
    return equal ? 0 : 1;
}
