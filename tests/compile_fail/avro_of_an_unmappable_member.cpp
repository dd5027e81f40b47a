// SPDX-License-Identifier: Apache-2.0
// needs: avro
// expect: T, or the type of one of its members, has no place in Avro
#include <weir/adapter/avro.hpp>
#include <weir/pipeline/job.hpp>
#include <weir/sink/call.hpp>
#include <weir/source/values.hpp>

#include <optional>
#include <string>
#include <vector>

struct inner {
#ifdef WEIR_COMPILE_FAIL
    std::optional<std::optional<int>> count;
#else
    std::optional<int> count;
#endif
};

struct outer {
    std::vector<inner> all;
};

int main() {
    auto job = weir::from(weir::values<std::string>({""})) | weir::avro::decode<outer>({}) | weir::discard();
}
