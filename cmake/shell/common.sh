# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=bash
#
# Steps with a title, a log and a sign of life, for scripts that run in the checkout.

logs=$PWD/build/logs
mkdir -p "$logs"
jobs=${WEIR_JOBS:-$(nproc)}

say() { printf '%s\n' "$*"; }

elapsed() { printf '%d:%02d' $((SECONDS / 60)) $((SECONDS % 60)); }

# step TITLE COMMAND...: runs the command into a log of its own; on failure shows what matters of it. The command has a
# process group of its own, so that `end_step` ends it with all that it started.
running=""
step() {
  local title=$1 log code=0
  log=$logs/${1// /-}.log
  shift
  printf '[%s] %s …\n' "$(elapsed)" "$title"
  set -m
  "$@" > "$log" 2>&1 < /dev/null &
  running=$!
  set +m
  show_life "$running" "$log"
  wait "$running" || code=$?
  running=""
  if ((code == 0)); then return 0; fi
  printf '[%s] %s failed (exit code %d), log %s:\n' "$(elapsed)" "$title" "$code" "$log"
  what_matters "$log"
  return "$code"
}

# For a script that is told to end while a step runs.
end_step() {
  [ -z "$running" ] || kill -TERM -- "-$running" 2> /dev/null || return 0
}

# On a terminal the newest line of the log, elsewhere one every half minute.
show_life() {
  local pid=$1 log=$2 waited=0
  while kill -0 "$pid" 2> /dev/null; do
    sleep 0.1
    waited=$((waited + 1))
    if [ -t 1 ] && ((waited % 5 == 0)); then
      printf '\r\033[K%s' "$(tail -n 1 "$log" | cut -c "1-$((${COLUMNS:-80} - 1))")"
    elif [ ! -t 1 ] && ((waited % 300 == 0)); then
      printf '[%s]   %s\n' "$(elapsed)" "$(tail -n 1 "$log" | cut -c 1-100)"
    fi
  done
  [ ! -t 1 ] || printf '\r\033[K'
}

# The failed tests with their output, or the compiler's errors, or simply the end.
what_matters() {
  local lines
  lines=$(grep -vE '^ *(Start +[0-9]+:|[0-9]+/[0-9]+ Test .* Passed )|^\[[0-9]+/[0-9]+\] ' "$1" | tail -n 150) || return 0
  printf '%s\n' "$lines" | sed 's/^/    /'
}
