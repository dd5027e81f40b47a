// SPDX-License-Identifier: Apache-2.0
// expect: weir: a table keeps a value for every key, so it needs a limit
#include <weir/join/table.hpp>

#include <string_view>

int main() {
#ifdef WEIR_COMPILE_FAIL
    weir::table<int, std::string_view> names;
#else
    weir::table<int, std::string_view> names(weir::state_limit(1 << 20));
#endif
    return names.put(1, "ann") ? 0 : 1;
}
