# SPDX-License-Identifier: Apache-2.0
"""What the job has written, in the form of the oracle's rows.

    found.py file OUTPUT TO            from a file of rows as they changed: the last of each counts
    found.py redis PORT TO             from Redis, by redis-cli
    found.py dead DEAD_LETTERS TO      the payloads of the dead letters
"""
import csv
import json
import subprocess
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "shared"))
import ask  # noqa: E402

PREFIX = "click_count:"


def from_file(output):
    last = {}
    with open(output, encoding="utf-8", newline="") as rows:
        for end, page, count in csv.reader(rows):
            last[json.dumps(page), end.removesuffix("Z")] = count
    return [(page, end, count) for (page, end), count in last.items()]


def from_redis(port):
    def redis(*words):
        answer = subprocess.run(["redis-cli", "-p", port, "--json", *words], capture_output=True, text=True, check=True)
        return json.loads(answer.stdout)

    return [(json.dumps(key.removeprefix(PREFIX)), end, count)
            for key in redis("KEYS", PREFIX + "*") for end, count in redis("HGETALL", key).items()]


def main():
    kind, source, to = sys.argv[1:]
    if kind == "dead":
        letters = map(json.loads, Path(source).read_text(encoding="utf-8").splitlines())
        ask.write_rows(to, ((json.dumps(letter["payload"]),) for letter in letters))
    else:
        ask.write_rows(to, {"file": from_file, "redis": from_redis}[kind](source))


main()
