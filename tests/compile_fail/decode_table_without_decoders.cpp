// SPDX-License-Identifier: Apache-2.0
// expect: weir: `decode_table` takes two decoders, of the key and of the value
#include <weir/join/decode_table.hpp>
#include <weir/pipeline/job.hpp>
#include <weir/run/runner.hpp>
#include <weir/source/values.hpp>

#include <string_view>

struct keyed_record {
    std::string_view text;
    [[nodiscard]] std::string_view key() const { return text; }
    [[nodiscard]] std::string_view payload() const { return text; }
};

int main() {
    weir::table<std::string_view, std::string_view> words(weir::unbounded);
#ifdef WEIR_COMPILE_FAIL
    auto stage = weir::decode_table(weir::plain_key<std::string_view>(), 1);
#else
    auto stage = weir::decode_table(weir::plain_key<std::string_view>(), weir::plain_key<std::string_view>());
#endif
    auto job = weir::from(weir::values<keyed_record>({{"a"}})) | stage | weir::to_table(words);
    return weir::run(job).exit_code();
}
