// SPDX-License-Identifier: Apache-2.0
// weir::emit::on_update, made again by a stranger: a trigger is a struct with `fires`, asked after each item whether the row
// should come now. And one that the library does not have: early rows at 1, 2, 4, 8, … items, so that a row costs less the
// larger its window is.
#include <weir.hpp>

#include <bit>
#include <cstdio>
#include <string>
#include <vector>

using namespace std::chrono_literals;

struct always {
    bool fires(weir::trigger_view const&) const { return true; }
};

struct when_doubled {
    bool fires(weir::trigger_view const& row) const { return std::has_single_bit(row.items); }
};
static_assert(weir::trigger<always> && weir::trigger<when_doubled>);

struct click {
    std::string_view page;
    weir::timestamp ts;
};

/// The rows of some clicks in windows of a minute, when `emission` says so. The last row comes in any case when a window closes;
/// where it changes nothing it is left out.
std::vector<std::string> rows_of(auto emission) {
    std::vector<click> clicks;
    for (int i = 0; i < 20; ++i) clicks.push_back({.page = i % 7 == 3 ? "/cart" : "/", .ts = weir::timestamp(i * 4s)});

    std::vector<std::string> rows;
    auto job = weir::from(weir::values(clicks)) | weir::event_time<&click::ts>(weir::bounded_out_of_orderness(0s))
             | weir::key_by<&click::page>() | weir::window(weir::tumbling(1min), weir::drop_late, emission)
             | weir::aggregate(weir::count()) | weir::changelog()
             | weir::call([&](auto const& change) {
                   bool const update = change.kind == weir::change_kind::update;
                   if (update && change.before.template get<"count">() == change.template get<"count">()) return;
                   rows.push_back(std::string(update ? "update " : "insert ") +
                                  std::string(change.template get<"page">()) + " " +
                                  std::to_string(change.template get<"count">()));
               });
    weir::run(job);
    return rows;
}

int main() {
    for (std::string const& row : rows_of(weir::emit::when(when_doubled()))) std::printf("%s\n", row.c_str());

    bool const equal = rows_of(weir::emit::when(always())) == rows_of(weir::emit::on_update);
    std::printf("%s\n", equal ? "always: the same as weir::emit::on_update" : "always: NOT the same as weir::emit::on_update");
    return equal ? 0 : 1;
}
