// SPDX-License-Identifier: Apache-2.0
// needs: clickhouse
// expect: weir: `clickhouse::sink` takes rows whose columns are
#include <weir/adapter/clickhouse.hpp>
#include <weir/pipeline/job.hpp>
#include <weir/source/values.hpp>

#include <string>
#include <vector>

struct click {
    weir::timestamp at;
#ifdef WEIR_COMPILE_FAIL
    std::vector<std::string> pages;
#else
    std::string page;
#endif
    int n;
};

int main() {
    auto job = weir::from(weir::values<click>({})) | weir::clickhouse::sink({.url = "http://localhost"});
    return job.finished() ? 1 : 0;
}
