// SPDX-License-Identifier: Apache-2.0
// Catch2, version 3 or 2, under one name: a test includes its own header first and this one next.
#pragma once
#if __has_include(<catch2/catch_test_macros.hpp>)
#include <catch2/catch_approx.hpp>
#include <catch2/catch_template_test_macros.hpp>
#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators.hpp>
#include <catch2/generators/catch_generators_range.hpp>
#include <catch2/matchers/catch_matchers_string.hpp>
#else
#include <catch2/catch.hpp>

namespace Catch {
using Detail::Approx;
}

namespace Catch::Matchers {
// Version 3's name for what version 2 calls Contains.
inline auto ContainsSubstring(std::string const& text) { return Contains(text); }
}  // namespace Catch::Matchers

// Version 2 cannot skip; CTest reads this line and counts the test as skipped.
#define SKIP(reason)                                              \
    do {                                                          \
        Catch::cout() << "weir: skipped: " << reason << std::endl; \
        return;                                                   \
    } while (false)
#endif

// Every job's ledger must balance when the job goes, in tests that look at it and in those that do not.
#ifdef WEIR_WATCH_LEDGERS
#include <weir/pipeline/detail/ledger_watch.hpp>

namespace weir_test {

inline bool const ledgers_are_watched = [] {
    weir::detail::watch_ledger = [](weir::report const& whole) {
        if (!whole.balanced()) FAIL_CHECK("the ledger of a job does not balance:\n" << to_string(whole));
    };
    return true;
}();

}  // namespace weir_test
#endif
