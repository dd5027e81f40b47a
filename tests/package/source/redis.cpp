// SPDX-License-Identifier: Apache-2.0
// weir::redis brings the adapter's header and hiredis.
#include <weir/adapter/redis.hpp>

#include <iostream>

int main() {
    std::cout << "hiredis " << HIREDIS_MAJOR << '.' << HIREDIS_MINOR << '\n';
    weir::redis::detail::reply_reader<weir::redis::detail::reply> replies;
    replies.restart();
    int whole = 0;
    bool const understood = replies.read("+OK\r\n", 5, [&](auto const&) { ++whole; });
    return understood && whole == 1 ? 0 : 1;
}
