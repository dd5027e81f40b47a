// SPDX-License-Identifier: Apache-2.0
// expect: weir: the type has fewer members than this index asks for.
#include <weir/base/reflect.hpp>

struct position {
    int x, y;
};

int main() {
    position p{1, 2};
#ifdef WEIR_COMPILE_FAIL
    return weir::member_ref<2>(p);
#else
    return weir::member_ref<1>(p);
#endif
}
