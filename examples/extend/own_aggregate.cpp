// SPDX-License-Identifier: Apache-2.0
// weir::count and weir::max, made again by a stranger: an aggregate function is a struct with `init`, `add`, `merge` and
// `result`. What it keeps of a text, it copies into the arena that lives as long as the window.
#include <weir.hpp>

#include <cstdio>
#include <vector>

using namespace std::chrono_literals;

struct visit {
    std::string_view page;
    weir::timestamp ts;
};

struct how_many {
    static constexpr std::string_view name = "count";     // the column's name, unless weir::as<"…"> gives another

    std::uint64_t init() const { return 0; }
    void add(std::uint64_t& state, visit const&) const { ++state; }
    void merge(std::uint64_t& into, std::uint64_t const& other) const { into += other; }
    std::uint64_t result(std::uint64_t const& state) const { return state; }
};

struct last_page {
    static constexpr std::string_view name = "max";

    std::string_view init() const { return {}; }
    void add(std::string_view& state, visit const& v, weir::arena& memory) const {
        if (v.page > state) state = memory.intern(v.page);
    }
    void merge(std::string_view& into, std::string_view const& other, weir::arena& memory) const {
        if (other > into) into = memory.intern(other);
    }
    std::string_view result(std::string_view const& state) const { return state; }
};

/// The rows that two aggregate functions make of some visits.
std::vector<std::string> rows_of(auto first, auto second) {
    weir::timestamp const begin = std::chrono::sys_days(std::chrono::year(2026) / 3 / 1);
    std::vector<std::string> rows;
    auto job = weir::from(weir::values<visit>({{"/", begin}, {"/help", begin + 10s}, {"/cart", begin + 20s}, {"/", begin + 70s}}))
             | weir::event_time<&visit::ts>(weir::bounded_out_of_orderness(0s))
             | weir::window(weir::tumbling(1min), weir::drop_late) | weir::aggregate(first, second)
             | weir::call([&](auto const& row) {
                   auto const& [start, end, count, page] = row.values;
                   rows.push_back(std::to_string(count) + " visits, the last page by name: " + std::string(page));
               });
    weir::run(job);
    return rows;
}

int main() {
    for (std::string const& row : rows_of(how_many(), last_page())) std::printf("%s\n", row.c_str());

    bool const equal = rows_of(how_many(), last_page()) == rows_of(weir::count(), weir::max<&visit::page>());
    std::printf("%s\n", equal ? "the same as weir::count and weir::max" : "NOT the same as weir::count and weir::max");
    return equal ? 0 : 1;
}
