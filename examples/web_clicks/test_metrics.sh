#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# promtool accepts the alerts and sees each of them fire; a real Prometheus scrapes the job while it works, knows every metric
# that the alerts name, and has data for every panel.
set -euo pipefail

# shellcheck source=SCRIPTDIR/../../cmake/shell/example.sh
source "$(dirname "${BASH_SOURCE[0]}")/../../cmake/shell/example.sh"
begin_example 24000 "$@"
need_servers clickhouse26 prometheus
cd "$work"

for check in "check rules alerts.yml" "check config prometheus.yml" "test rules alerts_test.yml"; do
  # shellcheck disable=SC2086 # three words
  (cd "$here/prometheus" && promtool $check) > promtool.log 2>&1 || stop "promtool $check: $(cat promtool.log)"
done
say "promtool accepts the alerts, and each fires when it should"

python3 "$here/load_tables.py" "$WEIR_TEST_CLICKHOUSE26" --anew
# Event time runs two hundred times as fast as the clock, so that minutes close: twelve seconds of work.
since=$(date +%s)
"$program" --rate 2000 --event-rate 10 --start $((since - events / 10)) --events "$events" --seed "$seed" \
  --clickhouse "$WEIR_TEST_CLICKHOUSE26" --metrics "$WEIR_TEST_PROMETHEUS_TEXT_PORT" 2> ledger &
own+=($!)

# known EXPRESSION: whether Prometheus has samples for it that this run has made.
known() {
  curl --silent --show-error --noproxy '*' --max-time 30 "$WEIR_TEST_PROMETHEUS/api/v1/query" \
    --data-urlencode "query=count($1 and timestamp($1) >= $since)" | grep -q '"value":'
}
for ((tries = 0; tries < 300; tries++)); do
  ! known 'rate(weir_sink_acknowledgement_seconds_count{stage="clicks_raw"}[5s]) > 0' || break
  kill -0 "${own[0]}" 2> /dev/null || stop "the job has ended before Prometheus saw a batch of clicks: $(cat ledger)"
  sleep 0.1
done
grep -oE 'weir_[a-z_]+' "$here/prometheus/alerts.yml" | sort -u | while read -r metric; do
  known "$metric" || stop "Prometheus knows no $metric, which an alert names"
done
curl --silent --fail --noproxy '*' "http://127.0.0.1:$WEIR_TEST_PROMETHEUS_TEXT_PORT/healthz" > /dev/null \
  || stop "the job says that it is not well"
python3 "$shared/panels.py" "$here/grafana" --from "$since" --to "$(date +%s)" --prometheus "$WEIR_TEST_PROMETHEUS"
wait "${own[0]}" || stop "the job failed: $(cat ledger)"
own=()
grep -q '^the ledger balances$' ledger || stop "the ledger does not balance: $(cat ledger)"
say "OK, all metrics and panels have data"
