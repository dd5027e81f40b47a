# SPDX-License-Identifier: Apache-2.0
"""A file of a million generated clicks, some late and some broken, gives the oracle's counts; so does a real access log."""
import tempfile
from pathlib import Path

import harness
import oracle

MINUTE = 60_000_000

with tempfile.TemporaryDirectory() as folder:
    clicks = Path(folder) / "clicks.ndjson"
    harness.run("--export", clicks, "--events", 1_000_000, "--seed", 7)
    events, broken = oracle.clicks(clicks, ("page", "country"))
    expected, late = oracle.count(events, MINUTE, 10_000_000)
    harness.check(broken > 100 and late > 100, "the input must have broken and late clicks, or they are not tested")

    rows = Path(folder) / "rows.ndjson"
    text = harness.run("--source", "file", "--input", clicks, "--sink", "ndjson", "--output", rows)
    harness.same(harness.rows_of_ndjson(rows, ("page", "country")), expected, "file")
    harness.balanced(text)
    harness.check(harness.ledger(text, "late") == late, f"{late} late clicks expected:\n{text}")
    harness.check(harness.ledger(text, "dead-lettered") == broken, f"{broken} broken clicks expected:\n{text}")

    log = harness.ROOT.parent / "shared/data/access-log/apache_logs"
    if not log.exists():
        print(f"not compared: there is no {log}")
    else:
        events, broken = oracle.statuses(log)
        expected, late = oracle.count(events, MINUTE, 60_000_000)
        harness.check(late == 0, "within a minute's bound no line of this log is late")
        text = harness.run("--source", "access-log", "--input", log, "--key", "status", "--window", "60s", "--out-of-orderness",
                           "60s", "--sink", "ndjson", "--output", rows)
        harness.same(harness.rows_of_ndjson(rows, ("status",)), expected, "access log")
        harness.check(harness.ledger(text, "dead-lettered") == broken, f"{broken} malformed lines expected:\n{text}")
        harness.balanced(text)
