// SPDX-License-Identifier: Apache-2.0
// weir::prometheus brings the adapter's header and libmicrohttpd.
#include <weir/adapter/prometheus.hpp>

#include <iostream>
#include <microhttpd.h>

int main() {
    weir::prometheus::server metrics({.port = 0});
    if (auto const listening = metrics.open(); !listening) return 1;
    std::cout << "libmicrohttpd " << MHD_get_version() << '\n';
    return metrics.port() != 0 ? 0 : 1;
}
