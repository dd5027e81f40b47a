// SPDX-License-Identifier: Apache-2.0
// needs: avro
// expect: `avro::encode` writes plain structs
#include <weir/adapter/avro.hpp>
#include <weir/pipeline/job.hpp>
#include <weir/sink/call.hpp>
#include <weir/source/values.hpp>

struct click {
    int n;
};

int main() {
#ifdef WEIR_COMPILE_FAIL
    auto job = weir::from(weir::values<int>({1})) | weir::avro::encode({}) | weir::discard();
#else
    auto job = weir::from(weir::values<click>({{1}})) | weir::avro::encode({}) | weir::discard();
#endif
}
