#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# A wrong database, password or token is one error that names the place and what to do, shows no secret, and loses nothing:
# with the right one the same consumer group goes on, and every row is there.
set -euo pipefail

# shellcheck source=SCRIPTDIR/../../cmake/shell/example.sh
source "$(dirname "${BASH_SOURCE[0]}")/../../cmake/shell/example.sh"
begin_example 3000 "$@"
need_servers kafka influxdb victoriametrics
cd "$work"
mkdir expected found

# Two more servers, which want to know who asks.
free_port() { python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])'; }
ask() { curl --silent --show-error --fail --noproxy '*' --max-time 30 "$@" > /dev/null; }
await() {
  local tries
  for ((tries = 0; tries < 600; tries++)); do
    ! ask "$@" 2> /dev/null || return 0
    sleep 0.05
  done
  stop "no answer from $1"
}

start_influxdb() {
  local port
  port=$(free_port)
  cat > influxdb.conf <<CONFIGURATION
reporting-disabled = true
bind-address = "127.0.0.1:$(free_port)"
[meta]
  dir = "$work/influxdb/meta"
[data]
  dir = "$work/influxdb/data"
  wal-dir = "$work/influxdb/wal"
[http]
  bind-address = "127.0.0.1:$port"
  auth-enabled = true
[monitor]
  store-enabled = false
CONFIGURATION
  influxd run -config influxdb.conf > influxdb.log 2>&1 &
  own+=($!)
  influxdb=http://127.0.0.1:$port
  await "$influxdb/ping"
  ask "$influxdb/query" --data-urlencode "q=CREATE USER monitor WITH PASSWORD 'right-secret' WITH ALL PRIVILEGES"
  ask --user monitor:right-secret "$influxdb/query" --data-urlencode 'q=CREATE DATABASE clickstream'
}

start_victoriametrics() {
  local port
  port=$(free_port)
  victoria-metrics -storageDataPath="$work/victoriametrics" -httpListenAddr="127.0.0.1:$port" -retentionPeriod=100y \
    -httpAuth.username=monitor -httpAuth.password=right-secret > victoriametrics.log 2>&1 &
  own+=($!)
  victoriametrics=http://127.0.0.1:$port
  await "$victoriametrics/health" --user monitor:right-secret
}

no_secret() { ! grep -q 'wrong-secret' ledger output || stop "a secret is shown: $(cat ledger output)"; }

"$program" --generate input.ndjson --events "$events" --seed "$seed"
python3 "$here/oracle.py" input.ndjson expected
topic=$(fresh_name refusals)
make_topic "$topic" 1
produce_lines input.ndjson "$topic"
start_influxdb
start_victoriametrics
job=(--brokers "$WEIR_TEST_KAFKA" --topic "$topic" --group "$topic" --until-end)

job_fails_saying "influxdb: $WEIR_TEST_INFLUXDB" "no_such_database" "database not found" "create the database or bucket first" \
  -- "${job[@]}" --influxdb "$WEIR_TEST_INFLUXDB" --database no_such_database
job_fails_saying "influxdb: $influxdb" "HTTP 401" "check options::user and options::password" \
  -- "${job[@]}" --influxdb "$influxdb" --database clickstream --user monitor --password wrong-secret
no_secret
job_fails_saying "influxdb: $victoriametrics" "HTTP 401" "options::token" \
  -- "${job[@]}" --influxdb "$victoriametrics" --bucket clickstream --token wrong-secret
no_secret

run_job "${job[@]}" --influxdb "$influxdb" --database clickstream --user monitor --password right-secret --dead-letters dead.ndjson
INFLUXDB_USER=monitor INFLUXDB_PASSWORD=right-secret python3 "$here/found.py" influxdb "$influxdb" clickstream found
verdict counts expected/counts.tsv found/counts.tsv alerts expected/alerts.tsv found/alerts.tsv
