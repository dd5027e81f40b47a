// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "../harness/random.hpp"

namespace bench::lookup {

/// One item of the input.
struct click {
    std::uint64_t user;
    std::int64_t value;
};

/// What the table knows of a user.
struct user {
    std::uint32_t country;
    std::uint32_t tier;
};

[[nodiscard]] inline std::uint64_t user_id(std::uint64_t number) { return mix(number + 1); }
[[nodiscard]] inline user user_of(std::uint64_t number) {
    return {static_cast<std::uint32_t>(number % 200), static_cast<std::uint32_t>(number % 7)};
}

/// Clicks of uniform users; one in ten has a user whom the table does not know.
inline std::vector<click> make_clicks(std::size_t count, std::uint64_t user_count, std::uint64_t seed = 4) {
    random_source random(seed);
    std::vector<click> clicks;
    clicks.reserve(count);
    for (std::size_t at = 0; at < count; ++at) {
        bool const known = random.below(10) != 0;
        std::uint64_t const number = random.below(user_count) + (known ? 0 : user_count);
        clicks.push_back({user_id(number), static_cast<std::int64_t>(random.below(1'000))});
    }
    return clicks;
}

/// The consumer that both sides end in: it adds up a hash of each row.
struct checksum_joined {
    std::uint64_t rows = 0;
    std::uint64_t checksum = 0;

    void operator()(click const& each, user const& of) noexcept {
        ++rows;
        checksum += static_cast<std::uint64_t>(each.value) * (of.country + 1) + of.tier;
    }
};

}  // namespace bench::lookup
