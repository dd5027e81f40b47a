// SPDX-License-Identifier: Apache-2.0
// needs: elasticsearch
// expect: weir: `elasticsearch::sink` takes items with named columns
#include <weir/adapter/elasticsearch.hpp>
#include <weir/pipeline/job.hpp>
#include <weir/run/runner.hpp>
#include <weir/source/values.hpp>

struct page {
    int views;
};

int main() {
#ifdef WEIR_COMPILE_FAIL
    auto job = weir::from(weir::values({1})) | weir::elasticsearch::sink({.index = "numbers"});
#else
    auto job =
        weir::from(weir::values<page>({{1}})) | weir::elasticsearch::sink({.index = "numbers", .key = {"views"}});
#endif
    return weir::run(job).exit_code();
}
