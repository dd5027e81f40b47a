// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <weir/codec/avro.hpp>
#include <weir/time/timestamp.hpp>

#include <cstdint>
#include <string_view>

namespace pageviews {

/// A record of the topic. `viewtime` counts 1, 11, 21, …: it is no clock.
struct pageview {
    std::int64_t viewtime;
    std::string_view userid = "unknown";  ///< what it is for writers that no longer say it
    std::string_view pageid;
};

/// A row of `pageviews`.
struct stored_view {
    std::int64_t viewtime;
    std::string_view userid;
    std::string_view pageid;
    weir::timestamp ts;
};

/// A row of `pageviews_per_minute`.
struct page_minute {
    weir::timestamp window_start;
    std::string_view pageid;
    std::uint64_t views;
    std::uint64_t users;
};

/// An operator of our own: the view with the time of its record, which stands in the stamp.
struct with_time {
    using output = stored_view;
    static constexpr std::string_view name = "with_time";
    void on_item(pageview const& view, auto& out) { out.emit(stored_view{view.viewtime, view.userid, view.pageid, out.at().time}); }
};

}  // namespace pageviews

/// Writers that call the page `page` are understood too.
template <>
struct weir::members_of<pageviews::pageview> {
    using view = pageviews::pageview;
    static constexpr auto value = weir::members(weir::unrenamed<&view::viewtime>, weir::unrenamed<&view::userid>,
                                                weir::member<"pageid", &view::pageid>.with(weir::avro::aliases("page")));
};
