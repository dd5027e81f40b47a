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
mkdir input expected found

"$program" --generate clickstream --events "$events" --seed "$seed" --pauses > input/clickstream.tsv
"$program" --generate clickstream_codes --events 60 --seed "$seed" > input/clickstream_codes.tsv
"$program" --generate clickstream_users --events 60 --seed "$seed" > input/clickstream_users.tsv
# Behind what datagen makes: a user and a code are gone, and another code is called otherwise.
later=1767225660000
printf '%s\t7\t\n' $later >> input/clickstream_users.tsv
printf '%s\t302\t\n%s\t407\t{"code":407,"definition":"Proxy login required"}\n' $later $later >> input/clickstream_codes.tsv
python3 "$here/oracle.py" input expected

# equal KIND: the files of expected/KIND and found/KIND, in pairs for `verdict`.
equal() {
  local file
  for file in expected/"$1"/*.tsv; do
    pairs+=("$(basename "$file" .tsv), $1" "$file" "found/$1/${file##*/}")
  done
}
pairs=()

if [ "$real" = no ]; then
  mkdir out
  run_job --input input --output out
  python3 "$here/found.py" files out found
  equal streams
  equal tables
  equal changes
  verdict "${pairs[@]}"
  exit
fi

need_servers kafka opensearch
need_python kafka kafka-python==3.0.12
records() { "$python" "$shared/kafka_records.py" "$WEIR_TEST_KAFKA" "$@"; }

# The records are of the first of January: without retention.ms=-1 Kafka would delete them.
run=$(fresh_name csql)_
keep=retention.ms=-1
records topics "${run}clickstream,$keep" "${run}clickstream_codes,$keep,cleanup.policy=compact" \
  "${run}clickstream_users,$keep,cleanup.policy=compact" "$run"{tables,changes}_{user_clickstream,enriched_error_codes},"$keep"
sending=()
for topic in clickstream_codes clickstream_users clickstream; do
  sending+=("input/$topic.tsv" "$run$topic")
done
records send "${sending[@]}"

# Once into tables, upserted, and once into what the demonstration has: every change appended.
for kind in tables changes; do
  how=()
  [ $kind = tables ] || how=(--append)
  run_job --brokers "$WEIR_TEST_KAFKA" --group "$run$kind" --until-end --elasticsearch "$WEIR_TEST_OPENSEARCH" \
    --input-prefix "$run" --output-prefix "$run${kind}_" ${how[@]+"${how[@]}"}
  python3 "$here/found.py" $kind "$WEIR_TEST_OPENSEARCH" "$run${kind}_" found
  mkdir $kind
  for topic in user_clickstream enriched_error_codes; do
    kcat -C -b "$WEIR_TEST_KAFKA" -t "$run${kind}_$topic" -o beginning -e -q -f '%T\t%k\t%s\n' > "$kind/$topic.tsv"
  done
  python3 "$here/found.py" topics $kind found
  equal streams
  equal $kind
done
verdict "${pairs[@]}"
