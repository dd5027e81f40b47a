#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# The writer's schema changes in mid-stream: it gains a field, calls one otherwise, loses one. The job goes on, and the oracle
# agrees. Then comes one that does not fit: one error says where, which and why, and nothing is lost: the same consumer group,
# told to put such records aside, goes on with the first of them, and every record is counted.
set -euo pipefail

# shellcheck source=SCRIPTDIR/../../cmake/shell/example.sh
source "$(dirname "${BASH_SOURCE[0]}")/../../cmake/shell/example.sh"
begin_example 5000 "$@"
# shellcheck source=SCRIPTDIR/real.sh
source "$here/real.sh"
need_servers kafka registry clickhouse26
need_client
cd "$work"
mkdir -p {changes,misfits}/{expected,found}

# compatibility SUBJECT LEVEL: which changes the registry lets through.
compatibility() {
  ask --request PUT --header 'Content-Type: application/json' "$WEIR_TEST_REGISTRY/config/$1" \
    --data "{\"compatibility\": \"$2\"}" > compatibility.log
}

"$program" --generate all --events "$events" --seed "$seed"
split --number=l/6 --suffix-length=1 --numeric-suffixes=1 all part
sed -i 's/}$/,"country":"PL"}/' part[23456]
sed -i 's/"pageid"/"page"/' part[3456]
sed -i 's/"userid":"[^"]*",//' part[456]
sed -i 's/"viewtime":\([0-9]*\)/"viewtime":"\1"/' part5

# The registry guards the subject as Confluent's does unless told otherwise: readers of the new schema can read old records.
topic=$(fresh_name changes)
make_topic "$topic" 1 retention.ms=-1
produce part1 "$topic"
compatibility "$topic-value" BACKWARD
for part in part2 part3 part4; do produce "$part" "$topic"; done
cat part[1234] > changes/input
python3 "$here/oracle.py" changes/input changes/expected
create_tables "$WEIR_TEST_CLICKHOUSE26" "$topic"
run_job "${read_topic[@]}" --topic "$topic" --group "$topic" --clickhouse "$WEIR_TEST_CLICKHOUSE26" --database "$topic"
python3 "$here/found.py" clickhouse "$WEIR_TEST_CLICKHOUSE26" "$topic" changes/found
if produce part5 "$topic" 2> refusal; then stop "the registry lets a change through that its level forbids"; fi
grep -q 409 refusal || stop "the registry should refuse by 409: $(cat refusal)"

# A registry that lets everything through.
topic=$(fresh_name misfits)
make_topic "$topic" 1 retention.ms=-1
produce part1 "$topic"
compatibility "$topic-value" NONE
for part in part2 part3 part4 part5 part6; do produce "$part" "$topic"; done
cat part[123456] > misfits/input
python3 "$here/oracle.py" misfits/input misfits/expected
create_tables "$WEIR_TEST_CLICKHOUSE26" "$topic"
job=("${read_topic[@]}" --topic "$topic" --group "$topic" --clickhouse "$WEIR_TEST_CLICKHOUSE26" --database "$topic")
first=$(head -n 1 misfits/expected/dead.tsv)
for _ in 1 2; do
  job_fails_saying "avro: $topic/0/$first: subject '$topic-value', schema id " \
    "field 'viewtime': the writer's schema says string, the struct's member is long" -- "${job[@]}"
done
run_job "${job[@]}" --put-aside --dead-letters dead.ndjson
python3 "$here/found.py" clickhouse "$WEIR_TEST_CLICKHOUSE26" "$topic" misfits/found
python3 "$here/found.py" dead dead.ndjson misfits/found

verdict "views after changes" changes/expected/views.tsv changes/found/views.tsv \
  "minutes after changes" changes/expected/minutes.tsv changes/found/minutes.tsv \
  "views after misfits" misfits/expected/views.tsv misfits/found/views.tsv \
  "minutes after misfits" misfits/expected/minutes.tsv misfits/found/minutes.tsv \
  "records put aside" misfits/expected/dead.tsv misfits/found/dead.tsv
