// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <weir/adapter/redis/detail/reply_reader.hpp>
#include <weir/base/byte_buffer.hpp>
#include <weir/base/detail/series.hpp>

#include <cstddef>
#include <optional>
#include <string_view>

namespace weir::redis::detail {

/// What is kept of a reply to a command that reads: its text, or the texts of its list, and which of them are not there.
class value_reply {
public:
    reply_error error{};

    void take_text(std::string_view text) {
        add({texts_.size(), text.size(), true});
        if (!odd_) texts_.append(text);
    }
    void take_nil() { add({0, 0, false}); }
    void take_list(std::size_t) noexcept { ++lists_; }
    void take_status(std::string_view) noexcept { odd_ = true; }
    void take_number() noexcept { odd_ = true; }
    /// The next reply begins.
    void clear() noexcept {
        error.there = false;
        texts_.clear();
        values_.clear();
        lists_ = 0;
        odd_ = false;
    }

    /// Whether it is what was asked for: one text, or a list of so many, each of which may be missing.
    [[nodiscard]] bool is_text() const noexcept { return !odd_ && lists_ == 0 && values_.size() == 1; }
    [[nodiscard]] bool is_list_of(std::size_t count) const noexcept { return !odd_ && lists_ == 1 && values_.size() == count; }

    [[nodiscard]] std::size_t size() const noexcept { return values_.size(); }
    [[nodiscard]] bool has(std::size_t number) const noexcept { return values_[number].there; }
    /// All texts, one behind the other, and where in it one begins and how long it is.
    [[nodiscard]] std::string_view texts() const noexcept { return texts_.view(); }
    [[nodiscard]] std::size_t begin_of(std::size_t number) const noexcept { return values_[number].begin; }
    [[nodiscard]] std::size_t size_of(std::size_t number) const noexcept { return values_[number].size; }

private:
    struct value {
        std::size_t begin;
        std::size_t size;
        bool there;
    };
    // More than any row has members: a list without an end must not fill the memory.
    static constexpr std::size_t most_values = 1024;

    void add(value one) {
        if (values_.size() < most_values) values_.push_back(one);
        else odd_ = true;
    }

    byte_buffer texts_{};
    weir::detail::series<value> values_{};
    std::size_t lists_ = 0;
    bool odd_ = false;  ///< it holds what no answer to a look-up holds
};

}  // namespace weir::redis::detail
