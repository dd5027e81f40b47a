// SPDX-License-Identifier: Apache-2.0
// needs: influxdb
// expect: weir: `influxdb::sink` takes rows whose columns are
#include <weir/adapter/influxdb.hpp>
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
    auto job = weir::from(weir::values<click>({})) | weir::influxdb::sink({.url = "http://localhost"});
    return job.finished() ? 1 : 0;
}
