#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Makes up clicks, lets the job read them from Kafka, and compares all that it wrote with what SQL and Python make of the same
# input: OK N rows equal, or DIFFERENT and exit code 1.
#
#   examples/web_clicks/run.sh           through a Kafka broker inside the program, into files
#   examples/web_clicks/run.sh --real    through Kafka into ClickHouse 18.16 and into today's
set -euo pipefail

# shellcheck source=SCRIPTDIR/../../cmake/shell/example.sh
source "$(dirname "${BASH_SOURCE[0]}")/../../cmake/shell/example.sh"
begin_example 20000 "$@"
((events >= 12000)) || stop "--events must be at least 12000: no score of the published form stands out before the tenth minute"
cd "$work"
mkdir expected

if [ "$real" = no ]; then
  "$program" --generate input.ndjson --events "$events" --seed "$seed"
  python3 "$here/oracle.py" input.ndjson expected
  mkdir -p found/earlier found/published
  for score in earlier published; do
    run_job --input input.ndjson --output rows --dead-letters dead.ndjson --score "$score"
    python3 "$here/found.py" file rows "found/$score"
    python3 "$here/found.py" dead dead.ndjson "found/$score"
  done
  # The same clicks once more, as they are made, ten thousand a second.
  mkdir found/live
  run_job --rate 10000 --event-rate 10 --start 1767225600 --events "$events" --seed "$seed" --output rows
  python3 "$here/found.py" file rows found/live
  verdict "clicks" expected/raw.tsv found/earlier/raw.tsv "dead letters" expected/dead.tsv found/earlier/dead.tsv \
    "minutes" expected/minutes.tsv found/earlier/minutes.tsv "anomalies" expected/anomalies.tsv found/earlier/anomalies.tsv \
    "minutes, scored as published" expected/published.tsv found/published/minutes.tsv \
    "anomalies as published" expected/published_anomalies.tsv found/published/anomalies.tsv \
    "clicks, live" expected/raw.tsv found/live/raw.tsv "minutes, live" expected/minutes.tsv found/live/minutes.tsv
  exit
fi
((events <= 800000)) || stop "--events must be at most 800000 with --real: ten a second of the last day"
# Their end is now: a view of the last day shows them, and nothing of them has expired.
start=$((($(date +%s) - events / 10) / 60 * 60 - 60))
"$program" --generate input.ndjson --events "$events" --seed "$seed" --start "$start"
python3 "$here/oracle.py" input.ndjson expected
need_servers kafka clickhouse clickhouse26
topic=$(fresh_name web.clicks)
make_topic "$topic" 1
produce_lines input.ndjson "$topic"

# run_into SERVER URL ARGUMENT...: reads the topic into one ClickHouse, and what is there then into found/SERVER.
run_into() {
  local server=$1 url=$2
  shift 2
  mkdir -p "found/$server"
  say "$server: $(python3 "$here/load_tables.py" "$url" --anew)"
  run_job --brokers "$WEIR_TEST_KAFKA" --topic "$topic" --until-end --group "$topic-$server" --clickhouse "$url" \
    --dead-letters dead.ndjson "$@"
  python3 "$here/found.py" clickhouse "$url" rt "found/$server"
  python3 "$here/found.py" dead dead.ndjson "found/$server"
}

# The published score into the old one, whose times are whole seconds; the other into today's.
run_into clickhouse "$WEIR_TEST_CLICKHOUSE" --truncate-times --score published
run_into clickhouse26 "$WEIR_TEST_CLICKHOUSE26"

# Grafana's panels speak today's SQL; those of Prometheus are tried by test_metrics.sh.
python3 "$shared/panels.py" "$here/grafana" --from "$start" --to "$(date +%s)" --clickhouse "$WEIR_TEST_CLICKHOUSE26" --database rt

pairs=()
for server in clickhouse clickhouse26; do
  raw=raw minutes=minutes anomalies=anomalies
  [ "$server" = clickhouse26 ] || raw=raw_seconds minutes=published anomalies=published_anomalies
  pairs+=("$server: clicks" "expected/$raw.tsv" "found/$server/raw.tsv"
    "$server: minutes" "expected/$minutes.tsv" "found/$server/minutes.tsv"
    "$server: anomalies" "expected/$anomalies.tsv" "found/$server/anomalies.tsv"
    "$server: clicks without a minute" expected/late.tsv "found/$server/late.tsv"
    "$server: five minutes by its view" expected/five_minutes.tsv "found/$server/five_minutes.tsv"
    "$server: hours by its view" expected/hours.tsv "found/$server/hours.tsv"
    "$server: recent activity" expected/recent.tsv "found/$server/recent.tsv"
    "$server: dead letters" expected/dead.tsv "found/$server/dead.tsv")
done
verdict "${pairs[@]}"
