#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Views a page and minute: as they come, then all of them over again, late ones too; compared with an oracle over the same
# events. The last line is `OK N rows equal`, or `DIFFERENT: ...` with exit code 1.
#
#   examples/feature_store/run.sh           through a Kafka broker inside the program, into files
#   examples/feature_store/run.sh --real    through Kafka into Redis
set -euo pipefail

# shellcheck source=SCRIPTDIR/../../cmake/shell/example.sh
source "$(dirname "${BASH_SOURCE[0]}")/../../cmake/shell/example.sh"
begin_example 20000 "$@"
cd "$work"
mkdir expected found

"$program" --generate input.ndjson --events "$events" --seed "$seed"
python3 "$here/oracle.py" input.ndjson expected
! cmp -s expected/stream.tsv expected/batch.tsv || stop "--events must be more: none is late for the stream, and so it is as the batch"

if [ "$real" = no ]; then
  run_job --input input.ndjson --output stream.csv --dead-letters dead.ndjson
  run_job --input input.ndjson --output batch.csv --batch
  python3 "$here/found.py" file stream.csv found/stream.tsv
  python3 "$here/found.py" file batch.csv found/batch.tsv
else
  need_servers kafka redis
  topic=$(fresh_name clickstream-events)
  make_topic "$topic" 3
  produce_lines input.ndjson "$topic"
  to=(--brokers "$WEIR_TEST_KAFKA" --topic "$topic" --redis "$WEIR_TEST_REDIS")
  port=${WEIR_TEST_REDIS##*:}
  # What an earlier run has left: these servers are for tests.
  redis-cli -p "$port" FLUSHALL > flushed

  run_job "${to[@]}" --group "$topic" --until-end --dead-letters dead.ndjson
  python3 "$here/found.py" redis "$port" found/stream.tsv
  run_job "${to[@]}" --batch
  python3 "$here/found.py" redis "$port" found/batch.tsv
fi
python3 "$here/found.py" dead dead.ndjson found/dead.tsv
verdict "counts of the stream" expected/stream.tsv found/stream.tsv "counts of the batch" expected/batch.tsv found/batch.tsv \
  "dead letters" expected/dead.tsv found/dead.tsv
