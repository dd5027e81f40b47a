#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Page views as they came, and views and users per page and minute; compared with an oracle over the same views. The last line
# is `OK N rows equal`, or `DIFFERENT: ...` with exit code 1.
#
#   examples/pageviews/run.sh           through a Kafka broker inside the program, into files; the schema is given by hand
#   examples/pageviews/run.sh --real    from Confluent's client through Kafka and a schema registry into ClickHouse, old and new
set -euo pipefail

# shellcheck source=SCRIPTDIR/../../cmake/shell/example.sh
source "$(dirname "${BASH_SOURCE[0]}")/../../cmake/shell/example.sh"
begin_example 20000 "$@"
# shellcheck source=SCRIPTDIR/real.sh
source "$here/real.sh"
cd "$work"
mkdir expected found found/{file,clickhouse,clickhouse26}

"$program" --generate input.tsv --events "$events" --seed "$seed"
python3 "$here/oracle.py" input.tsv expected

if [ "$real" = no ]; then
  run_job --embedded --events "$events" --seed "$seed" --output rows
  python3 "$here/found.py" file rows found/file
  verdict views expected/views.tsv found/file/views.tsv minutes expected/minutes.tsv found/file/minutes.tsv
  exit
fi

need_servers kafka registry clickhouse clickhouse26
need_client
topic=$(fresh_name pageviews)
make_topic "$topic" 1 retention.ms=-1
produce input.tsv "$topic"

for server in clickhouse clickhouse26; do
  url=WEIR_TEST_${server^^}
  create_tables "${!url}" "$topic"
  run_job "${read_topic[@]}" --topic "$topic" --group "$topic-$server" --clickhouse "${!url}" --database "$topic"
  python3 "$here/found.py" clickhouse "${!url}" "$topic" "found/$server"
done

# The dashboard is for a ClickHouse of today: Grafana's own macros ask for functions that 18 has not.
minutes=$(cut -f 1 expected/minutes.tsv | sort -n)
python3 "$shared/panels.py" "$here/grafana" --from "$(head -n 1 <<< "$minutes")" --to "$(tail -n 1 <<< "$minutes")" \
  --clickhouse "$WEIR_TEST_CLICKHOUSE26" --database "$topic"

verdict "views in ClickHouse 18" expected/views_in_seconds.tsv found/clickhouse/views.tsv \
  "minutes in ClickHouse 18" expected/minutes.tsv found/clickhouse/minutes.tsv \
  "views in ClickHouse 26" expected/views.tsv found/clickhouse26/views.tsv \
  "minutes in ClickHouse 26" expected/minutes.tsv found/clickhouse26/minutes.tsv
