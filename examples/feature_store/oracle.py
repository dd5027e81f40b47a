# SPDX-License-Identifier: Apache-2.0
"""What the job must find in its input, by a few lines that share nothing with weir.

    oracle.py INPUT FOLDER [SIZE...]

writes stream.tsv (page as a JSON text, window end, count: what came in time), batch.tsv (the same of all that came) and
dead.tsv (the lines that cannot be read, as JSON texts) into the folder; window ends as Python's isoformat() writes them.

The published job is told too, as Spark 3.5 runs it: its watermark moves between micro-batches. With all events in one it must
find what batch.tsv says, with any other size what lies between, and what stream.tsv says if the watermark moved with each event.
For each SIZE spark-SIZE.tsv has what it finds with so many lines a micro-batch.
"""
import json
import sys
from collections import Counter
from datetime import datetime, timedelta
from pathlib import Path

MINUTE, BOUND = timedelta(minutes=1), timedelta(seconds=5)
BATCHES = (1, 50, 500, 5000)


def read(line):
    """(time, row) of an event, a row being (page, window end); nothing where the line is none."""
    try:
        event = json.loads(line)
        time, page = datetime.fromisoformat(event["timestamp"].removesuffix("Z")), event["page"]
    except (ValueError, KeyError, TypeError, AttributeError):
        return None
    return time, (json.dumps(page), (time.replace(second=0, microsecond=0) + MINUTE).isoformat())


def in_time(events):
    """The counts of what is not late, and how many events are."""
    counts, greatest, late = Counter(), datetime.min + BOUND, 0
    for time, row in filter(None, events):
        greatest = max(greatest, time)
        # At the watermark that reaches its end a window is closed, and takes nothing any more.
        if datetime.fromisoformat(row[1]) > greatest - BOUND:
            counts[row] += 1
        else:
            late += 1
    return counts, late


def as_spark(events, size, behind=1):
    """What the hashes hold after the published job, with so many lines a micro-batch. What is not late is added to the state,
    and the rows that changed are written; then the state of closed windows goes, and only then the watermark moves. What is
    late, Spark 3.5 tells by the watermark of the micro-batch before, so that it never counts on what is gone."""
    written, state, greatest, watermarks = {}, Counter(), datetime.min + BOUND, [datetime.min] * (behind + 1)
    for first in range(0, len(events), size):
        changed = set()
        for time, row in filter(None, events[first:first + size]):
            greatest = max(greatest, time)
            if datetime.fromisoformat(row[1]) > watermarks[-1 - behind]:
                state[row] += 1
                changed.add(row)
        written |= {row: state[row] for row in changed}
        for row in [row for row in state if datetime.fromisoformat(row[1]) <= watermarks[-1]]:
            del state[row]
        watermarks.append(greatest - BOUND)
    return written


def main():
    folder = Path(sys.argv[2])
    lines = Path(sys.argv[1]).read_text(encoding="utf-8").splitlines()
    events = [read(line) for line in lines]
    dead = [line for line, event in zip(lines, events) if event is None]
    stream, late = in_time(events)
    batch = Counter(event[1] for event in events if event)

    if as_spark(events, 1, behind=0) != stream or as_spark(events, len(events)) != batch:
        sys.exit("oracle: the published job, at its strictest or with all events in one micro-batch, finds something else")
    for size in BATCHES:
        found = as_spark(events, size)
        if not all(stream[row] <= found.get(row, 0) <= batch[row] for row in batch):
            sys.exit(f"oracle: the published job, with micro-batches of {size} events, is not between stream and batch")

    published = [(f"spark-{size}", as_spark(events, int(size))) for size in sys.argv[3:]]
    for name, rows in [("stream", stream), ("batch", batch), *published]:
        text = "".join(f"{page}\t{end}\t{count}\n" for (page, end), count in rows.items())
        (folder / f"{name}.tsv").write_text(text, encoding="utf-8")
    (folder / "dead.tsv").write_text("".join(json.dumps(line) + "\n" for line in dead), encoding="utf-8")
    print(f"oracle: {len(batch)} counts, {late} events are late for the stream, {len(dead)} lines cannot be read")


main()
