# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=bash disable=SC2034,SC2015 # its variables are for the scripts that source it
#
# What examples/NAME/run.sh share: options, building, servers, running the job within bounds, the verdict.
# examples/README.md tells how such a script is made.

name=$(basename "$(cd "$(dirname "$0")" && pwd)")
here=$(cd "$(dirname "$0")" && pwd)
root=$(cd "$here/../.." && pwd)
shared=$root/examples/shared
export PYTHONDONTWRITEBYTECODE=1

say() { printf '%s\n' "$*"; }

# stop SENTENCE: the example cannot be run, or did not end well.
stop() {
  printf 'examples/%s/run.sh: %s\n' "$name" "$*" >&2
  exit 1
}

# begin_example EVENTS ARGUMENT...: reads the options, makes the folder $work, and sees to it that $program is there. What a
# script starts by itself it adds to `own`, by its pid: it ends with the script.
begin_example() {
  events=$1 seed=1 real=no keep=no servers=start program=""
  shift
  while (($# > 0)); do
    case $1 in
      --real) real=yes ;;
      --keep) keep=yes ;;
      --no-start) servers=given ;;
      --events | --seed | --program)
        (($# > 1)) || stop "$1 needs a value"
        printf -v "${1#--}" '%s' "$2"
        shift
        ;;
      -h | --help) example_help; exit 0 ;;
      *) stop "unknown option $1; --help lists those there are" ;;
    esac
    shift
  done
  [[ $events =~ ^[0-9]+$ && $seed =~ ^[0-9]+$ ]] || stop "--events and --seed are whole numbers"
  work=$(mktemp -d "${TMPDIR:-/tmp}/weir-$name.XXXXXX")
  started=() own=()
  trap end_example EXIT
  trap 'exit 130' INT TERM HUP
  [ -n "$program" ] || build_example
  [ -x "$program" ] || stop "there is no program $program"
  program=$(realpath "$program")
}

example_help() {
  sed -n '/^[^#]/q; /^# SPDX/d; /^#!/d; s/^# \?//p' "$0"
  cat <<TEXT

  --real          through real servers, those of tests/services.sh; started, and stopped again, where they are not up
  --events N      how many events are made up ($events)
  --seed S        equal seeds make equal events (1)
  --keep          leave the input, the rows and the ledger in their folder
  --program FILE  use this binary instead of building one
  --no-start      start no server: where one is missing, exit code 77 (1 where CI=true)
TEXT
}

end_example() {
  local code=$? pid
  trap - EXIT
  for pid in ${own[@]+"${own[@]}"}; do
    kill -TERM "$pid" 2> /dev/null && wait "$pid" 2> /dev/null || true
  done
  if ((${#started[@]} > 0)); then
    "$root/tests/services.sh" stop "${started[@]}" > "$work/stop.log" 2>&1 \
      || say "not every server could be stopped: tests/services.sh status" >&2
  fi
  if [ "$keep" = yes ]; then say "kept: $work" >&2; else rm -rf "$work"; fi
  exit "$code"
}

# A subshell, so that what the scripts below define stays there; standard output is for the result alone.
build_example() {
  program=$root/build/examples/examples/$name
  (
    cd "$root"
    # shellcheck source=SCRIPTDIR/common.sh
    source cmake/shell/common.sh
    # shellcheck source=SCRIPTDIR/packages.sh
    source cmake/shell/packages.sh
    trap end_step EXIT
    # shellcheck source=SCRIPTDIR/example_packages.sh
    source cmake/shell/example_packages.sh
    install_packages "${example_packages[@]}" python3 python3-venv
    step "configure the examples" cmake -G Ninja -S . -B build/examples -DCMAKE_BUILD_TYPE=Release \
      -DWEIR_BUILD_TESTS=OFF -DWEIR_BUILD_EXAMPLES=ON || stop "CMake cannot configure the examples: see above"
    step "build $name" cmake --build build/examples --target "$name" --parallel "$jobs" \
      || stop "the example does not build: see above"
  ) >&2 || exit 1
}

# need_servers NAME...: starts those of them that are not up, and sets the variables that tell where they are.
need_servers() {
  local server missing=()
  command -v python3 > /dev/null || stop "python3 is missing"
  for server in "$@"; do
    is_up "$server" || missing+=("$server")
  done
  if ((${#missing[@]} > 0)) && [ "$servers" = given ]; then
    [ "${CI:-}" != true ] || stop "CI=true, and these servers are not up: ${missing[*]}"
    say "skipped: these servers are not up, tests/services.sh starts them: ${missing[*]}"
    exit 77
  fi
  if ((${#missing[@]} > 0)); then
    started=("${missing[@]}")
    if ! CI=true "$root/tests/services.sh" start "${missing[@]}" >&2; then
      missing=()
      for server in "$@"; do
        is_up "$server" || missing+=("$server")
      done
      stop "these servers cannot be started, see above: ${missing[*]}"
    fi
  fi
  eval "$("$root/tests/services.sh" environment)"
}

is_up() { "$root/tests/services.sh" status "$1" 2> /dev/null | grep -q ": running,"; }

# fresh_name NAME: one that no earlier run has used.
fresh_name() { printf '%s_%s_%s' "$1" "$(date +%s)" "$$"; }

# make_topic NAME PARTITIONS [KEY=VALUE...]
make_topic() {
  "$root/tests/services.sh" topic "$@" > "$work/topic.log" 2>&1 \
    || stop "the topic $1 cannot be made: $(tail -n 1 "$work/topic.log")"
}

# produce_lines FILE TOPIC: each line a message without a key, in partition 0, by a client that we did not write.
produce_lines() {
  command -v kcat > /dev/null || stop "kcat is missing: apt-get install kcat"
  kcat -P -b "$WEIR_TEST_KAFKA" -t "$2" -p 0 -z lz4 -l "$1" 2> "$work/kcat.log" \
    || stop "kcat cannot produce to $2: $(tail -n 1 "$work/kcat.log")"
}

# need_python NAME PACKAGE...: a Python with these packages, of PyPI, becomes $python. It is kept in the cache.
need_python() {
  local folder=${XDG_CACHE_HOME:-${HOME:?}/.cache}/weir/python-$1 wanted
  shift
  wanted="$(python3 --version) $*"
  mkdir -p "${folder%/*}"
  (
    flock 8
    [ "$(cat "$folder/.complete" 2> /dev/null)" != "$wanted" ] || exit 0
    rm -rf "$folder"
    python3 -m venv "$folder" && "$folder/bin/python" -m pip install --quiet --disable-pip-version-check "$@" || exit 1
    printf '%s\n' "$wanted" > "$folder/.complete"
  ) 8> "$folder.lock" > "$work/python.log" 2>&1 && { python=$folder/bin/python; return; }
  [ "$servers" != given ] || [ "${CI:-}" = true ] || { say "skipped: pip cannot install $*"; exit 77; }
  stop "pip cannot install $*: $(tail -n 1 "$work/python.log")"
}

# run_job ARGUMENT...: the program, which must end by itself and well. Its ledger is in $work/ledger afterwards.
run_job() {
  local code=0
  python3 "$shared/measure.py" "$work/memory" timeout --kill-after=5 "${WEIR_EXAMPLE_TIMEOUT:-300}" "$program" "$@" \
    > "$work/output" 2> "$work/ledger" || code=$?
  if ((code != 0)); then
    grep -v '^failed: ' "$work/ledger" >&2 || true
    ((code != 124)) || stop "the job did not end within ${WEIR_EXAMPLE_TIMEOUT:-300} s"
    stop "the job failed, exit code $code: $(sed -n 's/^failed: //p' "$work/ledger" | grep . || tail -n 1 "$work/ledger")"
  fi
  grep -q '^the ledger balances$' "$work/ledger" || stop "the ledger does not balance: $(cat "$work/ledger")"
  say "the job ended, the ledger balances; at most $(cat "$work/memory") of memory"
}

# job_fails_saying TEXT... -- ARGUMENT...: the program must fail, and its one error must hold each of these texts.
job_fails_saying() {
  local texts=() text code=0
  while [ "$1" != -- ]; do
    texts+=("$1")
    shift
  done
  shift
  timeout --kill-after=5 "${WEIR_EXAMPLE_TIMEOUT:-300}" "$program" "$@" > "$work/output" 2> "$work/ledger" || code=$?
  ((code == 1)) || stop "the job should have failed with exit code 1, not $code: $(cat "$work/ledger")"
  [ "$(grep -c '^failed: ' "$work/ledger")" = 1 ] || stop "not one error: $(cat "$work/ledger")"
  for text in "${texts[@]}"; do
    grep '^failed: ' "$work/ledger" | grep -qF -- "$text" || stop "the error should say '$text': $(cat "$work/ledger")"
  done
  say "as it should: $(grep '^failed: ' "$work/ledger")"
}

# verdict NAME EXPECTED FOUND...: compares files of rows, three words a pair, and says the last line.
verdict() { python3 "$shared/compare.py" "$@"; }
