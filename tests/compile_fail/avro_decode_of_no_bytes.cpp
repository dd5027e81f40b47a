// SPDX-License-Identifier: Apache-2.0
// needs: avro
// expect: `avro::decode` needs bytes, but the item that comes before it is no text
#include <weir/adapter/avro.hpp>
#include <weir/pipeline/job.hpp>
#include <weir/sink/call.hpp>
#include <weir/source/values.hpp>

#include <string>

struct click {
    int n;
};

int main() {
#ifdef WEIR_COMPILE_FAIL
    auto job = weir::from(weir::values<int>({1})) | weir::avro::decode<click>({}) | weir::discard();
#else
    auto job = weir::from(weir::values<std::string>({""})) | weir::avro::decode<click>({}) | weir::discard();
#endif
}
