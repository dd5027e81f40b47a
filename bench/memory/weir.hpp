// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <weir.hpp>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <span>
#include <stdexcept>
#include <string>
#include <vector>

#include "../harness/counting_new.hpp"
#include "../harness/finish.hpp"
#include "../harness/random.hpp"

namespace bench::memory {

struct event {
    std::uint64_t key;
    weir::timestamp ts;
};

struct usage {
    std::size_t live = 0;  ///< bytes held when every key has its count and the window is still open
    std::size_t peak = 0;  ///< the most held on the way there, while the table grew
};

/// Counts `keys` keys in one open window and says what the whole job holds then. Items come in batches that are
/// reused, so that nothing of the input is counted.
inline usage count_keys(std::uint64_t keys) {
    using namespace std::chrono_literals;
    std::vector<event> batch(4'096);
    std::uint64_t rows = 0;
    std::size_t const before = live_bytes();
    reset_peak();
    auto job = weir::from(weir::push<event>())
             | weir::event_time<&event::ts>(weir::bounded_out_of_orderness(10s))
             | weir::key_by<&event::key>()
             | weir::window(weir::tumbling(10s), weir::drop_late)
             | weir::aggregate(weir::count())
             | weir::call([&rows](auto const&) { ++rows; });
    for (std::uint64_t done = 0; done < keys;) {
        std::size_t size = 0;
        while (size < batch.size() && done < keys) batch[size++] = {mix(++done), weir::timestamp(1'700'000'000s)};
        job.push(std::span<event const>(batch).first(size));
    }
    usage const used{live_bytes() - before, peak_bytes() - before};
    job.stop();
    finish(job);
    if (rows != keys) throw std::runtime_error("not every key came out: " + std::to_string(rows));
    return used;
}

/// The most held by a job with `keys` keys, each counted in every pane of windows of so many advances, over two window
/// lengths. Divided by what must be there at once: a key and a count for each key and pane.
inline double peak_of_hopping_windows(std::uint64_t keys, std::int64_t overlap) {
    using namespace std::chrono_literals;
    std::vector<event> batch(4'096);
    std::uint64_t rows = 0;
    std::size_t const before = live_bytes();
    reset_peak();
    auto job = weir::from(weir::push<event>())
             | weir::event_time<&event::ts>(weir::bounded_out_of_orderness(0s))
             | weir::key_by<&event::key>()
             | weir::window(weir::hopping(weir::duration(1s) * overlap, 1s), weir::drop_late)
             | weir::aggregate(weir::count())
             | weir::call([&rows](auto const&) { ++rows; });
    for (std::int64_t pane = 0; pane < 2 * overlap; ++pane) {
        for (std::uint64_t done = 0; done < keys;) {
            std::size_t size = 0;
            while (size < batch.size() && done < keys) batch[size++] = {mix(++done), weir::timestamp(1'700'000'000s + 1s * pane)};
            job.push(std::span<event const>(batch).first(size));
        }
    }
    std::size_t const peak = peak_bytes() - before;
    job.stop();
    finish(job);
    if (rows != keys * static_cast<std::uint64_t>(3 * overlap - 1)) throw std::runtime_error("rows are missing: " + std::to_string(rows));
    return static_cast<double>(peak) / static_cast<double>(keys * static_cast<std::uint64_t>(overlap) * 16);
}

}  // namespace bench::memory
