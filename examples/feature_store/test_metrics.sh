#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# The job at work on events as they come, watched by a Prometheus with this example's configuration: it knows every metric of the job
# that the alerts name, there is data for every panel that can be answered here, and when the job is gone an alert says so.
set -euo pipefail

# shellcheck source=SCRIPTDIR/../../cmake/shell/example.sh
source "$(dirname "${BASH_SOURCE[0]}")/../../cmake/shell/example.sh"
begin_example 0 "$@"
need_servers kafka redis prometheus
cd "$work"

free_port() { python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])'; }
metrics=$(free_port) port=$(free_port)
prometheus=http://127.0.0.1:$port
ask() { curl --silent --show-error --fail --noproxy '*' --max-time 30 "$@"; }
# value EXPRESSION: whether Prometheus has a number for it now.
value() { ask "$prometheus/api/v1/query" --data-urlencode "query=$1" | grep -q '"value":\[[^]]*,"[^"N]*"\]'; }
# await WHAT COMMAND...
await() {
  local what=$1 tries
  shift
  for ((tries = 0; tries < 600; tries++)); do
    ! "$@" 2> /dev/null || return 0
    sleep 0.05
  done
  stop "$what: not within half a minute"
}

topic=$(fresh_name clickstream-events)
make_topic "$topic" 3
redis-cli -p "${WEIR_TEST_REDIS##*:}" FLUSHALL > flushed
"$program" --generate - --rate 500 --events 0 --seed "$seed" 2> producer.log | kcat -P -b "$WEIR_TEST_KAFKA" -t "$topic" 2> kcat.log &
own+=($!)
"$program" --brokers "$WEIR_TEST_KAFKA" --topic "$topic" --group "$topic" --redis "$WEIR_TEST_REDIS" --metrics "$metrics" 2> ledger &
job=$!
own+=("$job")

sed -e "s/feature_store:9464/127.0.0.1:$metrics/; s/localhost:9090/127.0.0.1:$port/; s/_interval: 15s/_interval: 1s/" \
  "$here/prometheus/prometheus.yml" > prometheus.yml
cp "$here/prometheus/alerts.yml" .
since=$(date +%s)
prometheus --config.file=prometheus.yml --storage.tsdb.path=prometheus --web.listen-address="127.0.0.1:$port" --log.level=error \
  > prometheus.log 2>&1 &
own+=($!)

await "Prometheus sees counts go to Redis" value 'rate(weir_sink_acknowledgement_seconds_count{pipeline="feature_store"}[5s]) > 0'
kill -0 "$job" || stop "the job has ended: $(cat ledger)"
mapfile -t named < <(grep -oE 'weir_[a-z_]+' "$here/prometheus/alerts.yml" | sort -u)
for metric in "${named[@]}"; do
  await "Prometheus knows $metric, which an alert names" value "$metric{pipeline=\"feature_store\"}"
done
for alert in FeatureStoreDown FeatureStoreStalled; do
  ! value "ALERTS{alertname=\"$alert\"}" || stop "$alert is on its way while all is well"
done
# The next whole second, so that what was there just now is there still.
python3 "$shared/panels.py" "$here/grafana" --from "$since" --to $(($(date +%s) + 1)) --prometheus "$prometheus" \
  --redis "${WEIR_TEST_REDIS##*:}" --elsewhere airflow_ --elsewhere redis_up

kill -TERM "$job"
wait "$job" || stop "the job failed: $(cat ledger)"
grep -q '^the ledger balances$' ledger || stop "the ledger does not balance: $(cat ledger)"
await "Prometheus says that the job is gone" value 'ALERTS{alertname="FeatureStoreDown", job="feature_store"}'
say "OK, metrics, panels and alerts have data"
