// SPDX-License-Identifier: Apache-2.0
// expect: weir: two of these members have the same name.
#include <weir/base/reflect.hpp>

struct position {
    int x, y;
};

template <>
struct weir::members_of<position> {
#ifdef WEIR_COMPILE_FAIL
    static constexpr auto value = weir::members(weir::member<"x", &position::x>, weir::member<"x", &position::y>);
#else
    static constexpr auto value = weir::members(weir::member<"x", &position::x>, weir::member<"y", &position::y>);
#endif
};

int main() { return static_cast<int>(weir::members_of<position>::value.size); }
