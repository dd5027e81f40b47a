# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=bash disable=SC2154 # the variables come from cmake/shell/example.sh
#
# The input of run.sh and of test_refusals.sh, and how it comes to real servers.

need_client() { need_python kafka kafka-python==3.0.12; }

# click MILLISECONDS USERID STATUS
click() {
  local form='%s\t10.0.0.1\t{"ip":"10.0.0.1","userid":%s,"request":"GET /index.html HTTP/1.1","status":"%s","bytes":"278"}\n'
  # shellcheck disable=SC2059
  printf "$form" "$@"
}

# make_input: what the three connectors of datagen make. Behind it come clicks just within a session and just behind it, one that
# is late and counts, and one that is too late; and a user and a code are gone, and a code is called otherwise.
make_input() {
  mkdir input
  "$program" --generate clickstream --events "$events" --seed "$seed" --pauses > input/clickstream.tsv
  "$program" --generate clickstream_codes --events 60 --seed "$seed" > input/clickstream_codes.tsv
  "$program" --generate clickstream_users --events 60 --seed "$seed" > input/clickstream_users.tsv
  local last later=1767225660000
  last=$(tail -n 1 input/clickstream.tsv | cut -f 1)
  {
    click $((last + 100000)) 1 404
    click $((last + 130000)) 1 404
    click $((last + 160001)) 1 404
    click $((later - 50000)) 99 500
    click $((later - 25 * 3600 * 1000)) 98 500
  } >> input/clickstream.tsv
  printf '%s\t7\t\n' $later >> input/clickstream_users.tsv
  printf '%s\t302\t\n%s\t407\t{"code":407,"definition":"Proxy login required"}\n' $later $later >> input/clickstream_codes.tsv
}

# send_input PREFIX OUTPUT...: makes the topics, for each OUTPUT those that are written too, and sends the records to them. They
# are of the first of January: without retention.ms=-1 Kafka would delete them.
send_input() {
  local prefix=$1 topic topics=() sending=() records=("$python" "$shared/kafka_records.py" "$WEIR_TEST_KAFKA")
  shift
  for topic in "${@/%/user_clickstream}" "${@/%/enriched_error_codes}" clickstream; do
    topics+=("$prefix$topic,retention.ms=-1")
  done
  for topic in clickstream_codes clickstream_users; do
    topics+=("$prefix$topic,retention.ms=-1,cleanup.policy=compact")
  done
  for topic in clickstream_codes clickstream_users clickstream; do
    sending+=("input/$topic.tsv" "$prefix$topic")
  done
  "${records[@]}" topics "${topics[@]}"
  "${records[@]}" send "${sending[@]}"
}

ask() { curl --silent --show-error --fail --noproxy '*' --max-time 30 -H 'Content-Type: application/json' "$@" > "$work/answer"; }

# drop_indices PREFIX: and their templates.
drop_indices() {
  ask -X DELETE "$WEIR_TEST_OPENSEARCH/$1*"
  ask -X DELETE "$WEIR_TEST_OPENSEARCH/_index_template/weir-$1*"
}
