// SPDX-License-Identifier: Apache-2.0
// expect: `decode` makes items that a decoder then fills in
#include <weir/pipeline/job.hpp>
#include <weir/sink/call.hpp>
#include <weir/source/values.hpp>
#include <weir/transform/decode.hpp>

#include <string>

struct length {
#ifdef WEIR_COMPILE_FAIL
    explicit length(std::size_t n) : value(n) {}
#endif
    std::size_t value;
};

struct size_of {
    using output = length;
    bool decode(std::string_view payload, length& into, weir::error&) {
        into.value = payload.size();
        return true;
    }
};

int main() {
    auto job = weir::from(weir::values<std::string>({"a"})) | weir::decode(size_of()) | weir::discard();
}
