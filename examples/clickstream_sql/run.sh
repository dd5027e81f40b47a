#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# The ksqlDB clickstream demonstration: three topics joined and counted into two streams and seven tables; each compared with
# SQL in SQLite over the same records. The last line is `OK N rows equal`, or `DIFFERENT: ...` with exit code 1.
#
#   examples/clickstream_sql/run.sh           through a Kafka broker inside the program, into files
#   examples/clickstream_sql/run.sh --real    through Kafka, into Kafka and OpenSearch: upserted, and appended
set -euo pipefail

# shellcheck source=SCRIPTDIR/../../cmake/shell/example.sh
source "$(dirname "${BASH_SOURCE[0]}")/../../cmake/shell/example.sh"
begin_example 2000 "$@"
((events >= 500)) || stop "--events must be at least 500: the first pause comes after 90 s"
cd "$work"
mkdir expected
# shellcheck source=SCRIPTDIR/input.sh
source "$here/input.sh"
make_input
python3 "$here/oracle.py" input expected

# equal FOLDER KIND...: the files of expected/KIND and FOLDER/KIND, in pairs for `verdict`.
equal() {
  local folder=$1 kind file
  shift
  for kind in "$@"; do
    for file in expected/"$kind"/*.tsv; do
      pairs+=("$(basename "$file" .tsv), $kind" "$file" "$folder/$kind/${file##*/}")
    done
  done
}
pairs=()

if [ "$real" = no ]; then
  mkdir out found
  run_job --input input --output out
  python3 "$here/found.py" files out found
  equal found streams tables changes
  verdict "${pairs[@]}"
  exit
fi

need_servers kafka opensearch
need_client

run=$(fresh_name csql)_
send_input "$run" tables_ changes_
first=$(head -n 1 input/clickstream.tsv | cut -c 1-10) last=$(cut -c 1-10 input/clickstream.tsv | sort -n | tail -n 1)

# Once into tables, upserted, and once into what the demonstration has: every change appended.
for kind in tables changes; do
  how=()
  [ $kind = tables ] || how=(--append)
  run_job --brokers "$WEIR_TEST_KAFKA" --group "$run$kind" --until-end --elasticsearch "$WEIR_TEST_OPENSEARCH" \
    --input-prefix "$run" --output-prefix "$run${kind}_" ${how[@]+"${how[@]}"}
  mkdir "found_$kind"
  for topic in user_clickstream enriched_error_codes; do
    kcat -C -b "$WEIR_TEST_KAFKA" -t "$run${kind}_$topic" -o beginning -e -q -f '%T\t%k\t%s\n' > "$topic.tsv"
  done
  python3 "$here/found.py" topics . "found_$kind"
  python3 "$here/found.py" $kind "$WEIR_TEST_OPENSEARCH" "$run${kind}_" "found_$kind"
  equal "found_$kind" streams $kind
  python3 "$shared/panels.py" "$here/grafana" --from "$first" --to "$last" --elasticsearch "$WEIR_TEST_OPENSEARCH" \
    --index-prefix "$run${kind}_"
done
drop_indices "$run"
verdict "${pairs[@]}"
