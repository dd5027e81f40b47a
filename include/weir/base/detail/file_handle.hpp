// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <weir/base/detail/owner.hpp>
#include <weir/base/error.hpp>

#include <cstdio>
#include <string>
#include <string_view>
#include <system_error>

namespace weir::detail {

struct close_file {
    void operator()(std::FILE* file) const noexcept { std::fclose(file); }
};
using file_handle = owner<std::FILE, close_file>;

[[nodiscard]] inline error file_error(std::string const& path, std::string_view what, int code) {
    return {
        .component = "file", .place = path, .cause = std::string(what) + ": " + std::generic_category().message(code)};
}

}  // namespace weir::detail
