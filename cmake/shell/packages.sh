# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=bash
#
# Debian packages, installed only where they are missing. Needs `say` and `step` of common.sh, and `stop SENTENCE`.

as_root() {
  if [ "$(id -u)" = 0 ]; then "$@"; else sudo --non-interactive "$@"; fi
}

# A password is asked for here, where the terminal is still the script's own.
become_able_to_install() {
  [ "$(id -u)" != 0 ] || return 0
  command -v sudo > /dev/null && sudo --validate \
    || stop "only root can install what is missing here: $1"
}

is_installed() {
  [ "$(dpkg-query --show --showformat='${db:Status-Status}' "$1" 2> /dev/null)" = installed ]
}

apt_install() {
  as_root env DEBIAN_FRONTEND=noninteractive apt-get install --yes --no-install-recommends -o DPkg::Lock::Timeout=300 "$@"
}

# The package lists of a fresh system are empty or old; fetched once a run, and only when something is to be installed.
lists_are_fresh=no
fetch_lists() {
  [ "$lists_are_fresh" = no ] || return 0
  # A mirror that fails may still leave lists that are good enough: what matters is whether the installation succeeds.
  step "fetch package lists" as_root apt-get update || say "some package lists could not be fetched"
  lists_are_fresh=yes
}

missing_of() {
  local package
  for package in "$@"; do is_installed "$package" || printf '%s\n' "$package"; done
}

install_packages() {
  command -v dpkg-query > /dev/null || { say "not a Debian system: taking $* for granted"; return 0; }
  local missing
  mapfile -t missing < <(missing_of "$@")
  [ ${#missing[@]} -gt 0 ] || return 0
  become_able_to_install "${missing[*]}"
  fetch_lists
  step "install ${missing[*]}" apt_install "${missing[@]}" || stop "apt-get cannot install ${missing[*]}"
}

# install_if_possible PACKAGE...: all of them or none; the caller looks whether they are there.
install_if_possible() {
  command -v dpkg-query > /dev/null || return 0
  local missing
  mapfile -t missing < <(missing_of "$@")
  [ ${#missing[@]} -gt 0 ] || return 0
  become_able_to_install "${missing[*]}"
  fetch_lists
  if apt-get install --simulate "${missing[@]}" > /dev/null 2>&1; then
    step "install ${missing[*]}" apt_install "${missing[@]}" || say "could not be installed: ${missing[*]}"
  fi
}

has_header() { printf '#include <%s>\n' "$1" | "${CXX:-c++}" -E -x c++ - > /dev/null 2>&1; }

# Catch2 version 3 compiles tests fifteen times as fast as version 2; in Debian 12 it comes from the backports suite.
install_catch() {
  if has_header catch2/catch_test_macros.hpp; then return 0; fi
  if command -v apt-get > /dev/null; then install_catch_from_backports || say "no Catch2 3 from backports"; fi
  if has_header catch2/catch_test_macros.hpp || has_header catch2/catch.hpp; then return 0; fi
  install_packages catch2
}

# The suite is looked up at the mirror this system uses, for this one installation: its own lists stay as they are.
install_catch_from_backports() {
  local codename mirror folder code=0
  become_able_to_install "libcatch2-dev (version 3)"
  codename=$(. /etc/os-release && printf '%s' "${VERSION_CODENAME:-}")
  fetch_lists
  # shellcheck disable=SC2016
  mirror=$(apt-get indextargets --format '$(ORIGIN) $(CODENAME) $(REPO_URI)' 'Created-By: Packages' \
    | awk -v codename="$codename" '$1 == "Debian" && $2 == codename { print $3; exit }')
  [ -n "$mirror" ] || return 1
  folder=$(mktemp -d)
  mkdir -p "$folder/lists/partial"
  chmod -R a+rX "$folder"
  local signed=/usr/share/keyrings/debian-archive-keyring.gpg trust=""
  [ ! -f "$signed" ] || trust="[signed-by=$signed] "
  printf 'deb %s%s %s-backports main\n' "$trust" "$mirror" "$codename" > "$folder/sources.list"
  local only=(-o "Dir::Etc::SourceList=$folder/sources.list" -o Dir::Etc::SourceParts=/dev/null
    -o "Dir::State::Lists=$folder/lists")
  step "look for Catch2 3 in $codename-backports" as_root apt-get "${only[@]}" update \
    && step "install libcatch2-dev" apt_install "${only[@]}" --target-release "$codename-backports" libcatch2-dev || code=1
  as_root rm -rf "$folder"
  return "$code"
}
