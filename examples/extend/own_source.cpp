// SPDX-License-Identifier: Apache-2.0
// weir::range, made again by a stranger: a source is a struct with an `output` and a `poll`.
#include <weir.hpp>
#include <weir/source/range.hpp>

#include <algorithm>
#include <cstdio>
#include <vector>

struct whole_numbers {
    using output = int;
    static constexpr std::string_view name = "range";     // what reports call it; without it, the type's name

    int next, end;

    weir::poll_result poll(auto& out) {
        // `budget` is how many items the host wants from one poll: what is left waits for the next one.
        for (std::size_t left = std::max<std::size_t>(out.budget(), 1); left != 0 && next < end; --left) out.emit(next++);
        return next < end ? weir::poll_result::ready : weir::poll_result::end;
    }
};

/// What comes out of a source, and what the ledger says of it.
std::pair<std::vector<int>, std::string> outcome_of(auto source) {
    std::vector<int> items;
    auto job = weir::from(std::move(source)) | weir::call([&](int n) { items.push_back(n); });
    weir::report const report = weir::run(job, {.budget = 3});
    return {items, to_string(report)};
}

int main() {
    auto const [items, ledger] = outcome_of(whole_numbers{.next = 1, .end = 8});
    for (int n : items) std::printf("%d ", n);
    std::printf("\n%s", ledger.c_str());

    bool const equal = outcome_of(whole_numbers{.next = 1, .end = 8}) == outcome_of(weir::range(1, 8));
    std::printf("%s\n", equal ? "the same as weir::range" : "NOT the same as weir::range");
    return equal ? 0 : 1;
}
