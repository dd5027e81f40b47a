# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=bash disable=SC2034,SC2154 # its variables are for the scripts that source it, as they have those of example.sh
#
# What run.sh and the tests share when they talk to real servers.

# need_client: Confluent's own Python client, with its Avro serializer.
need_client() {
  need_python confluent "confluent-kafka[avro]==2.16.1"
  read_topic=(--brokers "$WEIR_TEST_KAFKA" --registry "$WEIR_TEST_REGISTRY" --until-end)
}

# produce FILE TOPIC: what FILE holds becomes records in partition 0, with its times.
produce() {
  "$python" "$here/produce.py" "$1" --brokers "$WEIR_TEST_KAFKA" --registry "$WEIR_TEST_REGISTRY" --topic "$2"
}

ask() { curl --silent --show-error --fail --noproxy '*' --max-time 30 "$@"; }

# create_tables URL DATABASE: ClickHouse before 20.1 has no DateTime64, and LowCardinality is only tried out there.
create_tables() {
  local statement version changes=()
  version=$(ask "$1/" --data 'SELECT version()')
  ((${version%%.*} >= 20)) || changes=(-e 's/LowCardinality(String)/String/' -e 's/DateTime64(3, /DateTime(/')
  ask "$1/" --data "CREATE DATABASE $2"
  while read -r -d ';' statement; do
    ask "$1/?database=$2" --data "$statement"
  done < <(sed -e '/^--/d' ${changes[@]+"${changes[@]}"} "$here/tables.sql")
}
