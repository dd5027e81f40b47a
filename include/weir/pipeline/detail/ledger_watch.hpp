// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <weir/pipeline/report.hpp>

namespace weir::detail {

#ifdef WEIR_WATCH_LEDGERS
/// weir's own tests are shown the report of every job when it goes, whatever became of it: a ledger that does not balance
/// fails the test, even one that did not look. Nobody else defines the macro.
inline void (*watch_ledger)(report const&) = nullptr;
#endif

}  // namespace weir::detail
