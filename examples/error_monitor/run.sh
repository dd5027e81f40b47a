#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# HTTP statuses counted per ten seconds, and an alert for each minute with too many server errors; compared with an oracle
# over the same events. The last line is `OK N rows equal`, or `DIFFERENT: ...` with exit code 1.
#
#   examples/error_monitor/run.sh           through a Kafka broker inside the program, into files
#   examples/error_monitor/run.sh --real    through Kafka into InfluxDB (/write) and VictoriaMetrics (/api/v2/write)
set -euo pipefail

# shellcheck source=SCRIPTDIR/../../cmake/shell/example.sh
source "$(dirname "${BASH_SOURCE[0]}")/../../cmake/shell/example.sh"
begin_example 20000 "$@"
((events >= 3000)) || stop "--events must be at least 3000: the first outage comes in the fifth minute"
cd "$work"
mkdir expected found found/{file,influxdb,victoriametrics,dead}

"$program" --generate input.ndjson --events "$events" --seed "$seed"
python3 "$here/oracle.py" input.ndjson expected

if [ "$real" = no ]; then
  run_job --input input.ndjson --output points --dead-letters dead.ndjson
  python3 "$here/found.py" file points found/file
  python3 "$here/found.py" dead dead.ndjson found/dead
  verdict counts expected/counts.tsv found/file/counts.tsv alerts expected/alerts.tsv found/file/alerts.tsv \
    "dead letters" expected/dead.tsv found/dead/dead.tsv
  exit
fi

need_servers kafka influxdb victoriametrics
ask() { curl --silent --show-error --fail --noproxy '*' --max-time 30 "$@" > /dev/null; }

topic=$(fresh_name clickstream_events)
make_topic "$topic" 1
produce_lines input.ndjson "$topic"
read_topic=(--brokers "$WEIR_TEST_KAFKA" --topic "$topic" --until-end)

# What an earlier run has left: these servers are for tests.
ask "$WEIR_TEST_INFLUXDB/query" --data-urlencode 'q=DROP DATABASE clickstream; CREATE DATABASE clickstream'
for measurement in http_counts http_error_alerts; do
  ask "$WEIR_TEST_VICTORIAMETRICS/api/v1/admin/tsdb/delete_series" --data-urlencode "match[]={__name__=~\"${measurement}_.*\"}"
done

run_job "${read_topic[@]}" --group "$topic-influxdb" --influxdb "$WEIR_TEST_INFLUXDB" --database clickstream \
  --dead-letters dead.ndjson
python3 "$here/found.py" influxdb "$WEIR_TEST_INFLUXDB" clickstream found/influxdb
python3 "$here/found.py" dead dead.ndjson found/dead

run_job "${read_topic[@]}" --group "$topic-victoriametrics" --influxdb "$WEIR_TEST_VICTORIAMETRICS" --bucket clickstream
python3 "$here/found.py" victoriametrics "$WEIR_TEST_VICTORIAMETRICS" found/victoriametrics

ends=$(cut -f 1 expected/counts.tsv | sort -n)
python3 "$shared/panels.py" "$here/grafana" --from "$(head -n 1 <<< "$ends")" --to "$(tail -n 1 <<< "$ends")" \
  --influxdb "$WEIR_TEST_INFLUXDB" --database clickstream

verdict "counts in InfluxDB" expected/counts.tsv found/influxdb/counts.tsv \
  "alerts in InfluxDB" expected/alerts.tsv found/influxdb/alerts.tsv \
  "counts in VictoriaMetrics" expected/counts.tsv found/victoriametrics/counts.tsv \
  "alerts in VictoriaMetrics" expected/alerts.tsv found/victoriametrics/alerts.tsv \
  "dead letters" expected/dead.tsv found/dead/dead.tsv
