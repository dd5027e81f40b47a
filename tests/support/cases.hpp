// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstdint>
#include <cstdlib>

namespace weir_test {

/// How many random cases a test runs: so many (over all windows a hundred thousand), ten times as many when the
/// environment's WEIR_TEST_LONG says so, and a tenth where a sanitizer looks at each of them.
[[nodiscard]] inline std::uint64_t cases(std::uint64_t in_a_short_run) {
    if (std::getenv("WEIR_TEST_LONG")) return in_a_short_run * 10;
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
    return in_a_short_run / 10;
#elif defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
    return in_a_short_run / 10;
#endif
#endif
    return in_a_short_run;
}

}  // namespace weir_test
