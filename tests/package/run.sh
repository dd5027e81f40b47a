#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Takes weir as a stranger does: packages this checkout, then builds and runs small projects outside of it.
#   tests/package/run.sh [find_package|pkg_config|fetch_content|vcpkg|conan]...      (all of them by default)
# Exit code 77: a tool that the way needs is not to be had here.
set -euo pipefail

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
# A copy, so that a project that reached back into the tree would be seen.
cp -r "$root/tests/package" "$work/package"
export CMAKE_GENERATOR=Ninja

say() { printf '%s\n' "$*"; }
fail() { printf 'tests/package/run.sh: %s\n' "$*" >&2; exit 1; }

# The third parties that are here decide which components can be taken.
declare -A package_of=([simdjson]=simdjson [kafka]=rdkafka [http]=libcurl [clickhouse]=libcurl [influxdb]=libcurl
  [elasticsearch]=libcurl [prometheus]=libmicrohttpd [redis]=hiredis)
components=()
for component in simdjson kafka http clickhouse influxdb elasticsearch prometheus redis; do
  if pkg-config --exists "${package_of[$component]}"; then
    components+=("$component")
  else
    say "not tried: the component $component (${package_of[$component]} is not installed)"
  fi
done
list=$(IFS=';'; printf '%s' "${components[*]}")

# The switches that make librdkafka look absent, whatever is installed.
without_librdkafka=(-DCMAKE_DISABLE_FIND_PACKAGE_RdKafka=ON -DCMAKE_DISABLE_FIND_PACKAGE_rdkafka=ON)

# attempt SENTENCE COMMAND...: a command that fails shows its output and ends with that sentence.
attempt() {
  local sentence=$1
  shift
  "$@" > "$work/log" 2>&1 || { cat "$work/log" >&2; fail "$sentence"; }
}

install_weir() {
  attempt "weir cannot be configured" cmake -S "$root" -B "$work/build" -DCMAKE_INSTALL_PREFIX="$work/prefix" \
    -DWEIR_BUILD_TESTS=OFF -DWEIR_BUILD_EXAMPLES=OFF
  attempt "weir cannot be installed" cmake --install "$work/build"
}

# build_and_run PROJECT ARGUMENTS...: configures, builds and runs one of the projects.
build_and_run() {
  local project=$1 build=$work/build-$RANDOM
  shift
  attempt "the project $project cannot be configured with: $*" cmake -S "$work/package/$project" -B "$build" "$@"
  attempt "the project $project does not build with: $*" cmake --build "$build"
  attempt "the project $project does not run with: $*" ctest --test-dir "$build" --output-on-failure --no-tests=error
}

# refuses TEXT PROJECT ARGUMENTS...: configuring must fail, and must say TEXT.
refuses() {
  local text=$1 project=$2
  shift 2
  if cmake -S "$work/package/$project" -B "$work/build-$RANDOM" "$@" > "$work/log" 2>&1; then
    fail "the project $project configures, though it should be refused: $*"
  fi
  # CMake breaks a message into lines as it likes.
  tr -s ' \n' ' ' < "$work/log" | grep -qF -- "$text" || { cat "$work/log" >&2; fail "the refusal does not say: $text"; }
}

needs_kafka="the component 'kafka' needs librdkafka, not found here. Install the Debian package librdkafka-dev, the vcpkg port librdkafka or the Conan package librdkafka"

take_find_package() {
  install_weir
  local prefix=-DCMAKE_PREFIX_PATH=$work/prefix
  build_and_run find_package "$prefix" "-DWEIR_COMPONENTS=$list"
  # The prefix may move: nothing in it names its place or this machine.
  mv "$work/prefix" "$work/moved"
  grep -rlF -- "$work" "$work/moved" && fail "the installed files name the place they were installed to"
  prefix=-DCMAKE_PREFIX_PATH=$work/moved
  build_and_run find_package "$prefix" "-DWEIR_COMPONENTS=$list"
  build_and_run find_package "$prefix" "${without_librdkafka[@]}"
  refuses "$needs_kafka" find_package "$prefix" "${without_librdkafka[@]}" -DWEIR_COMPONENTS=kafka
  refuses "there is no component 'kafak'; there are " find_package "$prefix" -DWEIR_COMPONENTS=kafak
}

take_fetch_content() {
  local source=-DWEIR_SOURCE=$root
  build_and_run fetch_content "$source" "-DWEIR_COMPONENTS=$list"
  build_and_run fetch_content "$source" "-DWEIR_COMPONENTS=$list" "-DWEIR_REQUIRED_COMPONENTS=$list"
  build_and_run fetch_content "$source" "${without_librdkafka[@]}" -DWEIR_ABSENT_COMPONENTS=kafka
  refuses "$needs_kafka" fetch_content "$source" "${without_librdkafka[@]}" -DWEIR_REQUIRED_COMPONENTS=kafka
}

take_pkg_config() {
  install_weir
  local programs=$work/package/source
  export PKG_CONFIG_PATH=$work/prefix/share/pkgconfig
  "$work/package/pkg_config/build.sh" "$programs/core.cpp" "$work/core"
  for component in "${components[@]}"; do
    local packages=("${package_of[$component]}")
    [ "${packages[0]}" != libcurl ] || packages+=(zlib)
    "$work/package/pkg_config/build.sh" "$programs/$component.cpp" "$work/$component" "${packages[@]}"
  done
}

take_vcpkg() {
  attempt "the vcpkg port does not build" cmake -DPORTFILE="$root/cmake/vcpkg/ports/weir/portfile.cmake" \
    -DCURRENT_PACKAGES_DIR="$work/prefix" -DCURRENT_BUILDTREES_DIR="$work/build" -P "$work/package/vcpkg/stand_in.cmake"
  build_and_run vcpkg -DCMAKE_PREFIX_PATH="$work/prefix" "-DWEIR_COMPONENTS=$list"
}

# Conan 2: the one on the path, else one of our own in the user's cache.
find_conan() {
  if command -v conan > /dev/null && conan --version | grep -q 'version 2'; then
    conan=conan
    return
  fi
  local venv=${XDG_CACHE_HOME:-$HOME/.cache}/weir/conan
  conan=$venv/bin/conan
  [ ! -x "$conan" ] || return 0
  if ! { python3 -m venv "$venv" && "$venv/bin/pip" install --quiet 'conan>=2,<3'; } > "$work/log" 2>&1; then
    cat "$work/log" >&2
    rm -rf "$venv"
    say "skipped: Conan 2 is not installed, and pip cannot install it: see above"
    exit 77
  fi
}

take_conan() {
  find_conan
  export CONAN_HOME=$work/conan
  attempt "Conan finds no compiler" "$conan" profile detect
  # No recipe is fetched: the third parties are this system's own.
  {
    printf 'include(default)\n[settings]\ncompiler.cppstd=20\nbuild_type=Release\n[conf]\ntools.cmake.cmaketoolchain:generator=Ninja\n'
    printf '[platform_requires]\n'
    for package in simdjson:simdjson librdkafka:rdkafka libcurl:libcurl zlib:zlib libmicrohttpd:libmicrohttpd hiredis:hiredis; do
      if pkg-config --exists "${package#*:}"; then
        printf '%s/%s\n' "${package%:*}" "$(pkg-config --modversion "${package#*:}")"
      fi
    done
  } > "$work/profile"
  local options=()
  for component in "${components[@]}"; do options+=(-o "weir/*:$component=True"); done
  for chosen in "" "${options[*]}"; do
    read -ra words <<< "$chosen"
    attempt "conan create fails with: ${chosen:-no option}" "$conan" create "$root" --profile:all "$work/profile" \
      --test-folder "$work/package/conan" --no-remote --build=missing "${words[@]}"
  done
}

for way in "${@:-find_package pkg_config fetch_content vcpkg conan}"; do
  for one in $way; do
    declare -F "take_$one" > /dev/null || fail "there is no way '$one'"
    rm -rf "$work/build" "$work/prefix"
    (take_"$one")
    say "weir can be taken by $one, with: core ${components[*]}"
  done
done
