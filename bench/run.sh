#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
#
# Builds the benchmarks (Release), runs them, and prints a table: what weir reached, what its hand-written rival
# reached in the same process, the ratio of the two times, and the gate. Fails when a gate is exceeded or a problem was
# not measured. On Debian it installs what is missing (as root, or with sudo).
#
#   bench/run.sh [problem …]     e.g. bench/run.sh keyed_tumbling ysb; none: all
#
# Environment: BUILD (build tree, default build/bench), PAIRS (at least 7), ATTEMPTS (default 3: how often a problem
# over its gate is measured), CXX, JOBS (default: all processors). A ratio is the median over the pairs of time(weir) /
# time(rival); both sides run in turns and must give the same answer.
set -euo pipefail

root=$(cd "$(dirname "$0")/.." && pwd)
cd "$root"
# shellcheck source=SCRIPTDIR/../cmake/shell/common.sh
source cmake/shell/common.sh
# shellcheck source=SCRIPTDIR/../cmake/shell/packages.sh
source cmake/shell/packages.sh
stop() {
    echo "bench/run.sh: $*" >&2
    exit 1
}
build=${BUILD:-$root/build/bench}
results=$build/results
all=(map_filter_sum keyed_tumbling hopping nexmark_q5 sliding sessions out_of_order lookup ysb ndjson_clicks kafka encode memory compile_time)
problems=("$@")
((${#problems[@]})) || problems=("${all[@]}")

for problem in "${problems[@]}"; do
    if [[ ! " ${all[*]} " == *" $problem "* ]]; then
        echo "bench/run.sh: there is no problem '$problem'; there are: ${all[*]}" >&2
        exit 2
    fi
done

install_packages g++ cmake make pkg-config librdkafka-dev libsimdjson-dev libfmt-dev libcurl4-openssl-dev zlib1g-dev \
    libbenchmark-dev >&2

mkdir -p "$(dirname "$build")"

cmake -S "$root" -B "$build" -DCMAKE_BUILD_TYPE=Release -DWEIR_BUILD_BENCHMARKS=ON -DWEIR_BUILD_TESTS=OFF \
    -DWEIR_BUILD_EXAMPLES=OFF >"$build.configure.log" 2>&1 || {
    cat "$build.configure.log" >&2
    exit 1
}
cmake --build "$build" --parallel "${JOBS:-$(nproc)}" >"$build.build.log" 2>&1 || {
    cat "$build.build.log" >&2
    exit 1
}

rm -rf "$results"
mkdir -p "$results"
table=$results/table.tsv
printf 'problem\tweir\trival\tratio\tgate\tverdict\tremark\n' >"$table"
status=0
for problem in "${problems[@]}"; do
    echo "measuring $problem" >&2
    before=$(wc -l <"$table")
    if [[ $problem == compile_time ]]; then
        "$root/bench/compile_time/measure.sh" "$table" || status=1
    elif [[ -x $build/bench/bench_$problem ]]; then
        "$build/bench/bench_$problem" --table="$table" --pairs="${PAIRS:-7}" --attempts="${ATTEMPTS:-3}" \
            --benchmark_out="$results/$problem.json" --benchmark_out_format=json >"$results/$problem.log" 2>&1 || status=1
    fi
    if [[ $(wc -l <"$table") == "$before" ]]; then
        printf '%s\t-\t-\t-\t-\tFAIL\tnot measured; see %s\n' "$problem" "$build.configure.log" >>"$table"
        status=1
    fi
done

awk -F '\t' '
    { for (i = 1; i <= NF; i++) { cell[NR, i] = $i; if (length($i) > width[i]) width[i] = length($i) } }
    END {
        for (r = 1; r <= NR; r++) {
            line = ""
            for (i = 1; i <= 7; i++) line = line sprintf(i == 1 ? "%-" width[i] "s" : i < 7 ? "  %" width[i] "s" : "  %s", cell[r, i])
            print line
        }
    }' "$table"
exit $status
