# SPDX-License-Identifier: Apache-2.0
"""A million clicks, produced by kcat into a real Kafka, give the oracle's counts in ClickHouse and InfluxDB."""
import tempfile
import uuid
from pathlib import Path

import harness
import oracle

MINUTE = 60_000_000
PARTITIONS = 4

kafka = harness.server("WEIR_TEST_KAFKA")
clickhouse = harness.server("WEIR_TEST_CLICKHOUSE")
influxdb = harness.server("WEIR_TEST_INFLUXDB")
name = "clicks_" + uuid.uuid4().hex[:8]

with tempfile.TemporaryDirectory() as folder:
    clicks = Path(folder) / "clicks.ndjson"
    harness.run("--export", clicks, "--events", 1_000_000, "--seed", 11, "--late-share", 0)
    events, broken = oracle.clicks(clicks, ("page", "country"))
    # Nothing comes later than the bound within its partition, so nothing is late, however the partitions interleave.
    expected, late = oracle.count(events, MINUTE, 10**12)
    harness.kafka_topic(name, PARTITIONS)
    harness.produce(kafka, name, clicks, PARTITIONS)

    text = harness.run("--source", "kafka", "--brokers", kafka, "--topic", name, "--group", name, "--until-end",
                       "--sink", "clickhouse,influxdb", "--clickhouse", clickhouse, "--influxdb", influxdb,
                       "--database", "default", "--influxdb-database", "weir", "--table", name)
    harness.balanced(text)
    harness.check(harness.ledger(text, "late") == 0, f"nothing is late:\n{text}")
    harness.check(harness.ledger(text, "dead-lettered") == broken, f"{broken} broken clicks expected:\n{text}")
    harness.same(harness.rows_of_clickhouse(clickhouse, name, ("page", "country")), expected, "Kafka to ClickHouse")
    harness.same(harness.rows_of_influxdb(influxdb, "weir", name, ("page", "country"), MINUTE), expected, "Kafka to InfluxDB")
