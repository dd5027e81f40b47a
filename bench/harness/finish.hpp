// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <stdexcept>

#include <weir/run/runner.hpp>

#include "answer.hpp"

namespace bench {

/// Runs a job to its end and returns its ledger; throws when it failed or its ledger does not balance.
template <class Job>
weir::report finish(Job& job) {
    auto report = weir::run(job);
    if (report.exit_code() != 0 || !report.balanced()) throw std::runtime_error(to_string(report));
    return report;
}

/// What the ledger says of the input, for the answer.
inline void take_ledger(weir::report const& report, answer& into) {
    auto const total = report.total();
    into.items = total.in;
    into.late = total.late;
}

}  // namespace bench
