// SPDX-License-Identifier: Apache-2.0
// needs: simdjson
//
// Problem: clicks as newline-delimited JSON, about 170 bytes and seven fields each: how many had each (page, country)
// in each minute? Against the same written by hand on simdjson, and against simdjson alone, which only reads the
// fields.

#include "../harness/suite.hpp"
#include "by_hand.hpp"
#include "data.hpp"
#include "simdjson_alone.hpp"
#include "weir.hpp"

#include <memory>

namespace bench {

namespace {

std::shared_ptr<ndjson_clicks::clicks const> two_million_clicks() {
    return std::make_shared<ndjson_clicks::clicks const>(ndjson_clicks::make_clicks(2'000'000));
}

}  // namespace

suite problems() {
    using namespace ndjson_clicks;
    suite all;
    all.comparisons.push_back({"ndjson_clicks/by_hand", 1.10, [](paired_options const& options) {
                                   auto const data = two_million_clicks();
                                   return sides{
                                       [data] { return by_weir(*data); },
                                       fastest_of({{"one by one", [data] { return by_hand(*data); }},
                                                   {"batches of 32", [data] { return by_hand_batched<32>(*data); }},
                                                   {"batches of 256", [data] { return by_hand_batched<256>(*data); }}},
                                                  options),
                                       data->count};
                               }});
    all.comparisons.push_back(
        {"ndjson_clicks/simdjson_alone",
         1.6,
         [](paired_options const& options) {
             auto const data = two_million_clicks();
             return sides{[data] { return by_weir(*data); },
                          fastest_of({{"texts in place", [data] { return simdjson_alone<read_click>(*data); }},
                                      {"texts copied", [data] { return simdjson_alone<read_click_copying>(*data); }}},
                                     options),
                          data->count};
         },
         {.agree = agreement::items_only}});
    return all;
}

}  // namespace bench
