#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
#
# What does weir cost at compile time? Appends rows of bench/run.sh's table to FILE.
#
#   bench/compile_time/measure.sh FILE          (CXX: the compiler, default g++; ROUNDS: default 7)
#
# Runs take turns; a number is the median of the compiler's processor time. Nothing is cached.
set -euo pipefail

table=$1
compiler=${CXX:-g++}
rounds=${ROUNDS:-7}
here=$(cd "$(dirname "$0")" && pwd)
include=$(cd "$here/../../include" && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# name, source, optimisation, gate in seconds (-: only reported)
problems=(
    "baseline baseline.cpp -O0 -"
    "include_weir include_weir.cpp -O0 1.0"
    "core_program core_program.cpp -O2 4"
    "main_program main_program.cpp -O2 4"
)

# Compiles once and prints the processor time in seconds; fails when the compiler does.
seconds() {
    local TIMEFORMAT='%U %S'
    { time CCACHE_DISABLE=1 "$compiler" -std=c++20 "$2" -I "$include" -c "$here/$1" -o "$work/out.o" 2>"$work/errors"; } \
        2>"$work/time" || return 1
    awk '{ print $1 + $2 }' "$work/time"
}

for ((round = 0; round <= rounds; round++)); do
    for problem in "${problems[@]}"; do
        read -r name source level _ <<<"$problem"
        [[ -e $work/$name.failed ]] && continue
        if spent=$(seconds "$source" "$level"); then
            # The first round fills the file cache.
            if ((round > 0)); then echo "$spent" >>"$work/$name"; fi
        else
            cp "$work/errors" "$work/$name.failed"
        fi
    done
done

median() { sort -n "$1" | awk '{ v[NR] = $1 } END { print NR % 2 ? v[(NR + 1) / 2] : (v[NR / 2] + v[NR / 2 + 1]) / 2 }'; }

status=0
row() {
    [[ $6 == FAIL ]] && status=1
    printf '%s\t%s\t%s\t%s\t%s\t%s\t%s\n' "$@" >>"$table"
}

baseline=$(median "$work/baseline")
for problem in "${problems[@]:1}"; do
    read -r name _ level gate <<<"$problem"
    if [[ -e $work/$name.failed ]]; then
        row "compile_time/$name" - - - "$gate s" FAIL "does not compile: $(head -1 "$work/$name.failed")"
        continue
    fi
    spent=$(median "$work/$name")
    verdict=$(awk -v s="$spent" -v g="$gate" 'BEGIN { print s <= g ? "pass" : "FAIL" }')
    ratio=$(awk -v s="$spent" -v b="$baseline" 'BEGIN { printf "%.1f", s / b }')
    row "compile_time/$name" "$(printf '%.2f s' "$spent")" "$(printf '%.2f s' "$baseline")" "$ratio" "$gate s" "$verdict" \
        "$level, median of $rounds; rival: <chrono> + <string> + <vector> at -O0; the gate is on the seconds"
done

# The core must not pull in anyone else.
strangers=$("$compiler" -std=c++20 -I "$include" -M "$here/include_weir.cpp" | grep -oE '[^ ]*(simdjson|fmt/|curl|rdkafka)[^ ]*' | head -3 || true)
if [[ -n $strangers ]]; then
    row compile_time/core_knows_nobody - - - - FAIL "<weir.hpp> includes $strangers"
else
    row compile_time/core_knows_nobody - - - - pass "no simdjson, fmt, curl or rdkafka in <weir.hpp>"
fi
exit $status
