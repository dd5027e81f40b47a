// SPDX-License-Identifier: Apache-2.0
// expect: weir: the members of this type are not known. A plain struct is understood as it is
#include <weir/base/reflect.hpp>

struct base {
    int x;
};
#ifdef WEIR_COMPILE_FAIL
struct click : base {
    int y;
};
#else
struct click {
    base b;
    int y;
};
#endif

int main() {
    click c{};
    weir::visit_members(c, [](auto, auto&) {});
    static_cast<void>(weir::member_names<click>);
    static_cast<void>(weir::member_ref<0>(c));
}
