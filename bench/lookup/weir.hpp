// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <weir.hpp>

#include <span>
#include <stdexcept>

#include "../harness/answer.hpp"
#include "../harness/finish.hpp"
#include "data.hpp"

namespace bench::lookup {

using users_by_id = weir::table<std::uint64_t, user>;

inline void fill(users_by_id& users, std::uint64_t user_count) {
    for (std::uint64_t number = 0; number < user_count; ++number)
        if (!users.put(user_id(number), user_of(number))) throw std::length_error(users.full().cause);
}

[[gnu::noinline]] inline answer by_weir(std::span<click const> clicks, users_by_id& users) {
    checksum_joined consume;
    auto job = weir::from(weir::values(clicks))
             | weir::lookup<&click::user>(users, weir::inner_join, [&](click const& each, user const& of) {
                   consume(each, of);
                   return true;
               })
             | weir::call([](bool) {});
    std::uint64_t const items = finish(job).total().in;
    return {.items = items, .rows = consume.rows, .checksum = consume.checksum};
}

}  // namespace bench::lookup
