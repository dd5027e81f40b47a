# SPDX-License-Identifier: Apache-2.0
"""The counts that the main job must give, computed from the raw input by a few lines that share nothing with weir.

Windows are [start, start + size), aligned to 1970; the watermark is the greatest event time so far less the bound; an
event is late when the end of its window is at or below the watermark.
"""
import json
import re
from collections import Counter
from datetime import datetime


def count(events, size_us, bound_us):
    """events: (microseconds, key) in the order of one lane. Returns ({(window start, *key): n}, late)."""
    counts, late, greatest = Counter(), 0, None
    for time, key in events:
        greatest = time if greatest is None or time > greatest else greatest
        start = time // size_us * size_us
        if start + size_us <= greatest - bound_us:
            late += 1
        else:
            counts[(start, *key)] += 1
    return counts, late


def clicks(path, fields):
    """The well-formed clicks of an NDJSON file, and how many lines were broken."""
    events, broken = [], 0
    with open(path, encoding="utf-8") as lines:
        for line in lines:
            try:
                click = json.loads(line)
                events.append((click["ts"] * 1000, tuple(click[field] for field in fields)))
            except (ValueError, KeyError):
                broken += 1
    return events, broken


LOG_LINE = re.compile(r'^(\S+) \S+ .*? \[([^\]]+)\] "(?:[^"\\]|\\.)*" (\d{3}) (?:\d+|-)(?: "(?:[^"\\]|\\.)*" "(?:[^"\\]|\\.)*")?$')


def statuses(path):
    """(microseconds, (status,)) of a web server's log, and how many lines were malformed."""
    events, broken = [], 0
    with open(path, encoding="utf-8", errors="surrogateescape") as lines:
        for line in lines:
            found = LOG_LINE.match(line.rstrip("\n"))
            if not found:
                broken += 1
                continue
            time = datetime.strptime(found[2], "%d/%b/%Y:%H:%M:%S %z")
            events.append((int(time.timestamp()) * 1_000_000, (int(found[3]),)))
    return events, broken
