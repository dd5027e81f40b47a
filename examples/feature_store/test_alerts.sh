#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# promtool accepts the configuration of Prometheus and the alerts, and sees each of them fire; amtool accepts that of Alertmanager.
set -euo pipefail

# shellcheck source=SCRIPTDIR/../../cmake/shell/example.sh
source "$(dirname "${BASH_SOURCE[0]}")/../../cmake/shell/example.sh"
begin_example 0 "$@"
need_servers prometheus  # it comes with promtool and amtool
if ! command -v amtool > /dev/null; then
  [ "$servers" != given ] || [ "${CI:-}" = true ] || { say "skipped: amtool is missing"; exit 77; }
  stop "amtool is missing: apt-get install prometheus-alertmanager"
fi

# accepts FOLDER TOOL ARGUMENT...
accepts() {
  local folder=$1
  shift
  (cd "$here/$folder" && "$@") > "$work/tool.log" 2>&1 || stop "$*: $(cat "$work/tool.log")"
}
accepts prometheus promtool check config prometheus.yml
accepts prometheus promtool check rules alerts.yml
accepts prometheus promtool test rules alerts_test.yml
accepts alertmanager amtool check-config alertmanager.yml

mapfile -t alerts < <(sed -n 's/^ *- alert: //p' "$here/prometheus/alerts.yml")
((${#alerts[@]} > 0)) || stop "there are no alerts"
for alert in "${alerts[@]}"; do
  grep -A 1 "^ *alertname: $alert\$" "$here/prometheus/alerts_test.yml" | grep -q 'exp_alerts:' \
    || stop "no test sees the alert $alert fire"
done
say "OK ${#alerts[@]} alerts fire when they should"
