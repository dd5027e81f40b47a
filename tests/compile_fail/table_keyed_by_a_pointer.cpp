// SPDX-License-Identifier: Apache-2.0
// expect: weir: the key of a table is a number, an enum, a time, a text
#include <weir/join/table.hpp>

#include <string_view>

int main() {
#ifdef WEIR_COMPILE_FAIL
    weir::table<char const*, int> ages(weir::unbounded);
#else
    weir::table<std::string_view, int> ages(weir::unbounded);
#endif
    return ages.put("ann", 1) ? 0 : 1;
}
