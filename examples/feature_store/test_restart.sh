#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# The job is stopped in the middle, its open minutes unfinished, and started again: no field ever shows more than there is, the minutes that were open are whole
# again, and after the batch all are.
set -euo pipefail

# shellcheck source=SCRIPTDIR/../../cmake/shell/example.sh
source "$(dirname "${BASH_SOURCE[0]}")/../../cmake/shell/example.sh"
begin_example 20000 "$@"
need_servers kafka redis
cd "$work"
mkdir expected found

"$program" --generate input.ndjson --events "$events" --seed "$seed"
python3 "$here/oracle.py" input.ndjson expected
half=$((events / 2))
head -n "$half" input.ndjson > first.ndjson
tail -n +$((half + 1)) input.ndjson > second.ndjson
topic=$(fresh_name clickstream-events)
make_topic "$topic" 1
port=${WEIR_TEST_REDIS##*:}
to=(--brokers "$WEIR_TEST_KAFKA" --topic "$topic" --group "$topic" --redis "$WEIR_TEST_REDIS")
redis-cli -p "$port" FLUSHALL > flushed

produce_lines first.ndjson "$topic"
metrics=$(python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])')
"$program" "${to[@]}" --metrics "$metrics" 2> ledger &
job=$!
own+=("$job")
metric() { curl --silent --noproxy '*' --max-time 5 "http://127.0.0.1:$metrics/metrics" | sed -n "s/^$1{.*} //p" | head -n 1; }
for ((tries = 0; tries < 600; tries++)); do
  [ "$(metric weir_job_received_items_total || true)" != "$half" ] || break
  kill -0 "$job" 2> /dev/null || stop "the job has ended: $(cat ledger)"
  sleep 0.05
done
((tries < 600)) || stop "the job has not read half of the events within half a minute"
kill -TERM "$job"
wait "$job" || stop "the job failed: $(cat ledger)"
own=()

produce_lines second.ndjson "$topic"
run_job "${to[@]}" --until-end
python3 "$here/found.py" redis "$port" found/stream.tsv
python3 - <<'PYTHON' || stop "after the restart some counts are wrong, see above"
import sys

rows = {name: {tuple(line.split("\t")[:2]): int(line.split("\t")[2]) for line in open(f"{name}.tsv", encoding="utf-8")}
        for name in ("expected/stream", "expected/batch", "found/stream")}
stream, batch, found = rows.values()
more = [row for row in found if found[row] > batch.get(row, 0)]
less = {end for (page, end), count in stream.items() if found.get((page, end), 0) < count}
print(f"these minutes show less than they should, until the next batch: {sorted(less)}")
# The one before the oldest minute that was open: its last events stand behind that minute's first.
sys.exit(f"more than there is: {more}" if more else f"too many: {sorted(less)}" if len(less) > 1 else 0)
PYTHON
run_job "${to[@]}" --batch
python3 "$here/found.py" redis "$port" found/batch.tsv
verdict "counts after the batch" expected/batch.tsv found/batch.tsv
