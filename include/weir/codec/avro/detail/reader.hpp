// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <weir/base/detail/shown_text.hpp>
#include <weir/base/int128.hpp>
#include <weir/codec/avro/detail/mapping.hpp>
#include <weir/codec/avro/detail/plan.hpp>

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>

namespace weir::avro::detail {

template <class V>
[[nodiscard]] bool read(machine& from, step const& s, V& into);

/// `number * factor` (or, for a negative factor, divided by it and rounded down) as a whole number that fits.
[[nodiscard]] inline bool scaled(std::int64_t number, std::int64_t factor, std::int64_t& into) noexcept {
    if (factor > 0) return !__builtin_mul_overflow(number, factor, &into);
    into = number / -factor - (number % -factor < 0 ? 1 : 0);
    return true;
}

[[nodiscard]] inline bool read_number(machine& from, step const& s, std::int64_t& number) {
    return s.what == action::int_ ? from.read_int(number) : from.read_long(number);
}

template <class V>
[[nodiscard]] bool read_whole(machine& from, step const& s, V& into) {
    std::int64_t number = 0;
    if (!read_number(from, s, number)) return false;
    if constexpr (!std::is_same_v<V, std::int64_t>)
        if (!std::in_range<V>(number)) return from.fail("the number does not fit into the member");
    into = static_cast<V>(number);
    return true;
}

template <class V>
[[nodiscard]] bool read_floating(machine& from, step const& s, V& into) {
    using bits = std::conditional_t<sizeof(V) == 4, std::uint32_t, std::uint64_t>;
    if (s.what == action::double_) return from.read_floating<V, bits>(into);
    if (s.what == action::float_) {
        float number = 0;
        if (!from.read_floating<float, std::uint32_t>(number)) return false;
        into = static_cast<V>(number);
        return true;
    }
    std::int64_t number = 0;
    if (!read_number(from, s, number)) return false;
    into = static_cast<V>(number);
    return true;
}

/// The bytes of a decimal, in two's complement, the highest first.
[[nodiscard]] inline bool read_unscaled(machine& from, step const& s, int128& into) {
    std::string_view bytes;
    if (s.what == action::fixed ? !from.read_raw(s.count, bytes) : !from.read_bytes(bytes)) return false;
    if (bytes.empty()) return from.fail("a decimal has no bytes");
    bool const negative = static_cast<unsigned char>(bytes.front()) >= 0x80;
    uint128 bits = negative ? ~uint128{0} : uint128{0};
    for (char const c : bytes) {
        auto const sign = static_cast<unsigned char>(bits >> 120);
        // What is pushed out must be nothing but the sign.
        if (sign != (negative ? 0xFF : 0)) return from.fail("a decimal has more than 38 digits");
        bits = bits << 8 | static_cast<unsigned char>(c);
    }
    into = static_cast<int128>(bits);
    if ((into < 0) != negative) return from.fail("a decimal has more than 38 digits");
    for (std::int64_t i = 0; i < s.extra; ++i)
        if (__builtin_mul_overflow(into, int128{10}, &into)) return from.fail("a decimal has more than 38 digits");
    return true;
}

template <int Digits>
[[nodiscard]] constexpr int128 power_of_ten() noexcept {
    int128 power = 1;
    for (int i = 0; i < Digits; ++i) power *= 10;
    return power;
}

template <class V>
[[nodiscard]] bool read_dictionary(machine& from, step const& s, V& into) {
    into.clear();
    return from.read_items([&] {
        std::string_view key;
        if (!from.read_text(key)) return false;
        using key_type = typename traits<V>::key;
        bool good = false;
        if constexpr (requires { typename V::mapped_type; }) good = read(from, from.inside(s), into[key_type(key)]);
        else good = read(from, from.inside(s), into.emplace_back(key_type(key), typename traits<V>::inner{}).second);
        return good || from.fail_in("[\"" + std::string(key.substr(0, 64)) + "\"]");
    });
}

template <class V>
[[nodiscard]] bool read_array(machine& from, step const& s, V& into) {
    std::size_t next = 0;
    auto const good = [&](bool read) { return read || from.fail_in("[" + std::to_string(next) + "]"); };
    if constexpr (role_of<V> == role::block) {
        bool const whole = from.read_items([&] {
            if (next == into.size()) return from.fail("the array has more items than the member");
            if (!good(read(from, from.inside(s), into[next]))) return false;
            ++next;
            return true;
        });
        return whole && (next == into.size() || from.fail("the array has fewer items than the member"));
    } else {
        into.clear();
        return from.read_items([&] {
            if constexpr (std::is_same_v<typename traits<V>::inner, bool>) {
                bool one = false;
                if (!good(read(from, from.inside(s), one))) return false;
                into.push_back(one);
            } else if (!good(read(from, from.inside(s), into.emplace_back()))) {
                return false;
            }
            ++next;
            return true;
        });
    }
}

template <class S, std::size_t I>
[[nodiscard]] bool read_member(machine& from, step const& s, S& into) {
    auto& member = member_ref<I>(into);
    if (s.what == action::initial) [[unlikely]] {
        member = member_ref<I>(initial<S>());
        return true;
    }
    return read(from, s, member);
}

template <class S>
inline constexpr auto member_readers = []<std::size_t... I>(std::index_sequence<I...>) {
    return std::array<bool (*)(machine&, step const&, S&), sizeof...(I)>{&read_member<S, I>...};
}(std::make_index_sequence<member_count<S>>{});

template <class S>
[[nodiscard]] bool read_record(machine& from, step const& s, S& into) {
    if (!from.enter_record(s)) return false;
    for (step const& each : from.all_inside(s)) {
        if (each.member == no_member) {
            if (!from.skip(each)) return false;
        } else if (!member_readers<S>[each.member](from, each, into)) [[unlikely]] {
            return from.fail_in(member_names<S>[each.member]);
        }
    }
    from.ascend();
    return true;
}

/// Reads what the step says into `into`, of which everything is written.
template <class V>
[[nodiscard]] bool read(machine& from, step const& s, V& into) {
    constexpr role what = role_of<V>;
    if (s.what == action::choose) [[unlikely]] {
        step const* const branch = from.read_branch(s);
        return branch && read(from, *branch, into);
    }
    if (s.what == action::refuse) [[unlikely]]
        return from.refuse(s);
    if constexpr (what == role::boolean) {
        return from.read_boolean(into);
    } else if constexpr (what == role::whole) {
        return read_whole(from, s, into);
    } else if constexpr (what == role::floating) {
        return read_floating(from, s, into);
    } else if constexpr (what == role::text) {
        std::string_view text;
        if (!from.read_text(text)) return false;
        into = text;
        return true;
    } else if constexpr (what == role::bytes) {
        std::string_view raw;
        if (!from.read_bytes(raw)) return false;
        auto const* const first = reinterpret_cast<std::byte const*>(raw.data());
        if constexpr (std::is_same_v<V, std::vector<std::byte>>) into.assign(first, first + raw.size());
        else into = V(first, raw.size());
        return true;
    } else if constexpr (what == role::time) {
        std::int64_t count = 0;
        if (!read_number(from, s, count)) return false;
        if (!scaled(count, s.extra, count)) return from.fail("the time is out of range");
        into = timestamp(duration(count));
        return true;
    } else if constexpr (what == role::date) {
        std::int64_t days = 0;
        if (!from.read_int(days)) return false;
        into = std::chrono::sys_days(std::chrono::days(static_cast<std::int32_t>(days)));
        return true;
    } else if constexpr (what == role::span) {
        std::int64_t count = 0;
        if (!read_number(from, s, count)) return false;
        if (!scaled(count, s.extra, count) || !std::in_range<typename V::rep>(count))
            return from.fail("the duration is out of range");
        into = V(static_cast<typename V::rep>(count));
        return true;
    } else if constexpr (what == role::decimal) {
        if (!read_unscaled(from, s, into.unscaled)) return false;
        constexpr int128 bound = power_of_ten<V::precision>();
        return (bound > into.unscaled && into.unscaled > -bound) || from.fail("the decimal has more digits than the member");
    } else if constexpr (what == role::uuid) {
        std::string_view text;
        if (s.what == action::fixed) {
            if (!from.read_raw(16, text)) return false;
            for (std::size_t i = 0; i < 16; ++i) into.bytes[i] = static_cast<std::uint8_t>(text[i]);
            return true;
        }
        if (!from.read_bytes(text)) return false;
        auto const parsed = uuid::parse(text);
        if (parsed) into = *parsed;
        return parsed || from.fail("the string is no UUID");
    } else if constexpr (what == role::enumeration) {
        auto const* const symbol = from.read_symbol(s);
        if (!symbol) return false;
        if (!symbol->known) return from.fail("the enum has no enumerator '" + weir::detail::shown_text(symbol->name, 256) + "'");
        into = static_cast<V>(symbol->value);
        return true;
    } else if constexpr (what == role::fixed) {
        std::string_view raw;
        if (!from.read_raw(into.size(), raw)) return false;
        if (!raw.empty()) std::memcpy(into.data(), raw.data(), raw.size());
        return true;
    } else if constexpr (what == role::optional) {
        if (s.what == action::null) {
            into.reset();
            return true;
        }
        if (!into) into.emplace();
        return read(from, s, *into);
    } else if constexpr (what == role::sequence || what == role::block) {
        return read_array(from, s, into);
    } else if constexpr (what == role::dictionary) {
        return read_dictionary(from, s, into);
    } else {
        return read_record(from, s, into);
    }
}

}  // namespace weir::avro::detail
