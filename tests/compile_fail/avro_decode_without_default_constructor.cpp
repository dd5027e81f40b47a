// SPDX-License-Identifier: Apache-2.0
// needs: avro
// expect: `avro::decode` makes items that it then fills in
#include <weir/adapter/avro.hpp>
#include <weir/pipeline/job.hpp>
#include <weir/sink/call.hpp>
#include <weir/source/values.hpp>

#include <string>

class click {
public:
#ifdef WEIR_COMPILE_FAIL
    explicit click(int count) : n(count) {}
#endif
    int n = 0;
    static constexpr auto weir_members = weir::members(weir::unrenamed<&click::n>);
};

int main() {
    auto job = weir::from(weir::values<std::string>({""})) | weir::avro::decode<click>({}) | weir::discard();
}
