// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <weir/base/detail/file_handle.hpp>
#include <weir/base/result.hpp>
#include <weir/time/detail/zone_table.hpp>

#include <cerrno>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace weir::detail {

/// No clock was ever further from UTC: RFC 8536 wants offsets of more than -25 and less than 26 hours.
inline constexpr std::int64_t greatest_offset = 26 * 3600;

/// Adds to a table what holds behind its last change at `after`; false for a rule that is none.
[[nodiscard]] inline bool add_rule(zone_table& table, std::string_view text, std::int64_t first_year, std::int64_t after,
                                   bool always) {
    zone_rule rule;
    if (!zone_rule_reader(text).read(rule)) return false;
    if (always) table.begin_with(rule.standard);
    table.repeat(rule, first_year, after, always);
    return true;
}

/// Reads a compiled time zone (TZif, RFC 8536): of version 1 its 32-bit block, of any later one the 64-bit block and the
/// rule for the time after the last change.
class zone_file_reader {
public:
    explicit zone_file_reader(std::string_view bytes) : bytes_(bytes) {}

    /// What is wrong with the file, or null.
    [[nodiscard]] char const* read(zone_table& into) {
        header first;
        if (!read_header(first)) return "is no compiled time zone (TZif)";
        if (first.version == '\0') return read_block(first, 4, into);
        skip(first.size(4));
        header second;
        if (!read_header(second)) return cut_off;
        return read_block(second, 8, into);
    }

private:
    static constexpr char const* cut_off = "is a compiled time zone that is cut off";
    static constexpr std::size_t most_changes = 20'000;
    static constexpr std::int64_t last_year = 100'000;

    struct header {
        char version = '\0';
        std::size_t is_utc = 0, is_standard = 0, leaps = 0, changes = 0, types = 0, characters = 0;
        [[nodiscard]] std::size_t size(std::size_t time) const noexcept {
            return changes * (time + 1) + types * 6 + characters + leaps * (time + 4) + is_standard + is_utc;
        }
    };

    void skip(std::size_t count) { bytes_.remove_prefix(min_of(count, bytes_.size())); }

    [[nodiscard]] std::int64_t number(std::size_t at, std::size_t size) const {
        std::uint64_t value = (static_cast<unsigned char>(bytes_[at]) & 0x80u) != 0 ? ~std::uint64_t{0} : 0;
        for (std::size_t i = 0; i < size; ++i) value = value << 8 | static_cast<unsigned char>(bytes_[at + i]);
        return static_cast<std::int64_t>(value);
    }

    [[nodiscard]] bool read_header(header& into) {
        if (bytes_.size() < 44 || !bytes_.starts_with("TZif")) return false;
        into.version = bytes_[4];
        std::size_t* const counts[] = {&into.is_utc, &into.is_standard, &into.leaps,
                                       &into.changes, &into.types,      &into.characters};
        for (std::size_t i = 0; i < 6; ++i) *counts[i] = static_cast<std::size_t>(number(20 + 4 * i, 4) & 0xffffffff);
        skip(44);
        return true;
    }

    [[nodiscard]] char const* read_block(header const& of, std::size_t time, zone_table& into) {
        if (of.size(time) > bytes_.size()) return cut_off;
        if (of.leaps != 0) return "counts leap seconds, which a timestamp does not";
        if (of.types == 0 || of.changes > most_changes) return "is a compiled time zone without types or with too many changes";
        std::size_t const types = of.changes * (time + 1);
        std::int64_t before = first_microsecond;
        std::int64_t offset = number(types, 4);
        if (!near_enough(offset)) return too_far;
        into.begin_with(offset);
        for (std::size_t i = 0; i < of.changes; ++i) {
            std::int64_t const second = number(i * time, time);
            std::size_t const type = static_cast<unsigned char>(bytes_[of.changes * time + i]);
            if (type >= of.types || (i != 0 && second <= number((i - 1) * time, time))) return "has changes that are out of order";
            offset = number(types + type * 6, 4);
            if (!near_enough(offset)) return too_far;
            if (second >= last_microsecond / microseconds_a_second) break;
            before = second <= first_microsecond / microseconds_a_second ? first_microsecond : second * microseconds_a_second;
            into.change(before, offset);
        }
        skip(of.size(time));
        bool const has_rule = time == 8 && bytes_.size() > 2 && bytes_.front() == '\n';
        if (has_rule && !read_rule(bytes_.substr(1, bytes_.find('\n', 1) - 1), before, into))
            return "ends with a rule that cannot be read";
        into.finish();
        return nullptr;
    }

    static constexpr char const* too_far = "has local times that are more than a day from UTC";
    [[nodiscard]] static bool near_enough(std::int64_t offset) { return -greatest_offset < offset && offset < greatest_offset; }

    [[nodiscard]] static bool read_rule(std::string_view text, std::int64_t after, zone_table& into) {
        if (text.empty()) return true;
        if (after == first_microsecond) return add_rule(into, text, 1970, after, true);
        std::int64_t const year = civil_from_days(floor_divide(after, microseconds_a_day)).year;
        return year < last_year && add_rule(into, text, year, after, false);
    }

    std::string_view bytes_;
};

/// Whether a name may stand for a file below the folder of zones: `Europe/Paris`, and nothing that leads out of it.
[[nodiscard]] inline bool is_zone_name(std::string_view name) noexcept {
    if (name.empty() || name.size() > 255 || name.front() == '/' || name.back() == '/') return false;
    for (char const c : name) {
        bool const letter = (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z');
        if (!letter && !(c >= '0' && c <= '9') && c != '_' && c != '-' && c != '+' && c != '/') return false;
    }
    return true;
}

/// Reads the file of a zone.
[[nodiscard]] inline result<zone_table> read_zone_file(std::string const& path) {
    auto const refuse = [&](error why) {
        why.component = "time_zone";
        why.advice = "install the system's time zones (Debian: tzdata), or name the folder that holds them";
        return why;
    };
    errno = 0;
    file_handle const file(std::fopen(path.c_str(), "rb"));
    if (!file) return refuse(file_error(path, "cannot be opened", errno));
    std::string bytes(std::size_t{1} << 20, '\0');
    std::size_t const size = std::fread(bytes.data(), 1, bytes.size(), file.get());
    if (std::ferror(file.get())) return refuse(file_error(path, "cannot be read", errno));
    zone_table table;
    if (char const* const wrong = zone_file_reader(std::string_view(bytes).substr(0, size)).read(table))
        return refuse({.place = path, .cause = std::string("the file ") + wrong});
    return table;
}

}  // namespace weir::detail
