#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# A registry that is not there, has another path, or does not know the password; a wrong database or password of ClickHouse: each
# is one error that names the place and what to do, shows no secret, and loses nothing: with the right ones the same consumer
# group goes on, and every row is there.
set -euo pipefail

# shellcheck source=SCRIPTDIR/../../cmake/shell/example.sh
source "$(dirname "${BASH_SOURCE[0]}")/../../cmake/shell/example.sh"
begin_example 2000 "$@"
# shellcheck source=SCRIPTDIR/real.sh
source "$here/real.sh"
need_servers kafka registry clickhouse26
need_client
cd "$work"
mkdir expected found

no_secret() { ! grep -q 'wrong-secret' ledger output || stop "a secret is shown: $(cat ledger output)"; }

"$program" --generate input.tsv --events "$events" --seed "$seed"
python3 "$here/oracle.py" input.tsv expected
topic=$(fresh_name refusals)
make_topic "$topic" 1 retention.ms=-1
produce input.tsv "$topic"
create_tables "$WEIR_TEST_CLICKHOUSE26" "$topic"

python3 "$here/guarded_registry.py" "$WEIR_TEST_REGISTRY" reader right-secret guarded &
own+=($!)
for ((tries = 0; tries < 600; tries++)); do
  [ ! -s guarded ] || break
  sleep 0.05
done
[ -s guarded ] || stop "the guarded registry does not start"
nobody=http://127.0.0.1:$(python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])')

job=(--brokers "$WEIR_TEST_KAFKA" --topic "$topic" --group "$topic" --until-end --give-up-after 1)
to=(--clickhouse "$WEIR_TEST_CLICKHOUSE26" --database "$topic")
from=(--registry "$(cat guarded)" --registry-user reader --registry-password right-secret)

job_fails_saying "schema registry: $nobody" "Failed to connect" "check registry_options::url" \
  -- "${job[@]}" --registry "$nobody" "${to[@]}"
job_fails_saying "schema registry: $WEIR_TEST_REGISTRY/nowhere schema id 1" "no schema registry answers there: HTTP 404" \
  "check registry_options::url" \
  -- "${job[@]}" --registry "$WEIR_TEST_REGISTRY/nowhere" "${to[@]}"
job_fails_saying "schema registry: $(cat guarded)" "error 401" "check registry_options::user and registry_options::password" \
  -- "${job[@]}" --registry "$(cat guarded)" --registry-user reader --registry-password wrong-secret "${to[@]}"
no_secret
job_fails_saying "clickhouse: $WEIR_TEST_CLICKHOUSE26" "no_such_database" "create the database first" \
  -- "${job[@]}" "${from[@]}" --clickhouse "$WEIR_TEST_CLICKHOUSE26" --database no_such_database
job_fails_saying "clickhouse: $WEIR_TEST_CLICKHOUSE26" "HTTP 403" "check options::user and options::password" \
  -- "${job[@]}" "${from[@]}" "${to[@]}" --user "$WEIR_TEST_CLICKHOUSE_USER" --password wrong-secret
no_secret

run_job "${job[@]}" "${from[@]}" "${to[@]}"
python3 "$here/found.py" clickhouse "$WEIR_TEST_CLICKHOUSE26" "$topic" found
verdict views expected/views.tsv found/views.tsv minutes expected/minutes.tsv found/minutes.tsv
