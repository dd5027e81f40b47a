# SPDX-License-Identifier: Apache-2.0
"""Sends page views to Kafka as Avro, by Confluent's own client: it registers schemas, encodes and frames, and knows no weir.

    produce.py INPUT --brokers HOSTS --registry URL --topic TOPIC     the records of a file, with their times
    produce.py --rate 2 ...                                           made-up views from now on, so many a second

A line of INPUT is a record: milliseconds, key and JSON, with tabs between them. Its schema has the fields that the JSON has, so
schemas may change from line to line.
"""
import argparse
import json
import random
import time

from confluent_kafka import Producer
from confluent_kafka.schema_registry import SchemaRegistryClient
from confluent_kafka.schema_registry.avro import AvroSerializer
from confluent_kafka.schema_registry.error import SchemaRegistryError
from confluent_kafka.serialization import MessageField, SerializationContext

# What a field is beside its name and type, when it came into the schema or changed its name later.
CHANGES = {"country": {"default": "?"}, "page": {"aliases": ["pageid"]}}


def schema_of(view):
    """Such a schema as the connector registers for the published view."""
    fields = [
        {"name": name, "type": "long" if isinstance(value, int) else "string", **CHANGES.get(name, {})}
        for name, value in view.items()
    ]
    return json.dumps({"type": "record", "name": "pageviews", "namespace": "ksql", "fields": fields})


def lines_of(path):
    with open(path, encoding="utf-8") as lines:
        for line in lines:
            milliseconds, key, value = line.rstrip("\n").split("\t")
            yield int(milliseconds), key, json.loads(value)


def made_up(rate):
    viewtime = 1
    while True:
        time.sleep(2 * random.random() / rate)
        view = {"viewtime": viewtime, "userid": f"User_{random.randint(1, 9)}", "pageid": f"Page_{random.randint(10, 99)}"}
        yield int(time.time() * 1000), str(viewtime), view
        viewtime += 10


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("input", nargs="?")
    parser.add_argument("--rate", type=float, default=2)
    parser.add_argument("--brokers", required=True)
    parser.add_argument("--registry", required=True)
    parser.add_argument("--topic", required=True)
    chosen = parser.parse_args()

    registry = SchemaRegistryClient({"url": chosen.registry})
    producer = Producer({"bootstrap.servers": chosen.brokers, "linger.ms": 100, "compression.type": "lz4"})
    context = SerializationContext(chosen.topic, MessageField.VALUE)
    serializers, refused = {}, []
    for milliseconds, key, view in lines_of(chosen.input) if chosen.input else made_up(chosen.rate):
        form = tuple((name, type(value)) for name, value in view.items())
        if form not in serializers:
            serializers[form] = AvroSerializer(registry, schema_of(view))
        try:
            value = serializers[form](view, context)
        except SchemaRegistryError as why:
            raise SystemExit(f"{chosen.registry}: {why}") from why
        while True:
            try:
                producer.produce(chosen.topic, value, key, partition=0, timestamp=milliseconds,
                                 on_delivery=lambda why, _: refused.append(why) if why else None)
                break
            except BufferError:
                producer.poll(1)
        producer.poll(0)
    left = producer.flush(60)
    if left or refused:
        raise SystemExit(f"{len(refused) + left} records could not be sent: {refused[:1]}")


main()
