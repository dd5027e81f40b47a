// SPDX-License-Identifier: Apache-2.0
// expect: weir: this points to a member function; a data member, such as `&click::page`, is wanted.
#include <weir/base/member_name.hpp>

struct click {
    int page;
    int pages();
};

#ifdef WEIR_COMPILE_FAIL
using page_type = weir::member_type<&click::pages>;
#else
using page_type = weir::member_type<&click::page>;
#endif

int main() {}
