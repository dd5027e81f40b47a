// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <algorithm>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace weir::http {

/// Base64 as in RFC 4648, with padding: how HTTP's Basic authentication writes `user:password`.
[[nodiscard]] inline std::string base64(std::string_view bytes) {
    constexpr std::string_view letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    std::string text;
    text.reserve((bytes.size() + 2) / 3 * 4);
    for (std::size_t at = 0; at < bytes.size(); at += 3) {
        std::uint32_t three = 0;
        for (std::size_t i = 0; i < 3; ++i)
            three = three << 8 | (at + i < bytes.size() ? static_cast<unsigned char>(bytes[at + i]) : 0U);
        for (std::size_t i = 0; i < 4; ++i) text += at + i > bytes.size() ? '=' : letters[three >> (18 - 6 * i) & 63];
    }
    return text;
}

/// The secrets that a connection uses: what no error, log or metric may show. `mask` puts `***` in their place, also
/// where a server's answer repeats them.
class secrets {
public:
    /// Remembers one; the empty text is none.
    void keep(std::string secret) {
        if (secret.empty() || std::find(all_.begin(), all_.end(), secret) != all_.end()) return;
        all_.push_back(std::move(secret));
        // Longest first: a secret that contains another must not be left half visible.
        std::sort(all_.begin(), all_.end(), [](auto const& a, auto const& b) { return a.size() > b.size(); });
    }

    /// The text with every secret replaced.
    [[nodiscard]] std::string mask(std::string text) const {
        for (std::string const& secret : all_)
            for (std::size_t at = text.find(secret); at != std::string::npos; at = text.find(secret, at + 3))
                text.replace(at, secret.size(), "***");
        return text;
    }

private:
    std::vector<std::string> all_{};
};

}  // namespace weir::http
