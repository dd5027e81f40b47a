# SPDX-License-Identifier: Apache-2.0
"""A broker or a database that cannot be reached is one clear error within the configured time."""
import socket
import time

import harness

# A port that nobody listens on: bound, so that no one else takes it, but not listening.
nobody = socket.socket()
nobody.bind(("127.0.0.1", 0))
address = f"127.0.0.1:{nobody.getsockname()[1]}"

for what, arguments in {
    "kafka": ("--source", "kafka", "--brokers", address, "--topic", "t"),
    "clickhouse": ("--events", 20_000, "--sink", "clickhouse", "--clickhouse", f"http://{address}", "--password", "canary"),
    "influxdb": ("--events", 20_000, "--sink", "influxdb", "--influxdb", f"http://{address}", "--org", "o", "--bucket", "b", "--token", "canary"),
}.items():
    began = time.monotonic()
    text = harness.run(*arguments, "--connect-timeout", "2s", expect=1)
    took = time.monotonic() - began
    failures = [line for line in text.splitlines() if line.startswith("failed: ")]
    harness.check(len(failures) == 1, f"{what}: one error expected:\n{text}")
    harness.check(failures[0].startswith(f"failed: {what}: ") and address.split(":")[1] in failures[0],
                  f"{what}: the error names component and address: {failures[0]}")
    harness.check("canary" not in text, f"{what}: a secret in the error")
    # Generous: what is asked for is two seconds, and a build may be running beside this.
    harness.check(took < 30, f"{what}: took {took:.1f} s")
    print(f"{what}: {failures[0]}")
