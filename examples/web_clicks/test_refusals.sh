#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# A wrong password, database, table or column is one error that names the place and what to do, shows no secret, and loses
# nothing: with the right one the same consumer group goes on, and every row is there.
set -euo pipefail

# shellcheck source=SCRIPTDIR/../../cmake/shell/example.sh
source "$(dirname "${BASH_SOURCE[0]}")/../../cmake/shell/example.sh"
begin_example 3000 "$@"
need_servers kafka clickhouse clickhouse26
cd "$work"
mkdir expected

start=$((($(date +%s) - events / 10) / 60 * 60 - 60))
"$program" --generate input.ndjson --events "$events" --seed "$seed" --start "$start"
python3 "$here/oracle.py" input.ndjson expected
no_secret() {
  ! grep -qF -e wrong-secret -e "$WEIR_TEST_CLICKHOUSE_PASSWORD" ledger output || stop "a secret is shown: $(cat ledger output)"
}
ask() { curl --silent --show-error --fail --noproxy '*' --max-time 30 "$url/" --data-binary "$1" > /dev/null; }

pairs=()
for server in clickhouse clickhouse26; do
  url=$WEIR_TEST_CLICKHOUSE raw=raw_seconds more=(--truncate-times)
  [ "$server" = clickhouse ] || url=$WEIR_TEST_CLICKHOUSE26 raw=raw more=()
  topic=$(fresh_name "refusals_$server")
  make_topic "$topic" 1
  produce_lines input.ndjson "$topic"
  job=(--brokers "$WEIR_TEST_KAFKA" --topic "$topic" --group "$topic" --until-end
    --clickhouse "$url" --user "$WEIR_TEST_CLICKHOUSE_USER" ${more[@]+"${more[@]}"})
  export CLICKHOUSE_PASSWORD=$WEIR_TEST_CLICKHOUSE_PASSWORD
  python3 "$here/load_tables.py" "$url" --anew

  job_fails_saying "clickhouse: $url" "check options::user and options::password" -- "${job[@]}" --password wrong-secret
  no_secret
  job_fails_saying "clickhouse: $url" "no_such_database" "create" -- "${job[@]}" --database no_such_database
  no_secret
  ask "DROP TABLE rt.page_minute_anomalies"
  job_fails_saying "clickhouse: $url" "page_minute_anomalies" "create" -- "${job[@]}"
  no_secret
  python3 "$here/load_tables.py" "$url" --anew
  ask "ALTER TABLE rt.page_minute_agg DROP COLUMN unique_users"
  job_fails_saying "clickhouse: $url" "page_minute_agg" "unique_users" -- "${job[@]}"
  no_secret

  python3 "$here/load_tables.py" "$url" --anew
  run_job "${job[@]}"
  no_secret
  mkdir -p "found/$server"
  python3 "$here/found.py" clickhouse "$url" rt "found/$server"
  pairs+=("$server: clicks" "expected/$raw.tsv" "found/$server/raw.tsv"
    "$server: minutes" expected/minutes.tsv "found/$server/minutes.tsv")
done
verdict "${pairs[@]}"
