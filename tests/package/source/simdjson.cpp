// SPDX-License-Identifier: Apache-2.0
// weir::simdjson brings the adapter's header and simdjson itself.
#include <weir/adapter/simdjson.hpp>

#include <iostream>
#include <simdjson.h>

int main() {
    std::cout << "simdjson for " << simdjson::get_active_implementation()->name() << '\n';
    return simdjson::get_active_implementation()->name().empty() ? 1 : 0;
}
