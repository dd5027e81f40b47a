# SPDX-License-Identifier: Apache-2.0
"""What the job has written, in the form of the oracle's rows.

    found.py file OUTPUT FOLDER                 from files of NDJSON
    found.py clickhouse URL DATABASE FOLDER     from ClickHouse, by SQL
    found.py dead DEAD_LETTERS FOLDER           the numbers of the records that are dead letters
"""
import json
import sys
from datetime import datetime, timezone
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "shared"))
import ask  # noqa: E402

# ReplacingMergeTree removes the rows that came twice when it merges; FINAL does so for the query.
VIEWS = "SELECT {milliseconds}, viewtime, userid, pageid FROM pageviews FINAL"
MINUTES = "SELECT toUnixTimestamp(window_start), pageid, views, users FROM pageviews_per_minute FINAL"


def lines(path):
    return map(json.loads, Path(path).read_text(encoding="utf-8").splitlines())


def milliseconds(text):
    since = datetime.fromisoformat(text.replace("Z", "+00:00")) - datetime(1970, 1, 1, tzinfo=timezone.utc)
    return since.days * 86_400_000 + since.seconds * 1000 + since.microseconds // 1000


def from_file(output):
    views = [(milliseconds(row["ts"]), row["viewtime"], row["userid"], row["pageid"])
             for row in lines(f"{output}.pageviews.ndjson")]
    minutes = [(milliseconds(row["window_start"]) // 1000, row["pageid"], row["views"], row["users"])
               for row in lines(f"{output}.pageviews_per_minute.ndjson")]
    return views, minutes


def from_clickhouse(url, database):
    def rows(query):
        text = ask.http(f"{url}/", query.encode(), database=database)
        return [line.split("\t") for line in text.splitlines()]

    [(kind,)] = rows(f"SELECT type FROM system.columns WHERE database = '{database}' AND table = 'pageviews' AND name = 'ts'")
    exact = kind.startswith("DateTime64")
    return rows(VIEWS.format(milliseconds="toUnixTimestamp64Milli(ts)" if exact else "toUnixTimestamp(ts) * 1000")), rows(MINUTES)


def main():
    kind, *where, folder = sys.argv[1:]
    if kind == "dead":
        ask.write_rows(f"{folder}/dead.tsv", [(letter["position"],) for letter in lines(where[0])])
        return
    views, minutes = {"file": from_file, "clickhouse": from_clickhouse}[kind](*where)
    ask.write_rows(f"{folder}/views.tsv", views)
    ask.write_rows(f"{folder}/minutes.tsv", minutes)


main()
