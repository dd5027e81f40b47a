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
# await WHAT COMMAND...: until it succeeds; what it said then is in await.log.
await() {
  local what=$1 until=$((SECONDS + 30))
  shift
  while ! "$@" > await.log 2>&1; do
    ((SECONDS < until)) || stop "$what: not within half a minute: $(tail -n 1 await.log); the job says: $(tail -n 1 ledger)"
    sleep 0.1
  done
}
healthy() { curl --silent --show-error --fail --noproxy '*' "http://127.0.0.1:$WEIR_TEST_PROMETHEUS_TEXT_PORT/healthz"; }
# Up to the next whole second, so that what was scraped just now counts.
panels() {
  python3 "$shared/panels.py" "$here/grafana" --from "$since" --to $(($(date +%s) + 1)) --prometheus "$WEIR_TEST_PROMETHEUS"
}

await "the job says that it is well" healthy
await "Prometheus sees batches of clicks" known 'rate(weir_sink_acknowledgement_seconds_count{stage="clicks_raw"}[5s]) > 0'
mapfile -t named < <(grep -oE 'weir_[a-z_]+' "$here/prometheus/alerts.yml" | sort -u)
((${#named[@]} > 0)) || stop "the alerts name no metric"
for metric in "${named[@]}"; do
  await "Prometheus knows $metric, which an alert names" known "$metric"
done
await "every panel has data" panels
cat await.log
wait "${own[0]}" || stop "the job failed: $(cat ledger)"
own=()
grep -q '^the ledger balances$' ledger || stop "the ledger does not balance: $(cat ledger)"
say "OK, all metrics and panels have data"
