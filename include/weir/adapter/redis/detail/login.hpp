// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <weir/adapter/redis/detail/commands.hpp>
#include <weir/adapter/redis/detail/wire.hpp>
#include <weir/base/byte_buffer.hpp>
#include <weir/base/error.hpp>

#include <algorithm>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace weir::redis::detail {

/// Where a server is and how one logs in there, out of options; and errors about it, which show no secret.
class login {
public:
    /// `prefix` is what the name of the options begins with: `lookup_` for `lookup_options`.
    template <class Options>
    explicit login(Options const& chosen, std::string_view prefix = {})
        : to_(address::read(chosen.url)), secret_(chosen.password), prefix_(prefix) {
        std::string wrong = to_.problem;
        place_ = wrong.empty() ? to_.text() : std::string();
        if (wrong.empty() && !chosen.user.empty() && chosen.password.empty()) wrong = "options::user needs options::password";
        if (wrong.empty() && chosen.database < 0) wrong = "options::database is negative";
        if (!wrong.empty()) problem_ = error{.component = "redis", .place = place_, .cause = renamed(wrong)};
        if (chosen.database != 0) place_ += "/" + std::to_string(chosen.database);
        greet(chosen.user, chosen.database);
    }

    /// What is wrong with the options, or null.
    [[nodiscard]] error const* problem() const noexcept { return problem_ ? &*problem_ : nullptr; }
    [[nodiscard]] address const& to() const noexcept { return to_; }
    /// The commands that log in; empty when none are needed.
    [[nodiscard]] std::string_view hello() const noexcept { return hello_; }
    /// The server as errors show it.
    [[nodiscard]] std::string const& place() const noexcept { return place_; }

    [[nodiscard]] error reason(std::string_view cause, std::string_view advice) const {
        return {.component = "redis", .place = place_, .cause = shown(cause), .advice = renamed(shown(advice))};
    }

    /// Words of the server as an error may show them: in one line, and without the password.
    [[nodiscard]] std::string shown(std::string_view words) const {
        std::string text(words);
        hide_secret(text);
        for (char& c : text)
            if (static_cast<unsigned char>(c) < 0x20 || c == 0x7f) c = ' ';
        return text;
    }

    /// A text of ours that names `options::`, as the options are called here.
    [[nodiscard]] std::string renamed(std::string_view words) const {
        std::string text(words);
        if (!prefix_.empty())
            for (std::size_t at = text.find("options::"); at != std::string::npos; at = text.find("options::", at + prefix_.size() + 9))
                text.insert(at, prefix_);
        return text;
    }

private:
    /// Its beginning alone is hidden too: servers cut what they repeat, and replies are kept up to a length.
    void hide_secret(std::string& text) const {
        constexpr std::size_t least = 12;
        std::string_view const secret = secret_;
        if (secret.empty()) return;
        std::string_view const begin = secret.substr(0, least);
        for (std::size_t at = text.find(begin); at != std::string::npos; at = text.find(begin, at + 3)) {
            std::string_view const from = std::string_view(text).substr(at, secret.size());
            auto const differs = std::mismatch(from.begin(), from.end(), secret.begin()).first;
            text.replace(at, static_cast<std::size_t>(differs - from.begin()), "***");
        }
    }

    void greet(std::string_view user, int database) {
        byte_buffer hello;
        if (!secret_.empty()) {
            append_command(hello, user.empty() ? 2 : 3);
            append_argument(hello, "AUTH");
            if (!user.empty()) append_argument(hello, user);
            append_argument(hello, secret_);
        }
        if (database != 0) {
            append_command(hello, 2);
            append_argument(hello, "SELECT");
            append_argument(hello, std::to_string(database));
        }
        hello_ = std::string(hello.view());
    }

    address to_;
    std::string secret_;
    std::string prefix_;
    std::string place_{};
    std::string hello_{};
    std::optional<error> problem_{};
};

}  // namespace weir::redis::detail
