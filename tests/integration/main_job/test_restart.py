# SPDX-License-Identifier: Apache-2.0
"""ClickHouse is killed in mid-run and started again: nothing is lost, nothing counts twice."""
import subprocess
import tempfile
import uuid
from pathlib import Path

import harness
import oracle

SECOND = 1_000_000
clickhouse = harness.server("WEIR_TEST_CLICKHOUSE")
name = "restart_" + uuid.uuid4().hex[:8]
services = harness.ROOT / "tests/services.sh"


def rows():
    try:
        return sum(harness.rows_of_clickhouse(clickhouse, name, ("page",)).values())
    except OSError:
        return 0


with tempfile.TemporaryDirectory() as folder:
    # 60,000 clicks at 10,000 a second: six seconds, in the middle of which the server dies.
    common = ("--events", 60_000, "--seed", 5, "--event-rate", 2000)
    clicks = Path(folder) / "clicks.ndjson"
    harness.run("--export", clicks, *common, "--late-share", 0)
    events, _ = oracle.clicks(clicks, ("page",))
    expected, _ = oracle.count(events, SECOND, 10**12)
    running = subprocess.Popen([harness.CLICKSTREAM, *map(str, common), "--late-share", "0", "--rate", "10000", "--key", "page",
                                "--window", "1s", "--sink", "clickhouse", "--clickhouse", clickhouse, "--table", name],
                               stderr=subprocess.PIPE, text=True)
    harness.wait_until(lambda: rows() > 0, 60, "the first rows in ClickHouse")
    subprocess.run([services, "kill", "clickhouse"], check=True)
    harness.check(running.poll() is None, "the job must be in mid-run when the server dies")
    subprocess.run([services, "restart", "clickhouse"], check=True)
    text = running.communicate(timeout=120)[1]
    harness.check(running.returncode == 0, f"exit code {running.returncode}:\n{text}")
    harness.balanced(text)
    harness.same(harness.rows_of_clickhouse(clickhouse, name, ("page",)), expected, "ClickHouse killed in mid-run")
