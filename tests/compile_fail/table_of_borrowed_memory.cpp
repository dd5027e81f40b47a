// SPDX-License-Identifier: Apache-2.0
// expect: weir: a table copies the texts that its values borrow
#include <weir/join/table.hpp>

#include <string_view>
#include <span>

struct user {
    std::string_view name;
#ifdef WEIR_COMPILE_FAIL
    std::span<int const> visits;
#else
    int visits;
#endif
};

int main() {
    weir::table<int, user> users(weir::unbounded);
    return users.size() == 0 ? 0 : 1;
}
