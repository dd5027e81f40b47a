# SPDX-License-Identifier: Apache-2.0
"""The program of README, as written there, reads a real Kafka at localhost:9092 and writes a real ClickHouse at :8123."""
import json
import os
import signal
import socket
import subprocess
import threading
import urllib.parse

import harness

kafka = harness.server("WEIR_TEST_KAFKA")
clickhouse = harness.server("WEIR_TEST_CLICKHOUSE")
program = os.environ.get("WEIR_README_PROGRAM") or harness.skip("the program of README was not built: an adapter is missing")


def forward(port, to):
    """Lends a server the port that the program names."""
    listener = socket.socket()
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind(("127.0.0.1", port))
    except OSError:
        harness.skip(f"port {port} is taken on this machine")
    listener.listen()

    def pump(one, other):
        try:
            while data := one.recv(65536):
                other.sendall(data)
        except OSError:
            pass
        for each in (one, other):
            each.close()

    def serve():
        while True:
            client, _ = listener.accept()
            server = socket.create_connection(to)
            threading.Thread(target=pump, args=(client, server), daemon=True).start()
            threading.Thread(target=pump, args=(server, client), daemon=True).start()

    threading.Thread(target=serve, daemon=True).start()


def address(text):
    host, port = text.removeprefix("http://").split(":")
    return host, int(port)


forward(9092, address(kafka))
forward(8123, address(clickhouse))


def sql(query):
    return harness.http(f"{clickhouse}/?" + urllib.parse.urlencode({"query": query}), data=b"")


sql("CREATE DATABASE IF NOT EXISTS rt")
sql("DROP TABLE IF EXISTS rt.page_minute_agg")
sql("CREATE TABLE rt.page_minute_agg (window_start DateTime, window_end DateTime, page String, country String, clicks UInt64, "
    "users UInt64) ENGINE = ReplacingMergeTree ORDER BY (window_start, page, country)")
harness.kafka_topic("web.clicks", 1)

# Two minutes of clicks, and one an hour later that closes their windows.
lines = [{"user_id": f"u{n % 7}", "page": "/" if n % 3 else "/cart", "country": "DE", "ts": 1767225600000 + 1000 * n} for n in range(120)]
lines.append({"user_id": "u", "page": "/", "country": "DE", "ts": 1767225600000 + 3_600_000})
subprocess.run(["kcat", "-b", kafka, "-t", "web.clicks", "-P"], check=True,
               input="\n".join(map(json.dumps, lines)).encode())
expected = {}
for line in lines[:-1]:
    row = expected.setdefault((line["ts"] // 60000 * 60, line["page"]), [0, set()])
    row[0] += 1
    row[1].add(line["user_id"])
expected = sorted((start, page, clicks, len(users)) for (start, page), (clicks, users) in expected.items())

running = subprocess.Popen([program])


def found():
    text = sql("SELECT toUnixTimestamp(window_start), page, clicks, users FROM rt.page_minute_agg FINAL ORDER BY 1, 2 FORMAT TSV")
    return [(int(start), page, int(clicks), int(users)) for start, page, clicks, users in (line.split("\t") for line in text.splitlines())]


try:
    harness.wait_until(lambda: len(found()) >= len(expected), 60, "the rows in rt.page_minute_agg")
    harness.check(found() == expected, f"rows {found()}, expected {expected}")
finally:
    running.send_signal(signal.SIGKILL)
    running.wait()
print(f"{len(expected)} rows, as expected")
