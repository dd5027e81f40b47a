#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# A job that is stopped and started again loses no click, and no minute is less than it was: what closed before is counted again
# from a part of its clicks, and the table keeps the whole row.
set -euo pipefail

# shellcheck source=SCRIPTDIR/../../cmake/shell/example.sh
source "$(dirname "${BASH_SOURCE[0]}")/../../cmake/shell/example.sh"
begin_example 20000 "$@"
need_servers kafka clickhouse26
cd "$work"
mkdir expected found

start=$((($(date +%s) - events / 10) / 60 * 60 - 60))
"$program" --generate input.ndjson --events "$events" --seed "$seed" --start "$start"
python3 "$here/oracle.py" input.ndjson expected
python3 "$here/load_tables.py" "$WEIR_TEST_CLICKHOUSE26" --anew
rows() { curl --silent --show-error --fail --noproxy '*' --max-time 30 "$WEIR_TEST_CLICKHOUSE26/?database=rt" --data-binary "$1"; }
# What is counted again shall still be seen.
rows 'SYSTEM STOP MERGES rt.page_minute_agg'

topic=$(fresh_name restart)
make_topic "$topic" 1
job=(--brokers "$WEIR_TEST_KAFKA" --topic "$topic" --group "$topic" --clickhouse "$WEIR_TEST_CLICKHOUSE26")
head -n $((events * 3 / 5)) input.ndjson > first.ndjson
tail -n +$((events * 3 / 5 + 1)) input.ndjson > second.ndjson

produce_lines first.ndjson "$topic"
"$program" "${job[@]}" 2> ledger &
own+=($!)
for ((tries = 0; tries < 300; tries++)); do
  [ "$(rows 'SELECT count() FROM page_minute_anomalies')" = 0 ] || break
  kill -0 "${own[0]}" 2> /dev/null || stop "the job has ended: $(cat ledger)"
  sleep 0.1
done
kill -INT "${own[0]}"
wait "${own[0]}" || stop "the job did not stop well: $(cat ledger)"
own=()

produce_lines second.ndjson "$topic"
run_job "${job[@]}" --until-end
rows 'SELECT toUnixTimestamp(window_start), toUnixTimestamp(window_end), page, country, cnt, unique_users FROM page_minute_agg FINAL' \
  > found/minutes.tsv
rows 'SELECT DISTINCT event_id FROM clicks_raw' > found/clicks.tsv
cut -f 1-6 expected/minutes.tsv > expected/unscored.tsv
cut -f 1 expected/raw.tsv > expected/clicks.tsv
twice=$(($(rows 'SELECT count() FROM page_minute_agg') - $(wc -l < found/minutes.tsv)))
((twice > 0)) || stop "no minute was counted again, so nothing was tried; choose another --seed"
say "$twice minutes were counted again"
verdict minutes expected/unscored.tsv found/minutes.tsv clicks expected/clicks.tsv found/clicks.tsv
