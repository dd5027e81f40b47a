// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <bit>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "../harness/answer.hpp"
#include "../harness/barrier.hpp"
#include "data.hpp"

namespace bench::lookup {

/// Users in the slots of a table of linear probing, at most half full. A free slot has id 0, and there is no such user.
class user_table {
public:
    explicit user_table(std::uint64_t user_count)
        : slots_(std::bit_ceil(user_count * 2)), shift_(64 - std::countr_zero(slots_.size())) {
        for (std::uint64_t number = 0; number < user_count; ++number) {
            std::size_t at = home(user_id(number));
            while (slots_[at].id != 0) at = (at + 1) & (slots_.size() - 1);
            slots_[at] = {user_id(number), user_of(number)};
        }
    }

    void prefetch(std::uint64_t id) const { __builtin_prefetch(&slots_[home(id)]); }

    [[nodiscard]] user const* find(std::uint64_t id) const {
        for (std::size_t at = home(id);; at = (at + 1) & (slots_.size() - 1)) {
            if (slots_[at].id == id) return &slots_[at].value;
            if (slots_[at].id == 0) return nullptr;
        }
    }

private:
    struct slot {
        std::uint64_t id = 0;
        user value{};
    };

    [[nodiscard]] std::size_t home(std::uint64_t id) const { return static_cast<std::size_t>((id * 0x9e3779b97f4a7c15U) >> shift_); }

    std::vector<slot> slots_;
    int shift_;
};

/// The loop itself. `Ahead` > 0 asks for the slot of the item that comes so many items later.
template <std::size_t Ahead>
[[gnu::noinline]] answer by_hand(std::span<click const> clicks, user_table const& users) {
    checksum_joined consume;
    std::size_t at = 0;
    auto const take = [&](click const& each) {
        prefetch_behind<1>(&each, input_ahead);
        if (user const* const found = users.find(each.user)) consume(each, *found);
    };
    if constexpr (Ahead > 0)
        for (; at + Ahead < clicks.size(); ++at) {
            users.prefetch(clicks[at + Ahead].user);
            take(clicks[at]);
        }
    for (; at < clicks.size(); ++at) take(clicks[at]);
    return {.items = clicks.size(), .rows = consume.rows, .checksum = consume.checksum};
}

}  // namespace bench::lookup
