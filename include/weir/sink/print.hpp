// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <weir/base/byte_buffer.hpp>
#include <weir/base/error.hpp>
#include <weir/codec/ndjson.hpp>
#include <weir/pipeline/emitter.hpp>

#include <cerrno>
#include <cstdio>
#include <optional>
#include <string_view>
#include <system_error>
#include <type_traits>

namespace weir {

/// Prints each item as a line to a C stream of the caller's: `print(stdout)`. Texts are printed as they are, everything
/// else as JSON.
///
/// What one poll brought is written when it is over, and flushed. The stream stays open, and must outlive the job. A
/// stream that takes no more is a failure.
class print {
public:
    static constexpr std::string_view name = "print";

    explicit print(std::FILE* to) : to_(to) {}

    void on_item(auto const& item) {
        using item_type = std::remove_cvref_t<decltype(item)>;
        if constexpr (std::is_convertible_v<item_type const&, std::string_view>) lines_.append(item);
        else append_json(lines_, item);
        lines_.push_back('\n');
    }
    void settle(auto&) { write(); }
    void on_end(auto&) { write(); }

    [[nodiscard]] error const* failure() const { return failure_ ? &*failure_ : nullptr; }

private:
    void write() {
        if (lines_.empty() || failure_) return;
        errno = 0;
        if (std::fwrite(lines_.view().data(), 1, lines_.size(), to_) != lines_.size() || std::fflush(to_) != 0)
            failure_ = error{.component = "print",
                             .cause = "the stream takes no more: " + std::generic_category().message(errno)};
        lines_.clear();
    }

    std::FILE* to_;
    byte_buffer lines_{};
    std::optional<error> failure_{};
};

}  // namespace weir
