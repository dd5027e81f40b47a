#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Shows that the tests can fail: changes one thing at a time in a copy of a header (a `<` to a `<=`, a merge that is left out, a
# lane that is skipped), compiles the tests named beside the change, and wants to see one of them fail.
#
#   tests/mutate.sh [TEXT]
#     TEXT   only the mutants whose file or test has this in its name
#
# The list is tests/mutation/*.mutants. On Debian it installs what is missing (as root, or with sudo). Log: build/logs.
# The last line reads `N mutants, N killed, 0 survived`; the exit code is 0 when none survived and none was void.
# Environment: CXX, WEIR_JOBS (default: all processors).
set -euo pipefail

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
cd "$root"
# shellcheck source=SCRIPTDIR/../cmake/shell/common.sh
source cmake/shell/common.sh
# shellcheck source=SCRIPTDIR/../cmake/shell/packages.sh
source cmake/shell/packages.sh

case ${1:-} in
  -h | --help) sed -n '/^# /s/^# //p; /^$/q' "$0"; exit 0 ;;
esac
say "weir: mutants of $root, $jobs jobs"
install_packages g++ python3
install_catch
exec python3 tests/mutation/mutate.py "$root" --jobs "$jobs" --compiler "${CXX:-g++}" --only "${1:-}"
