#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# A project without CMake: build.sh SOURCE OUTPUT [PACKAGE...]; the packages are the third parties' own.
set -euo pipefail
source=$1 output=$2
shift 2
read -ra flags <<< "$(pkg-config --cflags --libs weir "$@")"
"${CXX:-c++}" -std=c++20 "-DWEIR_EXPECTED_VERSION=\"$(pkg-config --modversion weir)\"" "$source" -o "$output" "${flags[@]}"
"$output"
