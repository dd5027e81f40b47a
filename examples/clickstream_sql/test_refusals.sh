#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# A server that is not there, a name that no index can have, a closed index and a read-only one are one error each, which names
# the place and what to do. Nothing is lost: when it is mended the same consumer group goes on, and every row is there, once.
set -euo pipefail

# shellcheck source=SCRIPTDIR/../../cmake/shell/example.sh
source "$(dirname "${BASH_SOURCE[0]}")/../../cmake/shell/example.sh"
begin_example 1000 "$@"
cd "$work"
# shellcheck source=SCRIPTDIR/input.sh
source "$here/input.sh"
need_servers kafka opensearch
need_client
mkdir expected found
make_input
python3 "$here/oracle.py" input expected

search=$WEIR_TEST_OPENSEARCH
run=$(fresh_name csql_refusals)_
send_input "$run" tables_ changes_
job=(--brokers "$WEIR_TEST_KAFKA" --until-end --input-prefix "$run" --give-up-after 2)
tables=("${job[@]}" --group "${run}tables" --output-prefix "${run}tables_")
changes=("${job[@]}" --group "${run}changes" --output-prefix "${run}changes_" --append)

job_fails_saying "elasticsearch: http://127.0.0.1:1" "gave up" -- "${tables[@]}" --elasticsearch http://127.0.0.1:1
job_fails_saying "Clicks_events_per_min" "an upper-case letter" \
  -- "${job[@]}" --group "$run" --output-prefix Clicks_ --elasticsearch "$search"

# Indices that were there before have no template: the types that the template would give them are given here.
properties='{"EVENT_TS": {"type": "date"}, "USERNAME": {"type": "keyword"}}'
index=${run}tables_click_user_sessions
ask -X PUT "$search/$index" -d "{\"mappings\": {\"properties\": $properties}, \"settings\": {\"index.number_of_replicas\": 0}}"
ask -X POST "$search/$index/_close"
job_fails_saying "elasticsearch: $search" "'$index'" "index_closed_exception" "open" -- "${tables[@]}" --elasticsearch "$search"
ask -X POST "$search/$index/_open"
run_job "${tables[@]}" --elasticsearch "$search"
python3 "$here/found.py" tables "$search" "${run}tables_" found

index=${run}changes_errors_per_min
ask -X PUT "$search/$index" -d '{"settings": {"index.number_of_replicas": 0, "index.blocks.write": true}}'
job_fails_saying "elasticsearch: $search" "'$index'" "the index is read-only" "index.blocks.write" \
  -- "${changes[@]}" --elasticsearch "$search"
ask -X PUT "$search/$index/_settings" -d '{"index.blocks.write": null}'
run_job "${changes[@]}" --elasticsearch "$search"
python3 "$here/found.py" changes "$search" "${run}changes_" found

drop_indices "$run"
pairs=()
for file in expected/{tables,changes}/*.tsv; do
  pairs+=("${file#expected/}" "$file" "found/${file#expected/}")
done
verdict "${pairs[@]}"
