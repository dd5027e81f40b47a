# SPDX-License-Identifier: Apache-2.0
"""What the cases share: running the binary, talking to the servers, comparing counts."""
import csv
import io
import json
import os
import re
import subprocess
import sys
import time
import urllib.error
import urllib.parse
import urllib.request
from collections import Counter
from datetime import datetime
from pathlib import Path

ROOT = Path(__file__).resolve().parents[3]
CLICKSTREAM = os.environ.get("WEIR_CLICKSTREAM", str(ROOT / "build/default/examples/clickstream"))
SKIPPED = 77


def skip(why):
    print(f"skipped: {why}")
    sys.exit(SKIPPED)


def server(variable):
    """The address of a server, or the end of this test as skipped."""
    return os.environ.get(variable) or skip(f"{variable} is not set; tests/services.sh starts that server")


def check(holds, what):
    if not holds:
        print(f"FAILED: {what}")
        sys.exit(1)


def run(*arguments, expect=0, timeout=300):
    """Runs the binary; returns its ledger (standard error)."""
    done = subprocess.run([CLICKSTREAM, *map(str, arguments)], capture_output=True, text=True, timeout=timeout, check=False)
    check(done.returncode == expect, f"exit code {done.returncode}, not {expect}: {' '.join(map(str, arguments))}\n{done.stderr}")
    return done.stderr


def ledger(text, what):
    """The sum of a count over the stages of a ledger."""
    return sum(int(number) for number in re.findall(rf"  {what} (\d+)", text))


def balanced(text):
    check("the ledger balances" in text, f"the ledger does not balance:\n{text}")


def microseconds(text):
    """ISO 8601 in UTC to microseconds, exactly."""
    parsed = datetime.strptime(text.rstrip("Z") + "+0000", "%Y-%m-%dT%H:%M:%S" + (".%f" if "." in text else "") + "%z")
    return int(parsed.timestamp()) * 1_000_000 + parsed.microsecond


def rows_of_ndjson(path, fields):
    counts = Counter()
    with open(path, encoding="utf-8") as lines:
        for line in lines:
            row = json.loads(line)
            counts[(microseconds(row["window_start"]), *(row[field] for field in fields))] += row["events"]
    return counts


def http(address, data=None, method=None):
    request = urllib.request.Request(address, data=data, method=method)
    with urllib.request.urlopen(request, timeout=30) as answer:
        return answer.read().decode()


def rows_of_clickhouse(address, table, fields):
    columns = ", ".join(["toUnixTimestamp(window_start)", *fields, "events"])
    text = http(f"{address}/?" + urllib.parse.urlencode({"query": f"SELECT {columns} FROM {table} FINAL FORMAT TSV"}))
    counts = Counter()
    for start, *key, events in csv.reader(io.StringIO(text), delimiter="\t", quoting=csv.QUOTE_NONE):
        counts[(int(start) * 1_000_000, *key)] += int(events)
    return counts


def rows_of_influxdb(address, database, measurement, fields, size_us):
    query = f'SELECT * FROM "{measurement}"'
    text = http(f"{address}/query?" + urllib.parse.urlencode({"db": database, "q": query, "epoch": "u"}))
    series = json.loads(text)["results"][0].get("series", [])
    counts = Counter()
    for each in series:
        at = {name: number for number, name in enumerate(each["columns"])}
        for value in each["values"]:
            key = tuple(value[at[field]] for field in fields)
            counts[(value[at["time"]] - size_us, *key)] += value[at["events"]]
    return counts


def same(found, expected, where):
    if found == expected:
        print(f"{where}: {len(found)} rows, {sum(found.values())} events, equal to the oracle's")
        return
    wrong = [key for key in found.keys() | expected.keys() if found.get(key, 0) != expected.get(key, 0)]
    for key in sorted(wrong)[:5]:
        print(f"  {key}: found {found.get(key, 0)}, expected {expected.get(key, 0)}")
    check(False, f"{where}: {len(wrong)} of {len(expected)} counts differ")


def kafka_topic(name, partitions):
    made = subprocess.run([ROOT / "tests/services.sh", "topic", name, str(partitions)], stdout=subprocess.PIPE,
                          stderr=subprocess.STDOUT, text=True, check=False)
    if "already exists" in made.stdout:
        skip(f"the topic {name} is there from an earlier run; tests/services.sh stop and start give fresh servers")
    check(made.returncode == 0, f"topic {name}: {made.stdout}")


def produce(broker, topic, path, partitions):
    """Hands the lines of a file to a topic by kcat, a client that we did not write: line n to partition n mod partitions."""
    lines = Path(path).read_bytes().splitlines(keepends=True)
    for partition in range(partitions):
        subprocess.run(["kcat", "-b", broker, "-t", topic, "-p", str(partition), "-P", "-z", "gzip"], check=True,
                       input=b"".join(lines[partition::partitions]), stderr=subprocess.DEVNULL)


def wait_until(holds, seconds, what):
    """Polls a condition: what it waits for happens in another process."""
    deadline = time.monotonic() + seconds
    while not holds():
        check(time.monotonic() < deadline, f"not within {seconds} s: {what}")
        time.sleep(0.05)
