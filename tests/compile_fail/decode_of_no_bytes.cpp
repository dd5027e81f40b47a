// SPDX-License-Identifier: Apache-2.0
// expect: `decode` needs bytes, but the item that comes before it is no text
#include <weir/pipeline/job.hpp>
#include <weir/sink/call.hpp>
#include <weir/source/values.hpp>
#include <weir/transform/decode.hpp>

#include <string>

struct size_of {
    using output = std::size_t;
    bool decode(std::string_view payload, std::size_t& into, weir::error&) {
        into = payload.size();
        return true;
    }
};

struct letter {
#ifndef WEIR_COMPILE_FAIL
    [[nodiscard]] std::string_view payload() const { return body; }
#endif
    std::string body;
};

int main() {
    auto job = weir::from(weir::values<letter>({{"a"}})) | weir::decode(size_of()) | weir::discard();
}
