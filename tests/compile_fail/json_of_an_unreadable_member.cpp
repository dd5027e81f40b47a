// SPDX-License-Identifier: Apache-2.0
// needs: simdjson
// expect: `json<T>` cannot read T, or the type of one of its members
#include <weir/adapter/simdjson.hpp>
#include <weir/pipeline/job.hpp>
#include <weir/sink/call.hpp>
#include <weir/source/values.hpp>
#include <weir/transform/decode.hpp>

#include <map>
#include <string>
#include <vector>

struct inner {
#ifdef WEIR_COMPILE_FAIL
    std::map<std::string, int> counts;
#else
    std::vector<int> counts;
#endif
};

struct outer {
    std::vector<inner> all;
};

int main() {
    auto job = weir::from(weir::values<std::string>({"{}"})) | weir::decode(weir::json<outer>()) | weir::discard();
}
