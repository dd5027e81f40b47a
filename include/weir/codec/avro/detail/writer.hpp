// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <weir/base/byte_buffer.hpp>
#include <weir/base/int128.hpp>
#include <weir/codec/avro/detail/json.hpp>
#include <weir/codec/avro/detail/mapping.hpp>
#include <weir/codec/detail/utf8.hpp>

#include <algorithm>
#include <array>
#include <bit>
#include <charconv>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

namespace weir::avro::detail {

/// The fewest bytes whose two's complement is this number.
[[nodiscard]] constexpr std::size_t bytes_of_unscaled(int128 number) noexcept {
    std::size_t size = 1;
    while (size < 16 && (number >> (8 * size - 1)) != 0 && (number >> (8 * size - 1)) != -1) ++size;
    return size;
}

/// The unit in which a time is written.
[[nodiscard]] constexpr epoch unit_of(form how) noexcept { return how.unit.value_or(epoch::microseconds); }

/// Appends values as Avro's binary encoding has them.
class writer {
public:
    explicit writer(byte_buffer& into) noexcept : into_(&into) {}

    template <class V>
    [[nodiscard]] bool write(V const& value, form how) {
        constexpr role what = role_of<V>;
        if constexpr (what == role::boolean) {
            into_->push_back(value ? '\1' : '\0');
            return true;
        } else if constexpr (what == role::whole) {
            if constexpr (std::is_same_v<V, std::uint64_t> || !std::is_same_v<std::common_type_t<V, std::int64_t>, std::int64_t>)
                if (!std::in_range<std::int64_t>(value)) return fail("the number does not fit into a long");
            return write_long(static_cast<std::int64_t>(value));
        } else if constexpr (what == role::floating) {
            using bits_type = std::conditional_t<sizeof(V) == 4, std::uint32_t, std::uint64_t>;
            auto const bits = std::bit_cast<bits_type>(value);
            char* const at = into_->room_for(sizeof bits);
            for (std::size_t i = 0; i < sizeof bits; ++i) at[i] = static_cast<char>(bits >> (8 * i));
            into_->end_at(at + sizeof bits);
            return true;
        } else if constexpr (what == role::text) {
            if (!weir::detail::is_utf8(value)) return fail("the text is no UTF-8");
            return write_bytes(value);
        } else if constexpr (what == role::bytes) {
            return write_bytes({reinterpret_cast<char const*>(value.data()), value.size()});
        } else if constexpr (what == role::time) {
            return write_time(value, how);
        } else if constexpr (what == role::date) {
            return write_long(value.time_since_epoch().count());
        } else if constexpr (what == role::span) {
            return write_long(static_cast<std::int64_t>(value.count()));
        } else if constexpr (what == role::decimal) {
            std::size_t const size = bytes_of_unscaled(value.unscaled);
            char bytes[16];
            for (std::size_t i = 0; i < size; ++i) bytes[i] = static_cast<char>(value.unscaled >> (8 * (size - 1 - i)));
            return write_bytes({bytes, size});
        } else if constexpr (what == role::uuid) {
            char text[36];
            value.write(text);
            return write_bytes({text, sizeof text});
        } else if constexpr (what == role::enumeration) {
            constexpr auto& values = enum_values<V>;
            auto const found = std::find(values.begin(), values.end(), value);
            if (found == values.end()) return fail("the value has no enumerator");
            return write_long(found - values.begin());
        } else if constexpr (what == role::fixed) {
            into_->append({reinterpret_cast<char const*>(value.data()), value.size()});
            return true;
        } else if constexpr (what == role::optional) {
            into_->push_back(value ? '\2' : '\0');
            return !value || write(*value, how);
        } else if constexpr (what == role::sequence || what == role::block) {
            return write_array(value, how);
        } else if constexpr (what == role::dictionary) {
            return write_dictionary(value, how);
        } else {
            return write_record(value);
        }
    }

    [[nodiscard]] std::string_view cause() const noexcept { return cause_; }
    [[nodiscard]] std::string const& place() const noexcept { return place_; }

private:
    [[gnu::cold, gnu::noinline]] bool fail(std::string_view cause) {
        cause_ = cause;
        return false;
    }
    [[gnu::cold, gnu::noinline]] bool fail_in(std::string_view field) {
        place_ = std::string(field) + (place_.empty() || place_.front() == '[' ? "" : ".") + place_;
        return false;
    }

    bool write_long(std::int64_t number) {
        std::uint64_t bits = static_cast<std::uint64_t>(number) << 1 ^ static_cast<std::uint64_t>(number >> 63);
        char* at = into_->room_for(10);
        for (; bits >= 0x80; bits >>= 7) *at++ = static_cast<char>(bits | 0x80);
        *at++ = static_cast<char>(bits);
        into_->end_at(at);
        return true;
    }
    bool write_bytes(std::string_view bytes) {
        write_long(static_cast<std::int64_t>(bytes.size()));
        into_->append(bytes);
        return true;
    }
    bool write_time(timestamp value, form how) {
        std::int64_t count = value.time_since_epoch().count();
        switch (unit_of(how)) {
            case epoch::seconds: count = std::chrono::floor<std::chrono::seconds>(value).time_since_epoch().count(); break;
            case epoch::milliseconds:
                count = std::chrono::floor<std::chrono::milliseconds>(value).time_since_epoch().count();
                break;
            case epoch::nanoseconds:
                if (__builtin_mul_overflow(count, 1000, &count)) return fail("the time is out of the range of nanoseconds");
                break;
            case epoch::microseconds:
            case epoch::iso8601: break;
        }
        return write_long(count);
    }
    template <class V>
    bool write_array(V const& value, form how) {
        std::size_t number = 0;
        if (!value.empty()) write_long(static_cast<std::int64_t>(value.size()));
        for (auto const& each : value) {
            if (!write<typename traits<V>::inner>(each, how)) return fail_in("[" + std::to_string(number) + "]");
            ++number;
        }
        if (!value.empty()) into_->push_back('\0');
        else write_long(0);
        return true;
    }
    template <class V>
    bool write_dictionary(V const& value, form how) {
        if (!value.empty()) write_long(static_cast<std::int64_t>(value.size()));
        for (auto const& [key, each] : value) {
            if (!weir::detail::is_utf8(key)) return fail("a key is no UTF-8");
            write_bytes(key);
            if (!write<typename traits<V>::inner>(each, how)) return fail_in("[\"" + std::string(key).substr(0, 64) + "\"]");
        }
        return write_long(0);
    }
    template <class S>
    bool write_record(S const& value) {
        bool good = true;
        visit_members(value, [&](auto index, auto const& member) {
            if (!good) return;
            good = write<member_at<S, index>>(member, form_of<S, index>) || fail_in(member_names<S>[index]);
        });
        return good;
    }

    byte_buffer* into_;
    std::string_view cause_{};
    std::string place_{};
};

/// Writes the schema of a C++ type.
class schema_writer {
public:
    template <class V>
    void write(form how) {
        constexpr role what = role_of<V>;
        if constexpr (what == role::optional) {
            text += "[\"null\",";
            write<typename traits<V>::inner>(how);
            text += ']';
        } else if constexpr (what == role::time) {
            constexpr std::string_view names[] = {"", "timestamp-millis", "timestamp-micros", "timestamp-nanos",
                                                  "timestamp-micros"};
            meaning("long", names[static_cast<std::size_t>(unit_of(how))]);
        } else if constexpr (what == role::date) {
            meaning("int", "date");
        } else if constexpr (what == role::span) {
            text += "\"long\"";
        } else if constexpr (what == role::uuid) {
            meaning("string", "uuid");
        } else if constexpr (what == role::decimal) {
            text += "{\"type\":\"bytes\",\"logicalType\":\"decimal\",\"precision\":" + std::to_string(V::precision) +
                    ",\"scale\":" + std::to_string(V::scale) + "}";
        } else if constexpr (what == role::fixed) {
            std::size_t const size = std::tuple_size_v<V>;
            std::string const name = "fixed_" + std::to_string(size);
            if (!known(name)) text += "{\"type\":\"fixed\",\"name\":\"" + name + "\",\"size\":" + std::to_string(size) + "}";
        } else if constexpr (what == role::enumeration) {
            std::string const name = name_in_schema<V>();
            if (known(name)) return;
            text += "{\"type\":\"enum\",\"name\":\"" + name + "\",\"symbols\":[";
            for (std::size_t i = 0; i < enum_values<V>.size(); ++i)
                text.append(i == 0 ? "\"" : ",\"").append(enum_names<V>[i]).append("\"");
            text += "]}";
        } else if constexpr (what == role::sequence || what == role::block) {
            text += "{\"type\":\"array\",\"items\":";
            write<typename traits<V>::inner>(how);
            text += '}';
        } else if constexpr (what == role::dictionary) {
            text += "{\"type\":\"map\",\"values\":";
            write<typename traits<V>::inner>(how);
            text += '}';
        } else if constexpr (what == role::record) {
            write_record<V>();
        } else {
            text += "\"" + words_of<V>() + "\"";
        }
    }

    std::string text{};

private:
    void meaning(std::string_view type, std::string_view logical_type) {
        if (logical_type.empty()) text.append("\"").append(type).append("\"");
        else text.append("{\"type\":\"").append(type).append("\",\"logicalType\":\"").append(logical_type).append("\"}");
    }

    /// Whether the type was defined before: then its name stands for it.
    bool known(std::string const& name) {
        if (std::find(names_.begin(), names_.end(), name) == names_.end()) return names_.push_back(name), false;
        text += "\"" + name + "\"";
        return true;
    }

    template <class S>
    void write_record() {
        std::string const name = name_in_schema<S>();
        if (known(name)) return;
        text += "{\"type\":\"record\",\"name\":\"" + name + "\",\"fields\":[";
        [&]<std::size_t... I>(std::index_sequence<I...>) { (write_field<S, I>(), ...); }
        (std::make_index_sequence<member_count<S>>{});
        text += "]}";
    }

    template <class S, std::size_t I>
    void write_field() {
        if (I != 0) text += ',';
        text += "{\"name\":";
        append_json_text(text, member_names<S>[I]);
        text += ",\"type\":";
        write<member_at<S, I>>(form_of<S, I>);
        constexpr aliases others = member_options<S, I>.template get<aliases>();
        if (!others.names[0].empty()) {
            text += ",\"aliases\":[";
            for (std::size_t i = 0; i < others.names.size() && !others.names[i].empty(); ++i) {
                if (i != 0) text += ',';
                append_json_text(text, others.names[i]);
            }
            text += ']';
        }
        if (has_initial<S, I>()) write_default(member_ref<I>(initial<S>()));
        text += '}';
    }

    /// The default of a member that has one. A union's default belongs to its first branch, which is null.
    template <class V>
    void write_default(V const& value) {
        constexpr role what = role_of<V>;
        if constexpr (what == role::optional) {
            if (!value) text += ",\"default\":null";
        } else if constexpr (what == role::boolean) {
            text += value ? ",\"default\":true" : ",\"default\":false";
        } else if constexpr (what == role::whole) {
            text += ",\"default\":" + std::to_string(value);
        } else if constexpr (what == role::floating) {
            // JSON knows no infinity.
            if (!(value - value == V{})) return;
            char digits[64];
            auto const end = std::to_chars(digits, digits + sizeof digits, value).ptr;
            text.append(",\"default\":").append(digits, end);
        } else if constexpr (what == role::text) {
            if (!weir::detail::is_utf8(value)) return;
            text += ",\"default\":";
            append_json_text(text, value);
        } else if constexpr (what == role::enumeration) {
            if (!enum_name(value).empty()) text.append(",\"default\":\"").append(enum_name(value)).append("\"");
        } else if constexpr (what == role::sequence) {
            if (value.empty()) text += ",\"default\":[]";
        } else if constexpr (what == role::dictionary) {
            if (value.empty()) text += ",\"default\":{}";
        }
    }

    std::vector<std::string> names_{};
};

}  // namespace weir::avro::detail
