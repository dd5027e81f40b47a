# SPDX-License-Identifier: Apache-2.0
"""What the nine streams and tables must hold at the end, by oracle.sql in SQLite, which shares nothing with weir.

    oracle.py INPUT_FOLDER FOLDER

reads clickstream.tsv, clickstream_codes.tsv and clickstream_users.tsv (milliseconds, key, JSON) and writes
streams/NAME.tsv, tables/NAME.tsv and, of each table, changes/NAME.tsv: a row a line, null written `null`.
"""
import json
import sqlite3
import sys
from itertools import accumulate
from pathlib import Path

STREAMS = ["user_clickstream", "enriched_error_codes"]
TABLES = [
    "events_per_min", "pages_per_min", "click_user_sessions", "errors_per_min", "errors_per_min_alert",
    "enriched_error_codes_count", "user_ip_activity",
]


def records(path):
    """(milliseconds, key, value) of each line; a tombstone has the value None."""
    for line in path.read_text(encoding="utf-8").splitlines():
        time, key, value = line.split("\t", 2)
        yield int(time), key, json.loads(value) if value else None


def latest(path):
    """The rows of a compacted topic, by key."""
    rows = {}
    for _, key, value in records(path):
        rows.pop(key, None)
        if value is not None:
            rows[key] = value
    return rows.values()


def main():
    source, folder = Path(sys.argv[1]), Path(sys.argv[2])
    db = sqlite3.connect(":memory:")
    db.executescript("""
        create table clickstream(
            ts integer, ip text, userid integer, request text, status integer, bytes integer, stream_time integer);
        create table codes(code integer primary key, definition text);
        create table users(user_id integer primary key, username text, city text);
        create table seen(n integer primary key);
        insert into seen values (0), (1), (2), (3), (4), (5), (6), (7), (8), (9), (10), (11);
    """)
    clicks = list(records(source / "clickstream.tsv"))
    stream_times = accumulate((time for time, _, _ in clicks), max)
    db.executemany("insert into clickstream values (?, ?, ?, ?, ?, ?, ?)", (
        (time, value["ip"], value["userid"], value["request"], int(value["status"]), int(value["bytes"]), stream_time)
        for (time, _, value), stream_time in zip(clicks, stream_times)))
    db.executemany("insert into codes values (?, ?)",
                   ((value["code"], value["definition"]) for value in latest(source / "clickstream_codes.tsv")))
    db.executemany("insert into users values (?, ?, ?)",
                   ((value["user_id"], value["username"], value["city"]) for value in latest(source / "clickstream_users.tsv")))
    db.executescript(Path(__file__).with_name("oracle.sql").read_text(encoding="utf-8"))
    for kind, names, suffix in ("streams", STREAMS, ""), ("tables", TABLES, ""), ("changes", TABLES, "_changes"):
        (folder / kind).mkdir()
        total = 0
        for name in names:
            rows = db.execute(f"select * from {name}{suffix}").fetchall()
            lines = ("\t".join("null" if cell is None else str(cell) for cell in row) + "\n" for row in rows)
            (folder / kind / f"{name}.tsv").write_text("".join(lines), encoding="utf-8")
            total += len(rows)
        print(f"oracle: {total} rows of {kind}")


main()
