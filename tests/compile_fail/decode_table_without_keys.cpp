// SPDX-License-Identifier: Apache-2.0
// expect: weir: `decode_table` needs items with `std::string_view key() const` and a payload
#include <weir/join/decode_table.hpp>
#include <weir/pipeline/job.hpp>
#include <weir/run/runner.hpp>
#include <weir/source/values.hpp>

#include <string_view>

struct keyed_record {
    std::string_view text;
#ifndef WEIR_COMPILE_FAIL
    [[nodiscard]] std::string_view key() const { return text; }
#endif
    [[nodiscard]] std::string_view payload() const { return text; }
};

int main() {
    weir::table<std::string_view, std::string_view> words(weir::unbounded);
    auto job = weir::from(weir::values<keyed_record>({{"a"}})) |
               weir::decode_table(weir::plain_key<std::string_view>(), weir::plain_key<std::string_view>()) | weir::to_table(words);
    return weir::run(job).exit_code();
}
