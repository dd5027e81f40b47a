// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <weir/base/detail/shared.hpp>
#include <weir/base/detail/shown_text.hpp>
#include <weir/base/error.hpp>
#include <weir/base/result.hpp>
#include <weir/time/detail/zone_file.hpp>
#include <weir/time/timestamp.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace weir {

/// Where Linux and macOS keep their time zones.
inline constexpr std::string_view system_zone_folder = "/usr/share/zoneinfo";

/// A time zone of the system's database: `time_zone("Europe/Paris")`. Copies share what was read.
///
/// The file is read here and nowhere else: a compiled time zone (TZif, RFC 8536) below `folder`. The environment is not
/// looked at; a host that honours `TZDIR` passes it as the folder. `UTC` needs no file. A zone that cannot be read is
/// UTC, and `failure()` says why; a window made of it fails the job at its first step.
class time_zone {
public:
    explicit time_zone(std::string_view name, std::string_view folder = system_zone_folder) {
        result<contents> got = read(name, folder);
        if (got) inside_ = detail::shared<contents>(*std::move(got));
        else inside_ = detail::shared<contents>({std::string(name), utc_table(), got.problem()});
    }

    /// The zone, or why it cannot be read: a name that leads out of the folder, a file that is missing or no time zone.
    [[nodiscard]] static result<time_zone> load(std::string_view name, std::string_view folder = system_zone_folder) {
        time_zone made(name, folder);
        if (error const* const why = made.failure()) return *why;
        return made;
    }

    /// A zone by its rule in POSIX form, which needs no file: `CET-1CEST,M3.5.0,M10.5.0/3`. It holds for all years.
    [[nodiscard]] static result<time_zone> from_rule(std::string_view rule) {
        detail::zone_table table;
        if (!detail::add_rule(table, rule, 1970, detail::first_microsecond, true))
            return error{.component = "time_zone",
                         .cause = "\"" + detail::shown_text(rule) + "\" is no rule of a time zone",
                         .advice = "write it as in CET-1CEST,M3.5.0,M10.5.0/3; hours count towards the west"};
        table.finish();
        return time_zone(contents{std::string(rule), std::move(table), {}});
    }

    /// The name, or the rule, that it was made of.
    [[nodiscard]] std::string_view name() const noexcept { return inside_->name; }

    /// Why it could not be read, or null.
    [[nodiscard]] error const* failure() const noexcept { return inside_->failure ? &*inside_->failure : nullptr; }

    /// How far local time is ahead of UTC at that instant.
    [[nodiscard]] duration offset_at(timestamp t) const noexcept {
        return duration(inside_->table.offset_at(t.time_since_epoch().count()));
    }

    /// The local date as days since 1970-01-01. Never less than that of an earlier instant: where clocks are set back over
    /// midnight, the new day goes on. A few nanoseconds.
    [[nodiscard]] std::int64_t day_of(timestamp t) const noexcept {
        return inside_->table.day_of(t.time_since_epoch().count());
    }

    /// The first instant of a local day, or of the next where the zone left out that date. A midnight that does not exist
    /// gives the instant at which clocks were set forward over it; one that comes twice, its first.
    [[nodiscard]] timestamp start_of_day(std::int64_t day) const noexcept {
        return timestamp(duration(inside_->table.start_of_day(day)));
    }

private:
    struct contents {
        std::string name;
        detail::zone_table table;
        std::optional<error> failure;
    };

    explicit time_zone(contents made) : inside_(std::move(made)) {}

    [[nodiscard]] static detail::zone_table utc_table() {
        detail::zone_table table;
        table.finish();
        return table;
    }

    [[nodiscard]] static result<contents> read(std::string_view name, std::string_view folder) {
        if (name == "UTC") return contents{std::string(name), utc_table(), {}};
        if (!detail::is_zone_name(name))
            return error{.component = "time_zone",
                         .cause = "\"" + detail::shown_text(name) + "\" is no name of a time zone",
                         .advice = "give a name such as Europe/Paris"};
        std::string path(folder);
        path.append("/").append(name);
        result<detail::zone_table> table = detail::read_zone_file(path);
        if (!table) return table.problem();
        return contents{std::string(name), *std::move(table), {}};
    }

    detail::shared<contents> inside_;
};

}  // namespace weir
