# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=bash
#
# InfluxDB 1.x, with a database `weir`: a strict judge of line protocol.

influxdb_install() {
    have curl || install_packages influxdb curl
    have influxd || install_packages influxdb influxdb
}

influxdb_configure() {
    local directory=$1
    reserve_port "$directory/http.port"
    reserve_port "$directory/rpc.port"
    cat >"$directory/influxdb.conf" <<CONFIGURATION
reporting-disabled = true
bind-address = "127.0.0.1:$(port_of influxdb rpc)"
[meta]
  dir = "$directory/meta"
[data]
  dir = "$directory/data"
  wal-dir = "$directory/wal"
[http]
  bind-address = "127.0.0.1:$(port_of influxdb http)"
  log-enabled = false
[monitor]
  store-enabled = false
CONFIGURATION
}

influxdb_launch() { launch influxdb influxd run -config "$1/influxdb.conf"; }

influxdb_answers() { http "$(influxdb_endpoint)/ping"; }

# Creating a database that is there already succeeds and changes nothing.
influxdb_prepare() { http "$(influxdb_endpoint)/query" --data-urlencode 'q=CREATE DATABASE weir' >/dev/null; }

influxdb_endpoint() { echo "http://127.0.0.1:$(port_of influxdb http)"; }

influxdb_version() {
    echo "InfluxDB $(http --head "$(influxdb_endpoint)/ping" | sed -n 's/^X-Influxdb-Version: *\([^\r]*\).*/\1/Ip')"
}

influxdb_exports() { echo "export WEIR_TEST_INFLUXDB=$(influxdb_endpoint)"; }
