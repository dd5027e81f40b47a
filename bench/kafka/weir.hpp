// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <weir.hpp>
#include <weir/adapter/kafka.hpp>

#include <stdexcept>

#include "../harness/answer.hpp"
#include "../harness/finish.hpp"
#include "../ndjson_clicks/weir.hpp"
#include "data.hpp"

namespace bench::kafka {

inline auto source_of(filled_topic const& topic) {
    return weir::kafka::source({.brokers = topic.brokers(), .topic = filled_topic::name, .until_end = true});
}

/// Counts records and bytes. The bytes are no part of what is compared, but they must be looked at.
[[gnu::noinline]] inline answer count_by_weir(filled_topic const& topic) {
    answer result;
    auto job = weir::from(source_of(topic)) | weir::call([&result](weir::kafka::record const& each) {
                   ++result.rows;
                   result.checksum += each.payload().size();
               });
    result.items = finish(job).total().in;
    return result;
}

[[gnu::noinline]] inline answer windows_by_weir(filled_topic const& topic) {
    answer result;
    auto job = ndjson_clicks::page_minutes(source_of(topic), result);
    take_ledger(finish(job), result);
    return result;
}

}  // namespace bench::kafka
