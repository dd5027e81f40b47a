# SPDX-License-Identifier: Apache-2.0
"""What the job must find in its input, by a few lines that share nothing with weir.

    oracle.py INPUT FOLDER [THRESHOLD]

writes counts.tsv (window end, status, count), alerts.tsv (window end, events, errors, share) and dead.tsv (the lines that
cannot be read, as JSON texts) into the folder; window ends in whole seconds since 1970.
"""
import json
import sys
from collections import Counter
from decimal import ROUND_HALF_UP, Decimal
from pathlib import Path

SECOND = 1_000_000
WINDOW, MINUTE, HOP, BOUND = 10 * SECOND, 60 * SECOND, 10 * SECOND, 10 * SECOND


def read(line):
    """(microseconds, status) of an event, or nothing where the line is none."""
    try:
        event = json.loads(line, parse_float=Decimal)
        status, time = event["http_status"], event["event_timestamp"]
    except (ValueError, KeyError, TypeError):
        return None
    if type(status) is not int or type(time) not in (int, Decimal):
        return None
    return int((Decimal(time) * SECOND).to_integral_value(ROUND_HALF_UP)), status


def main():
    folder, threshold = Path(sys.argv[2]), float(sys.argv[3]) if len(sys.argv) > 3 else 0.4
    counts, events, errors, dead, late = Counter(), Counter(), Counter(), [], 0
    greatest = None
    for line in Path(sys.argv[1]).read_text(encoding="utf-8").splitlines():
        found = read(line)
        if found is None:
            dead.append(line)
            continue
        time, status = found
        greatest = time if greatest is None else max(greatest, time)
        watermark = greatest - BOUND
        # A window is [end - size, end); at the watermark that reaches its end it is closed, and takes nothing any more.
        end = time // WINDOW * WINDOW + WINDOW
        if end > watermark:
            counts[end, status] += 1
        else:
            late += 1
        for end in range(time // HOP * HOP + HOP, time // HOP * HOP + MINUTE + 1, HOP):
            if end > watermark:
                events[end] += 1
                errors[end] += status >= 500
    share = {end: errors[end] / events[end] for end in events}
    write = {
        "counts": ((end // SECOND, status, count) for (end, status), count in counts.items()),
        "alerts": ((end // SECOND, events[end], errors[end], share[end]) for end in events if share[end] > threshold),
        "dead": ((json.dumps(line),) for line in dead),
    }
    for name, rows in write.items():
        text = "".join("\t".join(map(str, row)) + "\n" for row in rows)
        (folder / f"{name}.tsv").write_text(text, encoding="utf-8")
    print(f"oracle: {len(counts)} counts, {len(dead)} lines cannot be read, {late} events are late")


main()
