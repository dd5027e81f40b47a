#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# The commands of the DAG, one after the other and all of it twice, as Airflow starts them; Airflow itself is not needed. Then Redis
# must hold what an oracle finds in the topic.
set -euo pipefail

# shellcheck source=SCRIPTDIR/../../cmake/shell/example.sh
source "$(dirname "${BASH_SOURCE[0]}")/../../cmake/shell/example.sh"
begin_example 3000 "$@"
need_servers kafka redis
cd "$work"
mkdir tasks path expected found

tasks=$(python3 "$here/airflow/commands.py" "$here/airflow/clickstream_pipeline.py" tasks) || stop "the DAG is not as it should be"
[ "$(xargs <<< "$tasks")" = "create_kafka_topic start_producer run_batch verify_redis" ] || stop "the tasks are:" "$tasks"

# Kafka's own tool, from the jars of the Kafka that the tests run.
ln -s "$program" path/feature_store
cat > path/kafka-topics.sh <<SCRIPT
#!/bin/sh
exec "$root/tests/services.sh" kafka-topics "\$@"
SCRIPT
chmod +x path/kafka-topics.sh
CLICKSTREAM_TOPIC=$(fresh_name clickstream-events)
export CLICKSTREAM_TOPIC PATH=$work/path:$PATH KAFKA_BROKERS=$WEIR_TEST_KAFKA REDIS_HOST=127.0.0.1 REDIS_PORT=${WEIR_TEST_REDIS##*:}
export PRODUCE_EVENTS=$events PRODUCE_RATE=10000
redis-cli -p "$REDIS_PORT" FLUSHALL > flushed
! bash tasks/verify_redis.sh > task.log 2>&1 || stop "verify_redis is content with an empty Redis"

for run in first second; do
  for task in $tasks; do
    bash -c "$(cat "tasks/$task.sh")" > task.log 2>&1 || stop "$task of the $run run: $(tail -n 3 task.log)"
  done
done

kcat -C -b "$KAFKA_BROKERS" -t "$CLICKSTREAM_TOPIC" -o beginning -e -q > input.ndjson
[ "$(wc -l < input.ndjson)" = $((2 * events)) ] || stop "the topic holds $(wc -l < input.ndjson) events, not $((2 * events))"
python3 "$here/oracle.py" input.ndjson expected
python3 "$here/found.py" redis "$REDIS_PORT" found/batch.tsv
verdict "counts of the batch" expected/batch.tsv found/batch.tsv
