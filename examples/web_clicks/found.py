# SPDX-License-Identifier: Apache-2.0
"""What the job has written, in the form of the oracle's rows.

    found.py file OUTPUT FOLDER                 from files of JSON lines
    found.py dead DEAD_LETTERS FOLDER           the payloads of the dead letters
    found.py clickhouse URL DATABASE FOLDER     from ClickHouse, with what its own views make of the clicks
"""
import json
import sys
from datetime import datetime
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "shared"))
import ask  # noqa: E402

# A count that is equal to the mean of those before it may be a little beside it in floating-point numbers.
NOTHING = 1e-9
MINUTES = ("SELECT toUnixTimestamp(window_start), toUnixTimestamp(window_end), page, country, cnt, unique_users, z_score, is_anomaly "
           "FROM")
QUERIES = {
    # By how much the minutes have less than the clicks: those that came too late.
    "late": "SELECT toUnixTimestamp(start), page, country, sum(clicks) AS late FROM ("
            "SELECT toStartOfMinute(ts) AS start, page, country, toInt64(count()) AS clicks FROM clicks_raw "
            "GROUP BY start, page, country "
            "UNION ALL SELECT window_start AS start, page, country, -toInt64(cnt) AS clicks FROM page_minute_agg"
            ") GROUP BY start, page, country HAVING late != 0",
    "five_minutes": "SELECT toUnixTimestamp(window_start), toUnixTimestamp(window_end), page, cnt, unique_users, unique_countries "
                    "FROM page_5min",
    "hours": "SELECT toUnixTimestamp(window_start), toUnixTimestamp(window_end), page, country, device, cnt, unique_users "
             "FROM page_hourly",
    "recent": "SELECT page, country, device, total_clicks, unique_users, toUnixTimestamp(last_seen) FROM recent_activity",
}


def seconds(text):
    return int(datetime.fromisoformat(text.replace("Z", "+00:00")).timestamp())


def milliseconds(text):
    return round(datetime.fromisoformat(text.replace("Z", "+00:00")).timestamp() * 1000)


def minute(start, end, page, country, cnt, users, z, is_anomaly):
    if z in ("\\N", None):
        z = ""
    elif abs(float(z)) < NOTHING:
        z = 0.0
    return start, end, page, country, cnt, users, z if z == "" else float(z), int(is_anomaly in ("1", "true", True))


def from_file(output):
    def lines(table):
        return map(json.loads, Path(f"{output}.{table}.ndjson").read_text(encoding="utf-8").splitlines())

    def minutes(table):
        for row in lines(table):
            start, end, *rest = row.values()
            yield minute(seconds(start), seconds(end), *rest)

    for row in lines("clicks_raw"):
        row["ts"] = milliseconds(row["ts"])
        yield "raw", row.values()
    yield from (("minutes", row) for row in minutes("page_minute_agg"))
    yield from (("anomalies", row) for row in minutes("page_minute_anomalies"))


def from_clickhouse(url, database):
    def rows(query):
        return ask.clickhouse(url, query, database)

    # A column without DateTime64 has whole seconds only.
    types = rows("SELECT type FROM system.columns WHERE database = currentDatabase() AND table = 'clicks_raw' AND name = 'ts'")
    time = "toUnixTimestamp(ts) * 1000" if types == [["DateTime"]] else "toUnixTimestamp64Milli(ts)"
    yield from (("raw", row) for row in rows(f"SELECT event_id, user_id, {time}, page, referrer, country, device FROM clicks_raw"))
    for name, table in (("minutes", "page_minute_agg"), ("anomalies", "page_minute_anomalies")):
        yield from ((name, minute(*row)) for row in rows(f"{MINUTES} {table}"))
    for name, query in QUERIES.items():
        yield from ((name, row) for row in rows(query))


def main():
    kind, *words, folder = sys.argv[1:]
    if kind == "dead":
        letters = map(json.loads, Path(words[0]).read_text(encoding="utf-8").splitlines())
        ask.write_rows(Path(folder) / "dead.tsv", ((json.dumps(letter["payload"]),) for letter in letters))
        return
    tables = {}
    for name, row in {"file": from_file, "clickhouse": from_clickhouse}[kind](*words):
        tables.setdefault(name, []).append(row)
    for name, rows in tables.items():
        ask.write_rows(Path(folder) / f"{name}.tsv", rows)


main()
