// SPDX-License-Identifier: Apache-2.0
// The core alone: a program of somebody who knows nothing of weir's tree.
#include <weir.hpp>

#include <iostream>

int main() {
    std::cout << "weir " << weir::version << '\n';
    return weir::version == WEIR_EXPECTED_VERSION ? 0 : 1;
}
