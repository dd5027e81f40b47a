// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <weir.hpp>

#include <cstdint>
#include <string_view>

namespace feature_store {

/// One page view as it stands in the topic. Its JSON has `user_id` and `session_id` too, which nothing here looks at.
struct page_view {
    std::string_view page;
    weir::timestamp timestamp;
};

/// How often a page was seen in the minute that ends here: a field of the hash `click_count:<page>`.
struct page_count {
    weir::timestamp window_end;
    std::string_view page;
    std::uint64_t count;
};

inline constexpr char key_of_counts[] = "click_count:{page}";

}  // namespace feature_store
