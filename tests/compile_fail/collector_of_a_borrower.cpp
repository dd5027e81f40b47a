// SPDX-License-Identifier: Apache-2.0
// expect: weir: `testing::collector` keeps the texts that an item borrows, but this item borrows other memory
#include <weir/testing/collector.hpp>
#include <span>
#include <string_view>

struct numbers {
#ifdef WEIR_COMPILE_FAIL
    std::span<int const> some;
#else
    std::string_view some;
#endif
};

int main() { weir::testing::collector<numbers> seen; }
