# SPDX-License-Identifier: Apache-2.0
"""What the job must find in its input, by a few lines that share nothing with weir.

    oracle.py INPUT FOLDER

writes stream.tsv (page as a JSON text, window end, count: what came in time), batch.tsv (the same of all that came) and
dead.tsv (the lines that cannot be read, as JSON texts) into the folder; window ends as Python's isoformat() writes them.
"""
import json
import sys
from collections import Counter
from datetime import datetime, timedelta
from pathlib import Path

MINUTE, BOUND = timedelta(minutes=1), timedelta(seconds=5)


def read(line):
    """(time, page) of an event, or nothing where the line is none."""
    try:
        event = json.loads(line)
        return datetime.fromisoformat(event["timestamp"].removesuffix("Z")), event["page"]
    except (ValueError, KeyError, TypeError, AttributeError):
        return None


def main():
    folder = Path(sys.argv[2])
    stream, batch, dead, greatest, late = Counter(), Counter(), [], datetime.min + BOUND, 0
    for line in Path(sys.argv[1]).read_text(encoding="utf-8").splitlines():
        found = read(line)
        if found is None:
            dead.append(line)
            continue
        time, page = found
        greatest = max(greatest, time)
        end = time.replace(second=0, microsecond=0) + MINUTE
        row = (json.dumps(page), end.isoformat())
        batch[row] += 1
        # At the watermark that reaches its end a window is closed, and takes nothing any more.
        if end > greatest - BOUND:
            stream[row] += 1
        else:
            late += 1
    for name, rows in (("stream", stream), ("batch", batch)):
        text = "".join(f"{page}\t{end}\t{count}\n" for (page, end), count in rows.items())
        (folder / f"{name}.tsv").write_text(text, encoding="utf-8")
    (folder / "dead.tsv").write_text("".join(json.dumps(line) + "\n" for line in dead), encoding="utf-8")
    print(f"oracle: {len(batch)} counts, {late} events are late for the stream, {len(dead)} lines cannot be read")


main()
