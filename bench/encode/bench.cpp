// SPDX-License-Identifier: Apache-2.0
// Problem: rows of a window as RowBinary for ClickHouse and as line protocol for InfluxDB, byte for byte the same.

#include "../harness/suite.hpp"
#include "by_hand.hpp"
#include "data.hpp"
#include "weir.hpp"

#include <memory>

namespace bench {

suite problems() {
    using namespace encode;
    suite all;
    all.comparisons.push_back(
        {"encode/row_binary", 1.15, [](paired_options const& options) {
             auto const data = std::make_shared<rows const>(make_rows());
             auto const weir_rows = std::make_shared<std::vector<weir_row> const>(make_weir_rows(data->all));
             return sides{
                 [=] { return row_binary_by_weir(*weir_rows); },
                 fastest_of({{"encoder of this row", [=] { return by_hand<row_binary>(data->all); }}}, options),
                 data->all.size() * passes};
         }});
    all.comparisons.push_back(
        {"encode/line_protocol", 1.15, [](paired_options const& options) {
             auto const data = std::make_shared<rows const>(make_rows());
             auto const weir_rows = std::make_shared<std::vector<weir_row> const>(make_weir_rows(data->all));
             return sides{
                 [=] { return line_protocol_by_weir(*weir_rows); },
                 fastest_of({{"encoder of this row", [=] { return by_hand<line_protocol>(data->all); }}}, options),
                 data->all.size() * passes};
         }});
    return all;
}

}  // namespace bench
