// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <string>
#include <string_view>
#include <utility>

namespace weir_test {

/// The rules of windows said a second time, in ClickHouse's SQL. Each function gives a query of a table of events with the
/// columns `n` (the place in order of arrival), `at` (microseconds since 1970), `page` (absent: no key), `section`,
/// `visitor`, `amount`, and `w`, the watermark that the event found.
///
/// A query of rows gives the window's bounds, the columns of `keys`, and the aggregates. What is not called `_today` uses
/// only what ClickHouse 18.16 knows: arrays, and no window functions.
class sql_windows {
    using insertion = std::pair<std::string_view, std::string>;
    using number = std::pair<std::string_view, std::int64_t>;

public:
    explicit sql_windows(std::string table, std::string keys = "page, section")
        : table_(std::move(table)), keys_(std::move(keys)) {}

    /// The events of `raw` with the watermark that each found: the greatest time so far, less the bound.
    [[nodiscard]] std::string with_watermarks(std::string const& raw, std::int64_t bound) const {
        return sql(R"(
            SELECT n, at, page, section, visitor, amount, top - $bound AS w
            FROM (
                SELECT ns AS n, tops AS top
                FROM (
                    SELECT ns, arrayMap(i -> arrayReduce('max', arraySlice(ats, 1, i)), arrayEnumerate(ats)) AS tops
                    FROM (SELECT groupArray(n) AS ns, groupArray(at) AS ats FROM (SELECT n, at FROM $raw ORDER BY n))
                )
                ARRAY JOIN ns, tops
            ) ALL INNER JOIN $raw USING n)",
                   {{"$bound", bound}}, {{"$raw", raw}});
    }
    [[nodiscard]] std::string with_watermarks_today(std::string const& raw, std::int64_t bound) const {
        return sql("SELECT *, max(at) OVER (ORDER BY n) - $bound AS w FROM $raw", {{"$bound", bound}}, {{"$raw", raw}});
    }

    /// Each event beside the bounds of each of its windows: `opens` and `closes`.
    [[nodiscard]] std::string tumbling(std::int64_t size, std::int64_t offset) const {
        return sql("SELECT *, $number * $size + $offset AS opens, opens + $size AS closes FROM $keyed",
                   {{"$size", size}, {"$offset", offset}}, {{"$number", floor_of("at", offset, size)}});
    }
    [[nodiscard]] std::string tumbling_today(std::int64_t size) const {
        return sql(R"(
            SELECT *, opens + $size AS closes,
                toUnixTimestamp64Micro(toStartOfInterval(fromUnixTimestamp64Micro(at), toIntervalMicrosecond($size))) AS opens
            FROM $keyed)",
                   {{"$size", size}});
    }
    [[nodiscard]] std::string hopping(std::int64_t size, std::int64_t advance, std::int64_t offset) const {
        return sql(R"(
            SELECT *, number * $advance + $offset AS opens, opens + $size AS closes
            FROM (SELECT *, $ended + 1 AS least, $begun AS greatest FROM $keyed)
            ARRAY JOIN arrayMap(i -> least + toInt64(i), range(toUInt64(greatest - least + 1))) AS number)",
                   {{"$size", size}, {"$advance", advance}, {"$offset", offset}},
                   {{"$ended", floor_of("at", offset + size, advance)}, {"$begun", floor_of("at", offset, advance)}});
    }
    [[nodiscard]] std::string cumulate(std::int64_t size, std::int64_t step, std::int64_t offset) const {
        return sql(R"(
            SELECT *, opens + number * $step AS closes
            FROM (SELECT *, $number * $size + $offset AS opens, intDiv(at - opens, $step) + 1 AS least FROM $keyed)
            ARRAY JOIN arrayMap(i -> least + toInt64(i), range(toUInt64(intDiv($size, $step) - least + 1))) AS number)",
                   {{"$size", size}, {"$step", step}, {"$offset", offset}}, {{"$number", floor_of("at", offset, size)}});
    }

    /// The rows of such windows: of the events that found them open, or not longer closed than the lateness.
    [[nodiscard]] std::string rows_of(std::string const& windows, std::int64_t lateness = 0) const {
        return sql(R"(
            SELECT opens, closes, $keys, $aggregates FROM ($windows)
            WHERE closes + $lateness > w
            GROUP BY opens, closes, $keys)",
                   {{"$lateness", lateness}}, {{"$windows", windows}});
    }
    /// The events that found all their windows gone.
    [[nodiscard]] std::string late_of(std::string const& windows, std::int64_t lateness = 0) const {
        return sql("SELECT n FROM ($windows) GROUP BY n, w HAVING max(closes) + $lateness <= w", {{"$lateness", lateness}},
                   {{"$windows", windows}});
    }
    /// How many places in windows were gone, of all events.
    [[nodiscard]] std::string late_places_of(std::string const& windows) const {
        return sql("SELECT count() FROM ($windows) WHERE closes <= w", {}, {{"$windows", windows}});
    }

    /// Events of a key at most `gap` apart; none may be late.
    [[nodiscard]] std::string sessions(std::int64_t gap) const {
        return sql(R"(
            SELECT min(at) AS opens, max(at) + $gap AS closes, max(at), $keys, $aggregates
            FROM (
                SELECT $keys, e.1 AS at, e.3 AS amount, e.4 AS visitor, session
                FROM (
                    SELECT *, arrayCumSum(arrayMap(i -> toUInt8(i = 1 OR ts[i] - ts[i - 1] > $gap), arrayEnumerate(ts))) AS sessions
                    FROM (SELECT *, arrayMap(e -> e.1, es) AS ts FROM ($sequences_of $keyed GROUP BY $keys))
                )
                ARRAY JOIN es AS e, sessions AS session
            )
            GROUP BY $keys, session)",
                   {{"$gap", gap}});
    }
    [[nodiscard]] std::string sessions_today(std::int64_t gap) const {
        return sql(R"(
            SELECT min(at) AS opens, max(at) + $gap AS closes, max(at), $keys, $aggregates
            FROM (
                SELECT *, sum(begins) OVER (PARTITION BY $keys ORDER BY at, n) AS session
                FROM (
                    SELECT *, at - lagInFrame(at, 1, at) OVER before > $gap AS begins FROM $keyed
                    WINDOW before AS (PARTITION BY $keys ORDER BY at, n ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW)
                )
            )
            GROUP BY $keys, session)",
                   {{"$gap", gap}});
    }

    /// The same where events may be late, told event by event in order of arrival: an event joins the sessions of its key
    /// that it touches and that its watermark has not passed; where there is none, it is late when the watermark has passed
    /// the end of the session that it would begin.
    [[nodiscard]] std::string sessions_told_today(std::int64_t gap) const {
        return sql(R"(
            SELECT min(at) AS opens, max(at) + $gap AS closes, max(at), $keys, $aggregates
            FROM (
                SELECT n, one.1 AS begins FROM (SELECT told.1 AS all FROM ($told))
                ARRAY JOIN all AS one ARRAY JOIN one.3 AS n
            ) AS places INNER JOIN $keyed AS events USING n
            GROUP BY $keys, begins)",
                   {{"$gap", gap}}, {{"$told", told_sessions(gap)}});
    }
    [[nodiscard]] std::string late_for_sessions_today(std::int64_t gap) const {
        return sql("SELECT arrayJoin(told.2) AS n FROM ($told)", {}, {{"$told", told_sessions(gap)}});
    }

    /// The windows that end just behind an event: the events on time, joined with themselves.
    [[nodiscard]] std::string sliding(std::int64_t size) const {
        return sql(R"(
            SELECT t + 1 - $size AS opens, t + 1 AS closes, $keys, $aggregates
            FROM (SELECT DISTINCT $keys, at AS t FROM $in_time) AS ends ALL INNER JOIN $in_time AS events USING $keys
            WHERE at < closes AND at >= opens
            GROUP BY t, $keys)",
                   {{"$size", size}});
    }
    [[nodiscard]] std::string sliding_today(std::int64_t size) const {
        return sql(R"(
            SELECT DISTINCT at + 1 - $size AS opens, at + 1 AS closes, $keys, $aggregates_over_last FROM $in_time
            WINDOW last AS (PARTITION BY $keys ORDER BY at RANGE BETWEEN $size - 1 PRECEDING AND CURRENT ROW))",
                   {{"$size", size}});
    }
    /// The events that came behind the watermark.
    [[nodiscard]] std::string late_in_order() const { return sql("SELECT n FROM $keyed WHERE at < w", {}); }

    /// After each `advance` events of a key the last `size`; at the end those that are left over.
    [[nodiscard]] std::string count_windows(std::int64_t size, std::int64_t advance) const {
        return sql(R"(
            SELECT min(at) AS opens, max(at) + 1 AS closes, $keys, $aggregates
            FROM (
                SELECT $keys, e.1 AS at, e.3 AS amount, e.4 AS visitor, ends_of_e
                FROM (
                    SELECT *, length(es) AS total, arrayMap(rank -> arrayFilter(
                        i -> i % $advance = 0 AND i <= total OR i = total AND rank > total - total % $advance,
                        arrayMap(i -> rank + i, range(toUInt64($size)))), arrayEnumerate(es)) AS ends
                    FROM ($sequences_of $in_time GROUP BY $keys)
                )
                ARRAY JOIN es AS e, ends AS ends_of_e
            )
            ARRAY JOIN ends_of_e AS end_of_e
            GROUP BY $keys, end_of_e)",
                   {{"$size", size}, {"$advance", advance}});
    }
    [[nodiscard]] std::string count_windows_today(std::int64_t size, std::int64_t advance) const {
        return sql(R"(
            WITH ranked AS (
                SELECT *, row_number() OVER (PARTITION BY $keys ORDER BY at, n) AS rank, count() OVER (PARTITION BY $keys) AS total
                FROM $in_time
            )
            SELECT * EXCEPT rank
            FROM (
                SELECT min(at) OVER last AS opens, at + 1 AS closes, $keys, $aggregates_over_last, rank FROM ranked
                WINDOW last AS (PARTITION BY $keys ORDER BY at, n ROWS BETWEEN $size - 1 PRECEDING AND CURRENT ROW)
            )
            WHERE rank % $advance = 0
            UNION ALL
            SELECT min(at), max(at) + 1, $keys, $aggregates FROM ranked WHERE rank > total - total % $advance GROUP BY $keys)",
                   {{"$size", size}, {"$advance", advance}});
    }

private:
    /// Puts the numbers and texts, and what all queries share, where their names stand.
    [[nodiscard]] std::string sql(std::string text, std::initializer_list<number> numbers,
                                  std::initializer_list<insertion> texts = {}) const {
        for (auto const& [name, value] : texts) insert(text, name, value);
        insert(text, "$sequences_of", "SELECT $keys, arraySort(groupArray((at, n, amount, visitor))) AS es FROM");
        insert(text, "$in_time", "(SELECT * FROM $keyed WHERE at >= w)");
        insert(text, "$keyed", keyed());
        insert(text, "$aggregates_over_last", aggregates(" OVER last"));
        insert(text, "$aggregates", aggregates(""));
        insert(text, "$keys", keys_);
        for (auto const& [name, value] : numbers) insert(text, name, "toInt64(" + std::to_string(value) + ")");
        return text;
    }
    static void insert(std::string& text, std::string_view name, std::string const& value) {
        for (std::size_t at = 0; (at = text.find(name, at)) != std::string::npos; at += value.size())
            text.replace(at, name.size(), value);
    }

    [[nodiscard]] static std::string aggregates(std::string const& over) {
        return "count()" + over + ", sum(amount)" + over + ", min(amount)" + over + ", max(amount)" + over +
               ", reinterpretAsUInt64(reinterpretAsString(avg(amount)" + over + ")), uniqExact(visitor)" + over;
    }
    /// The events that have a key. A name that SELECT gives is seen by its own WHERE, so the others go one level further in.
    [[nodiscard]] std::string keyed() const {
        if (keys_.find("page") == std::string::npos) return table_;
        return "(SELECT n, at, assumeNotNull(page) AS page, section, visitor, amount, w FROM (SELECT * FROM " + table_ +
               " WHERE isNotNull(page)))";
    }
    /// `(at - less) / divisor` rounded down; `intDiv` rounds towards zero.
    [[nodiscard]] std::string floor_of(std::string const& at, std::int64_t less, std::int64_t divisor) const {
        return sql("(intDiv($t, $divisor) - ($t < 0 AND $t % $divisor != 0))", {{"$less", less}, {"$divisor", divisor}},
                   {{"$t", "(" + at + " - $less)"}});
    }
    /// By key: its sessions, each with its first event, its last, and the `n` of all; and the `n` of those that were late.
    [[nodiscard]] std::string told_sessions(std::int64_t gap) const {
        return sql(R"(
            SELECT $keys, arrayFold((state, e) -> CAST(
                if(empty($touched) AND e.1 + $gap < e.3,
                    (state.1, arrayPushBack(state.2, e.2)),
                    (arrayPushBack(arrayFilter(s -> NOT $touches, state.1), (
                        arrayMin(arrayPushBack(arrayMap(s -> s.1, $touched), e.1)),
                        arrayMax(arrayPushBack(arrayMap(s -> s.2, $touched), e.1)),
                        arrayPushBack(arrayFlatten(arrayMap(s -> s.3, $touched)), e.2))), state.2)), $type),
                arraySort(e -> e.2, groupArray((at, n, w))), CAST(([], []), $type)) AS told
            FROM $keyed GROUP BY $keys)",
                   {{"$gap", gap}},
                   {{"$touched", "arrayFilter(s -> $touches, state.1)"},
                    {"$touches", "(s.2 + $gap >= e.3 AND s.1 <= e.1 + $gap AND e.1 <= s.2 + $gap)"},
                    {"$type", "'Tuple(Array(Tuple(Int64, Int64, Array(UInt32))), Array(UInt32))'"}});
    }

    std::string table_;
    std::string keys_;
};

}  // namespace weir_test
