// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <weir/base/byte_buffer.hpp>

#include <charconv>
#include <cstddef>
#include <string_view>

/// \file
/// Commands as Redis reads them: `*3\r\n$4\r\nHSET\r\n...`. A row is one command or several. The name of its first is
/// in capitals, the names of those that follow are in small letters, which is the same to Redis: so the bytes of a batch
/// alone say where a row begins.

namespace weir::redis::detail {

inline void append_counted(byte_buffer& to, char mark, std::size_t count) {
    char* const room = to.room_for(24);
    *room = mark;
    char* end = std::to_chars(room + 1, room + 22, count).ptr;
    *end++ = '\r';
    *end++ = '\n';
    to.end_at(end);
}

/// Begins a command of so many arguments, its name among them.
inline void append_command(byte_buffer& to, std::size_t arguments) { append_counted(to, '*', arguments); }

/// One argument, whatever bytes it holds.
inline void append_argument(byte_buffer& to, std::string_view argument) {
    append_counted(to, '$', argument.size());
    to.append(argument);
    to.append("\r\n");
}

/// Walks over commands that `append_command` and `append_argument` have written.
class command_walk {
public:
    explicit command_walk(std::string_view commands) noexcept : left_(commands) {}

    /// Goes to the next command; false when there is none.
    [[nodiscard]] bool next() noexcept {
        if (left_.empty()) return false;
        unread_ = take_number(left_);
        arguments_ = left_;
        for (std::size_t i = 0; i < unread_; ++i) take_argument(left_);
        return true;
    }

    /// Whether a row begins with this command; before its name is read.
    [[nodiscard]] bool begins_row() const noexcept {
        std::string_view rest = arguments_;
        std::string_view const name = take_argument(rest);
        return name.front() >= 'A' && name.front() <= 'Z';
    }

    /// The command's next argument, its name first.
    std::string_view argument() noexcept {
        --unread_;
        return take_argument(arguments_);
    }
    /// How many arguments are not read yet.
    [[nodiscard]] std::size_t unread() const noexcept { return unread_; }

private:
    static std::size_t take_number(std::string_view& from) noexcept {
        std::size_t value = 0;
        char const* const end = std::from_chars(from.data() + 1, from.data() + from.size(), value).ptr;
        from.remove_prefix(static_cast<std::size_t>(end - from.data()) + 2);
        return value;
    }
    static std::string_view take_argument(std::string_view& from) noexcept {
        std::size_t const size = take_number(from);
        std::string_view const value = from.substr(0, size);
        from.remove_prefix(size + 2);
        return value;
    }

    std::string_view left_;
    std::string_view arguments_{};
    std::size_t unread_ = 0;
};

}  // namespace weir::redis::detail
