// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <weir/base/int128.hpp>
#include <weir/base/type_name.hpp>

#include <array>
#include <compare>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace weir::avro {

/// An exact decimal number: `unscaled / 10^Scale`, of at most `Precision` digits (38 at the most).
template <int Precision, int Scale>
    requires(Precision >= 1 && Precision <= 38 && Scale >= 0 && Scale <= Precision)
struct decimal {
    static constexpr int precision = Precision;
    static constexpr int scale = Scale;

    int128 unscaled = 0;

    friend constexpr bool operator==(decimal, decimal) = default;
    friend constexpr auto operator<=>(decimal, decimal) = default;
};

/// The number as text: `-12.50` for `decimal<9, 2>{-1250}`.
template <int Precision, int Scale>
[[nodiscard]] std::string to_string(decimal<Precision, Scale> number) {
    bool const negative = number.unscaled < 0;
    uint128 left = negative ? uint128{0} - static_cast<uint128>(number.unscaled) : static_cast<uint128>(number.unscaled);
    std::string digits;
    for (int i = 0; left != 0 || i <= Scale; ++i, left /= 10) {
        if (i == Scale && Scale != 0) digits += '.';
        digits += static_cast<char>('0' + static_cast<int>(left % 10));
    }
    if (negative) digits += '-';
    return {digits.rbegin(), digits.rend()};
}

/// A UUID: 16 bytes, the first first.
struct uuid {
    std::array<std::uint8_t, 16> bytes{};

    friend constexpr bool operator==(uuid const&, uuid const&) = default;
    friend constexpr auto operator<=>(uuid const&, uuid const&) = default;

    /// Reads `123e4567-e89b-12d3-a456-426614174000`, upper or lower case; nothing when it is none.
    [[nodiscard]] static constexpr std::optional<uuid> parse(std::string_view text) noexcept {
        uuid made;
        if (text.size() != 36) return std::nullopt;
        std::size_t nibble = 0;
        for (std::size_t i = 0; i < text.size(); ++i) {
            char const c = text[i];
            if (i == 8 || i == 13 || i == 18 || i == 23) {
                if (c != '-') return std::nullopt;
                continue;
            }
            int const value = c >= '0' && c <= '9'   ? c - '0'
                              : c >= 'a' && c <= 'f' ? c - 'a' + 10
                              : c >= 'A' && c <= 'F' ? c - 'A' + 10
                                                     : -1;
            if (value < 0) return std::nullopt;
            std::uint8_t& byte = made.bytes[nibble / 2];
            byte = static_cast<std::uint8_t>(byte << 4 | value);
            ++nibble;
        }
        return made;
    }

    /// Writes the 36 characters to `at`; returns the end.
    constexpr char* write(char* at) const noexcept {
        constexpr std::string_view digits = "0123456789abcdef";
        for (std::size_t i = 0; i < bytes.size(); ++i) {
            if (i == 4 || i == 6 || i == 8 || i == 10) *at++ = '-';
            *at++ = digits[bytes[i] >> 4];
            *at++ = digits[bytes[i] & 15];
        }
        return at;
    }
};

/// The UUID as text, in lower case.
[[nodiscard]] inline std::string to_string(uuid const& id) {
    std::string text(36, ' ');
    id.write(text.data());
    return text;
}

/// Other names under which writers may know a member, the most likely first: `weir::member<"country",
/// &click::country>.with(weir::avro::aliases("land", "region"))`. At most six.
struct aliases {
    std::array<std::string_view, 6> names{};

    constexpr aliases() = default;
    template <class... Names>
        requires(sizeof...(Names) >= 1 && sizeof...(Names) <= 6)
    explicit constexpr aliases(Names... others) : names{std::string_view(others)...} {}
};

/// Says that a member keeps its initial value where the writer's schema lacks it: `.with(weir::avro::defaulted)`. It need
/// not be said of a `std::optional`, nor of a member whose initializer gives it another value than its type would have.
struct has_default {};
inline constexpr has_default defaulted{};

/// The full name of the record, enum or other type that a C++ type becomes in a schema; specialise it to give another than
/// the type's own: `template <> struct weir::avro::schema_name<pageview> { static constexpr std::string_view value =
/// "ksql.pageviews"; };`
template <class T>
struct schema_name {
    static constexpr std::string_view value = type_name<T>;
};

}  // namespace weir::avro
