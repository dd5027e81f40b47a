// SPDX-License-Identifier: Apache-2.0
// expect: what was given to `decode` is no decoder
#include <weir/pipeline/job.hpp>
#include <weir/sink/call.hpp>
#include <weir/source/values.hpp>
#include <weir/transform/decode.hpp>

#include <string>

struct first_character {
    using output = char;
#ifdef WEIR_COMPILE_FAIL
    void decode(std::string_view payload, char& into, weir::error&) { into = payload.front(); }
#else
    bool decode(std::string_view payload, char& into, weir::error&) {
        into = payload.empty() ? '-' : payload.front();
        return !payload.empty();
    }
#endif
};

int main() {
    auto job = weir::from(weir::values<std::string>({"a", ""})) | weir::decode(first_character()) | weir::discard();
}
