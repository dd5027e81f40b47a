// SPDX-License-Identifier: Apache-2.0
#pragma once
#include "event.hpp"
#include "options.hpp"

#include <weir/adapter/redis.hpp>
#include <weir/pipeline/boxed.hpp>

#include <chrono>

namespace feature_store {

/// Where counts go: fields of hashes in Redis, or a file of the same rows.
inline weir::boxed<page_count> counts_out(options const& chosen) {
    if (!chosen.output.empty()) return weir::boxed<page_count>(weir::file(chosen.output, weir::csv({.header = false, .line_end = "\n"})));
    weir::redis::options to{.url = chosen.redis, .database = chosen.database, .user = chosen.user, .password = chosen.password};
    to.key = key_of_counts;
    to.field = "{window_end}";
    to.value = "{count}";
    to.times = weir::redis::time_text::iso_without_zone;
    to.batch.retry.give_up_after = std::chrono::seconds(chosen.give_up_after);
    return weir::boxed<page_count>(weir::redis::sink(to));
}

}  // namespace feature_store
