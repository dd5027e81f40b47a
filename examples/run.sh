#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Builds the main example, examples/clickstream, in Release, and runs it with the arguments given. On a fresh Debian 12
# it installs what is missing (as root, or with sudo). With no argument it needs nothing else: it makes its own clicks,
# sends them through a Kafka broker inside the program, and shows the windows as they close.
#
#   examples/run.sh
#   examples/run.sh --source access-log --input FILE --key status --window 60s --sink ndjson --output FILE
#   examples/run.sh --help
set -euo pipefail

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
program=$root/build/examples/examples/clickstream

stop() {
  printf 'examples/run.sh: %s\n' "$*" >&2
  exit 1
}

# In a subshell of its own: the program runs where the caller stands, and standard output is the program's alone.
(
  cd "$root"
  # shellcheck source=SCRIPTDIR/../cmake/shell/common.sh
  source cmake/shell/common.sh
  # shellcheck source=SCRIPTDIR/../cmake/shell/packages.sh
  source cmake/shell/packages.sh
  # shellcheck source=SCRIPTDIR/../cmake/shell/example_packages.sh
  source cmake/shell/example_packages.sh
  trap end_step EXIT
  install_packages "${example_packages[@]}"
  if [ ! -f build/examples/build.ninja ]; then
    step "configure the example" cmake -G Ninja -S . -B build/examples -DCMAKE_BUILD_TYPE=Release \
      -DWEIR_BUILD_TESTS=OFF -DWEIR_BUILD_EXAMPLES=ON || stop "CMake cannot configure the example: see above"
  fi
  step "build the example" cmake --build build/examples --target clickstream --parallel "$jobs" \
    || stop "the example does not build: see above"
) >&2

exec "$program" "$@"
