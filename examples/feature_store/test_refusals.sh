#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# A wrong password, a database that is not there and a full Redis are one error each, which names the place and what to do,
# shows no secret, and loses nothing: when all is right the same consumer group goes on, and every row is there.
set -euo pipefail

# shellcheck source=SCRIPTDIR/../../cmake/shell/example.sh
source "$(dirname "${BASH_SOURCE[0]}")/../../cmake/shell/example.sh"
begin_example 3000 "$@"
need_servers kafka redis
cd "$work"
mkdir expected found

"$program" --generate input.ndjson --events "$events" --seed "$seed"
python3 "$here/oracle.py" input.ndjson expected
topic=$(fresh_name clickstream-events)
make_topic "$topic" 1
produce_lines input.ndjson "$topic"
to=(--brokers "$WEIR_TEST_KAFKA" --topic "$topic" --group "$topic" --until-end --redis "$WEIR_TEST_REDIS" --give-up-after 2)
port=${WEIR_TEST_REDIS##*:}
redis() { redis-cli -p "$port" "$@" > redis.log; }
redis FLUSHALL

REDIS_PASSWORD=no-such-secret job_fails_saying "$WEIR_TEST_REDIS: WRONGPASS" "check options::user and options::password" -- \
  "${to[@]}" --user "$WEIR_TEST_REDIS_USER"
! grep -q no-such-secret ledger || stop "the error shows the password: $(cat ledger)"
job_fails_saying "$WEIR_TEST_REDIS/9999: ERR DB index is out of range" "check options::database" -- "${to[@]}" --database 9999

redis CONFIG SET maxmemory 1
code=0
(job_fails_saying "$WEIR_TEST_REDIS: gave up after" "OOM command not allowed" "raise its maxmemory" -- "${to[@]}") || code=$?
redis CONFIG SET maxmemory 0
((code == 0)) || exit "$code"

REDIS_PASSWORD=$WEIR_TEST_REDIS_PASSWORD run_job "${to[@]}" --user "$WEIR_TEST_REDIS_USER" --dead-letters dead.ndjson
python3 "$here/found.py" redis "$port" found/stream.tsv
python3 "$here/found.py" dead dead.ndjson found/dead.tsv
verdict "counts" expected/stream.tsv found/stream.tsv "dead letters" expected/dead.tsv found/dead.tsv
