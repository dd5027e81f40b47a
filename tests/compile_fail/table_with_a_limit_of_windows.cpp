// SPDX-License-Identifier: Apache-2.0
// expect: weir: a table has neither windows to close nor others to count
#include <weir/join/table.hpp>

#include <string_view>

int main() {
#ifdef WEIR_COMPILE_FAIL
    weir::table<int, std::string_view> names(weir::state_limit(1 << 20, weir::close_oldest));
#else
    weir::table<int, std::string_view> names(weir::state_limit(1 << 20));
#endif
    return names.put(1, "ann") ? 0 : 1;
}
