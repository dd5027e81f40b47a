#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Everything that shows weir to be right: unit tests, house rules, messages of misuse, ways to package it, and the
# tests against real servers; with GCC, and the unit tests again with Clang under each sanitizer. On a fresh Debian 12
# it installs what is missing (as root, or with sudo). Logs: build/logs.
#
#   tests/run.sh [--quick] [--long]
#     --quick   the unit tests with GCC, nothing else
#     --long    random tests run longer (WEIR_TEST_LONG=1)
#
# CI=true: a server that cannot be started is a failure; elsewhere the tests that need it are skipped, by name.
# The last line counts the tests of all runs: `N passed, N failed, N skipped`.
set -euo pipefail

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
cd "$root"
# shellcheck source=SCRIPTDIR/../cmake/shell/common.sh
source cmake/shell/common.sh
# shellcheck source=SCRIPTDIR/../cmake/shell/packages.sh
source cmake/shell/packages.sh

quick=no
for argument in "$@"; do
  case $argument in
    --quick) quick=yes ;;
    --long) export WEIR_TEST_LONG=1 ;;
    -h | --help) sed -n '/^# /s/^# //p; /^$/q' "$0"; exit 0 ;;
    *) printf 'tests/run.sh: unknown option %s (there are --quick and --long)\n' "$argument" >&2; exit 2 ;;
  esac
done

results=$logs/results
rm -rf "$results"
mkdir -p "$results"
broken=0          # steps that failed outside of any test: each counts as one failed test

finish() {
  local code=$?
  end_step
  stop_servers
  local counts=(0 0 0)
  read -ra counts < <(python3 cmake/shell/count.py "$results"/*.xml) || broken=$((broken + 1))
  local failed=$((counts[1] + broken))
  if ((code != 0 && failed == 0)); then failed=1; fi
  printf '%d passed, %d failed, %d skipped\n' "${counts[0]}" "$failed" "${counts[2]}"
  exit $((failed > 0))
}
trap finish EXIT
trap 'exit 130' INT TERM HUP

# stop SENTENCE: nothing further can be tested.
stop() {
  broken=$((broken + 1))
  printf '\ntests/run.sh: %s\n' "$*" >&2
  exit 1
}

# build PRESET [CMAKE ARGUMENT...]
build() {
  local preset=$1
  shift
  step "configure $preset" cmake --preset "$preset" "$@" || stop "CMake cannot configure the preset $preset: see above"
  step "build $preset" cmake --build --preset "$preset" --parallel "$jobs" \
    || stop "the preset $preset does not build: see above"
}

# run_tests NAME PRESET LABELS [CTEST ARGUMENT...]: failures are counted at the end, from CTest's own report.
run_tests() {
  local name=$1 preset=$2 labels=$3 report=$results/$1.xml
  shift 3
  step "test $name" ctest --test-dir "build/$preset" --label-regex "^($labels)$" --output-junit "$report" \
    --output-on-failure --no-tests=error --parallel "$jobs" "$@" || [ -s "$report" ] || stop "CTest cannot run $name"
}

servers_of_ours=no
start_servers() {
  if [ -z "${WEIR_SERVICES_DIR:-}" ]; then
    WEIR_SERVICES_DIR=$(mktemp -d /tmp/weir-tests.XXXXXX)
    export WEIR_SERVICES_DIR
    servers_of_ours=yes
  fi
  if step "start servers" tests/services.sh start; then
    say "$(tests/services.sh status)"
  elif [ "${CI:-}" = true ]; then
    broken=$((broken + 1))
    say "not every server could be started, which is a failure where CI=true"
  else
    say "no server could be started: the tests that need one are skipped"
  fi
  if tests/services.sh environment > "$logs/environment" 2> /dev/null; then
    set -a
    # shellcheck source=/dev/null
    source "$logs/environment"
    set +a
  fi
}

stop_servers() {
  [ "$servers_of_ours" = yes ] || return 0
  servers_of_ours=no
  tests/services.sh stop > "$logs/stop-servers.log" 2>&1 || say "not every server could be stopped: $logs/stop-servers.log"
  rm -rf "$WEIR_SERVICES_DIR"
}

say "weir: testing $root, $jobs jobs, logs in build/logs"
install_packages g++ cmake ninja-build pkg-config python3 ccache librdkafka-dev libsimdjson-dev libfmt-dev libcli11-dev \
  libcurl4-openssl-dev zlib1g-dev libmicrohttpd-dev libhiredis-dev libavro-dev tzdata
install_catch

if [ "$quick" = yes ]; then
  build default -DWEIR_BUILD_EXAMPLES=OFF
  run_tests gcc default unit
  exit 0
fi

install_packages python3-venv python3-yaml
install_if_possible clang-19 libclang-rt-19-dev

build default -DWEIR_BUILD_EXAMPLES=ON
run_tests gcc default 'unit|check|compile_fail|example|package'

start_servers
run_tests integration default integration
stop_servers

if command -v clang++-19 > /dev/null; then
  compiler=()
else
  say "clang++-19 is not to be had here: the sanitizers run with the default compiler"
  compiler=(-DCMAKE_CXX_COMPILER="${CXX:-c++}")
fi
build asan "${compiler[@]}"
run_tests asan asan 'unit|compile_fail|example'
build tsan "${compiler[@]}" -DWEIR_BUILD_EXAMPLES=OFF
run_tests tsan tsan unit
