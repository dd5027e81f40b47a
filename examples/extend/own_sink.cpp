// SPDX-License-Identifier: Apache-2.0
// weir::call and weir::batch, made again by a stranger: a sink is a struct with an `on_item` and no `output`. One that
// holds items back says so by a few more members, and then nothing is acknowledged to the source before it is delivered.
#include <weir.hpp>
#include <weir/sink/batch.hpp>
#include <weir/source/range.hpp>

#include <algorithm>
#include <cstdio>
#include <span>
#include <string>
#include <vector>

/// What the host was given, as text.
using texts = std::vector<std::string>;

std::string listed(std::span<int const> items) {
    std::string text;
    for (int n : items) text += (text.empty() ? "" : " ") + std::to_string(n);
    return text;
}

/// weir::call with a function that writes each item down.
struct write_down {
    static constexpr std::string_view name = "call";
    texts* to;

    void on_item(int const& n) { to->push_back(std::to_string(n)); }
};

/// weir::batch: the items in threes.
struct write_down_in_threes {
    static constexpr std::string_view name = "batch";
    static constexpr bool keeps_items = true;             // items that borrow memory are refused by the compiler
    texts* to;
    std::vector<int> held{};
    std::uint64_t oldest = weir::nothing_held;
    std::uint64_t delivered = 0;

    void on_item(int const& n, auto& out) {
        oldest = std::min(oldest, out.at().epoch);
        held.push_back(n);
        if (held.size() == 3) deliver();
    }
    void on_end(auto&) { deliver(); }                     // nothing will follow
    void flush(auto&) { deliver(); }                      // the job is being stopped

    std::uint64_t oldest_held() const { return oldest; }  // the source must not forget what was read since then
    void account(weir::tally& count) const {
        count.passed = delivered;
        count.in_flight = held.size();
    }

private:
    void deliver() {
        if (held.empty()) return;
        to->push_back(listed(held));
        delivered += held.size();
        held.clear();
        oldest = weir::nothing_held;
    }
};

/// What a sink was given, and what the ledger says of it. `make` is told where to write.
std::pair<texts, std::string> outcome_of(auto make) {
    texts given;
    auto job = weir::from(weir::range(1, 8)) | make(&given);
    weir::report const report = weir::run(job);
    return {given, to_string(report)};
}

int main() {
    auto const ours = outcome_of([](texts* to) { return weir::call([=](int n) { to->push_back(std::to_string(n)); }); });
    auto const ours_in_threes = outcome_of([](texts* to) {
        return weir::batch({.rows = 3}, [=](std::span<int const> items) {
            to->push_back(listed(items));
            return weir::result<void>();
        });
    });

    auto const [given, ledger] = outcome_of([](texts* to) { return write_down_in_threes{.to = to}; });
    for (std::string const& line : given) std::printf("%s\n", line.c_str());
    std::printf("%s", ledger.c_str());

    bool const equal = outcome_of([](texts* to) { return write_down{.to = to}; }) == ours &&
                       outcome_of([](texts* to) { return write_down_in_threes{.to = to}; }) == ours_in_threes;
    std::printf("%s\n", equal ? "the same as weir::call and weir::batch" : "NOT the same as weir::call and weir::batch");
    return equal ? 0 : 1;
}
