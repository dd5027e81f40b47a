# SPDX-License-Identifier: Apache-2.0
"""What the job must find in its input: counted by SQL in SQLite, scored in whole numbers, sharing nothing with weir.

    oracle.py INPUT FOLDER [THRESHOLD]

writes into the folder, times in whole seconds since 1970 where nothing else is said:

    raw.tsv         event, user, milliseconds, page, referrer, country, device: all clicks, late ones too
    raw_seconds.tsv the same, their times cut to the second
    dead.tsv        the lines that cannot be read, as JSON texts
    minutes.tsv     start, end, page, country, count, users, score, whether it is an anomaly: without late clicks
    published.tsv   the same, scored in the published way: a count against those before it and itself
    anomalies.tsv, published_anomalies.tsv   those of them that are anomalies
    late.tsv        start, page, country, how many clicks came too late for it
    five_minutes.tsv, hours.tsv, recent.tsv  what the store makes of all clicks
"""
import json
import math
import sqlite3
import sys
from fractions import Fraction
from pathlib import Path

FIELDS = {"event_id": str, "user_id": str, "ts": int, "page": str, "referrer": str, "country": str, "device": str}
LEAST = 5

SCHEMA = """
CREATE TABLE click (place INTEGER PRIMARY KEY, event, user, ts, page, referrer, country, device);
-- A minute is closed at the watermark that reaches its end, ten seconds behind the latest click so far.
CREATE VIEW timed AS
SELECT *, ts / 60000 * 60 AS start, max(ts) OVER (ORDER BY place ROWS UNBOUNDED PRECEDING) - 10000 AS watermark FROM click;
"""
RAW = "SELECT event, user, ts, page, referrer, country, device FROM click"
RAW_SECONDS = "SELECT event, user, ts / 1000 * 1000, page, referrer, country, device FROM click"
MINUTES = """
SELECT start, start + 60, page, country, count(*), count(DISTINCT user)
FROM timed WHERE (start + 60) * 1000 > watermark GROUP BY start, page, country ORDER BY start
"""
LATE = "SELECT start, page, country, count(*) FROM timed WHERE (start + 60) * 1000 <= watermark GROUP BY start, page, country"
FIVE_MINUTES = """
SELECT ts / 300000 * 300, ts / 300000 * 300 + 300, page, count(*), count(DISTINCT user), count(DISTINCT country)
FROM click GROUP BY 1, 2, 3
"""
HOURS = """
SELECT ts / 3600000 * 3600, ts / 3600000 * 3600 + 3600, page, country, device, count(*), count(DISTINCT user)
FROM click GROUP BY 1, 2, 3, 4, 5
"""
RECENT = "SELECT page, country, device, count(*), count(DISTINCT user), max(ts) / 1000 FROM click GROUP BY page, country, device"


def read(line):
    """The fields of a click, or nothing where the line is none."""
    try:
        click = json.loads(line)
        values = [click[name] for name in FIELDS]
    except (ValueError, KeyError, TypeError):
        return None
    return values if all(type(value) is kind for value, kind in zip(values, FIELDS.values())) else None


def score(count, counts):
    """By how many standard deviations of a sample it is from their mean, both in exact fractions up to the root."""
    n, total, squares = len(counts), sum(counts), sum(each * each for each in counts)
    variance = Fraction(n * squares - total * total, n * (n - 1))
    return float(count - Fraction(total, n)) / math.sqrt(variance) if variance else None


def scored(minutes, with_itself, threshold):
    before = {}
    for row in minutes:
        (page, country), count = row[2:4], row[4]
        counts = before.setdefault((page, country), [])
        z = None
        if len(counts) >= LEAST:
            z = score(count, counts + [count] if with_itself else counts)
        counts.append(count)
        yield (*row, "" if z is None else z, int(z is not None and abs(z) > threshold))


def main():
    folder, threshold = Path(sys.argv[2]), float(sys.argv[3]) if len(sys.argv) > 3 else 2.5
    clicks, dead = [], []
    for place, line in enumerate(Path(sys.argv[1]).read_text(encoding="utf-8").splitlines()):
        values = read(line)
        if values:
            clicks.append((place, *values))
        else:
            dead.append(line)
    store = sqlite3.connect(":memory:")
    store.executescript(SCHEMA)
    store.executemany("INSERT INTO click VALUES (?, ?, ?, ?, ?, ?, ?, ?)", clicks)
    minutes = store.execute(MINUTES).fetchall()
    rows = {
        "raw": store.execute(RAW),
        "raw_seconds": store.execute(RAW_SECONDS),
        "dead": ((json.dumps(line),) for line in dead),
        "minutes": list(scored(minutes, False, threshold)),
        "published": list(scored(minutes, True, threshold)),
        "late": store.execute(LATE),
        "five_minutes": store.execute(FIVE_MINUTES),
        "hours": store.execute(HOURS),
        "recent": store.execute(RECENT),
    }
    rows["anomalies"] = [row for row in rows["minutes"] if row[-1]]
    rows["published_anomalies"] = [row for row in rows["published"] if row[-1]]
    for name, each in rows.items():
        text = "".join("\t".join(map(str, row)) + "\n" for row in each)
        (folder / f"{name}.tsv").write_text(text, encoding="utf-8")
    late = len(clicks) - sum(row[4] for row in minutes)
    print(f"oracle: {len(clicks)} clicks, {late} of them late, {len(dead)} lines cannot be read; {len(minutes)} minutes, "
          f"{len(rows['anomalies'])} anomalies, {len(rows['published_anomalies'])} in the published way")


main()
