# SPDX-License-Identifier: Apache-2.0
"""Makes topics and sends records by kafka-python, a client that shares no code with librdkafka.

    kafka_records.py BROKERS topics NAME[,SETTING=VALUE...] ...     topics with one partition
    kafka_records.py BROKERS send FILE TOPIC [FILE TOPIC ...]       lines of `milliseconds TAB key TAB value`

Records keep the times and keys of their lines; an empty value is a tombstone.
"""
import sys

from kafka import KafkaAdminClient, KafkaProducer
from kafka.admin import NewTopic


def make_topics(brokers, wanted):
    topics = []
    for name, *settings in (text.split(",") for text in wanted):
        topics.append(NewTopic(name, 1, 1, topic_configs=dict(setting.split("=", 1) for setting in settings)))
    admin = KafkaAdminClient(bootstrap_servers=brokers)
    admin.create_topics(topics)
    admin.close()


def send(brokers, pairs):
    producer = KafkaProducer(bootstrap_servers=brokers, acks="all", linger_ms=20)
    sent = []
    for path, topic in zip(pairs[::2], pairs[1::2]):
        with open(path, encoding="utf-8") as lines:
            for line in lines:
                time, key, value = line.rstrip("\n").split("\t", 2)
                sent.append(producer.send(topic, value=value.encode() or None, key=key.encode(), timestamp_ms=int(time)))
    producer.flush()
    for each in sent:
        each.get(timeout=30)
    producer.close()
    print(f"kafka-python: {len(sent)} records sent")


def main():
    brokers, what, *words = sys.argv[1:]
    {"topics": make_topics, "send": send}[what](brokers, words)


main()
