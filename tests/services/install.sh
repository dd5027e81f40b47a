# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=bash disable=SC2154 # the variables come from services.sh and common.sh
#
# Getting what is missing: distribution packages, and downloads that are kept in the cache.

have() { command -v "$1" >/dev/null 2>&1; }

as_root() {
    if ((EUID == 0)); then
        "$@"
    elif [[ -t 0 ]]; then
        sudo "$@"
    else
        sudo -n "$@"
    fi
}

# install_packages SERVICE PACKAGE...: without leaving a daemon behind, neither now nor after the next boot.
install_packages() {
    local service=$1 log=$services_dir/install-$1.log package fresh=()
    shift
    for package in "$@"; do
        package_is_installed "$package" || fresh+=("$package")
    done
    ((${#fresh[@]} > 0)) || return 0
    have apt-get || die "$service: ${fresh[*]} not installed, and there is no apt-get to install it with"
    ((EUID == 0)) || have sudo || die "$service: ${fresh[*]} not installed: needs root or sudo"
    say "$service: installing ${fresh[*]}"
    # What is known from before may be enough: the installation decides.
    have_candidates "${fresh[@]}" || as_root apt-get update >"$log" 2>&1 ||
        say "$service: the lists of packages could not be brought up to date (see $log)"
    (
        trap restore_policy EXIT
        forbid_daemons && as_root env DEBIAN_FRONTEND=noninteractive \
            apt-get install --yes --no-install-recommends -o DPkg::Lock::Timeout=300 "${fresh[@]}" >>"$log" 2>&1
    ) || die "$service: apt-get could not install ${fresh[*]} (see $log)"
    disable_units "${fresh[@]}"
}

package_is_installed() {
    [[ $(dpkg-query --show --showformat='${db:Status-Status}' "$1" 2>/dev/null) == installed ]]
}

have_candidates() {
    local package
    for package in "$@"; do
        LC_ALL=C apt-cache policy "$package" 2>/dev/null | grep -q 'Candidate: [^(]' || return 1
    done
}

policy=/usr/sbin/policy-rc.d
policy_backup=/usr/sbin/policy-rc.d.before-weir

# Debian asks this program before a package's daemon is started; 101 is "no". Containers often have one that says so.
forbid_daemons() {
    [[ ! -e $policy_backup ]] || restore_policy
    if [[ -x $policy ]]; then
        local answer=0
        "$policy" weir-services start >/dev/null 2>&1 || answer=$?
        ((answer != 101)) || return 0
    fi
    # An empty backup says "there was none": so that a run that was killed midway can still be undone.
    if [[ -e $policy ]]; then
        as_root mv "$policy" "$policy_backup" || return
    else
        as_root touch "$policy_backup" || return
    fi
    printf '#!/bin/sh\nexit 101\n' | as_root tee "$policy" >/dev/null && as_root chmod 755 "$policy"
}

restore_policy() {
    [[ -e $policy_backup ]] || return 0
    if [[ -s $policy_backup ]]; then
        as_root mv "$policy_backup" "$policy"
    else
        as_root rm -f "$policy" "$policy_backup"
    fi
}

# The packages also enable their units for the next boot.
disable_units() {
    local package unit
    have systemctl || return 0
    for package in "$@"; do
        while read -r unit; do
            as_root systemctl disable --quiet "${unit##*/}" >/dev/null 2>&1 ||
                say "${unit##*/} could not be disabled: it may start with the next boot (systemctl disable ${unit##*/})"
        done < <(dpkg -L "$package" 2>/dev/null | grep -E '/systemd/system/[^/]+\.service$')
    done
}

# cached DIRECTORY COMMAND...: runs the command, which fills the directory, unless an earlier run completed it.
cached() {
    local directory=$1
    shift
    [[ ! -f $directory/.complete ]] || return 0
    mkdir -p "$cache_dir"
    (
        flock 8
        # Whoever held the lock may have done the work.
        [[ ! -f $directory/.complete ]] || exit 0
        rm -rf "$directory"
        mkdir -p "$directory"
        "$@"
        touch "$directory/.complete"
    ) 8>"$cache_dir/lock"
}

# Prints a Java of the given version or newer, wherever one is installed.
find_java() {
    local wanted=$1 candidate version
    for candidate in "${JAVA_HOME:-/nonexistent}/bin/java" "$(command -v java || true)" /usr/lib/jvm/*/bin/java; do
        [[ -x $candidate ]] || continue
        version=$("$candidate" -version 2>&1 | sed -n 's/.*version "\([0-9]*\).*/\1/p' | head -n 1)
        if [[ -n $version ]] && ((version >= wanted)); then
            echo "$candidate"
            return
        fi
    done
    return 1
}

# need_java SERVICE VERSION CACHE: a Java to run it, and Maven where its jars are not in the cache yet.
need_java() {
    find_java "$2" >/dev/null || install_packages "$1" openjdk-17-jre-headless
    find_java "$2" >/dev/null || die "$1: no Java $2 or newer was found"
    [[ -f $3/.complete ]] || have mvn || install_packages "$1" maven
}

# maven_jars SERVICE VERSION CACHE OPTION... <DEPENDENCIES: all the jars that these need, into CACHE/jars.
maven_jars() {
    local service=$1 version=$2 cache=$3 log=$services_dir/install-$1.log
    shift 3
    say "$service: downloading $version into $cache"
    cat >"$cache/pom.xml" <<POM
<project>
  <modelVersion>4.0.0</modelVersion>
  <groupId>weir</groupId>
  <artifactId>$service-for-tests</artifactId>
  <version>1</version>
  <dependencies>
$(cat)
  </dependencies>
</project>
POM
    mvn --batch-mode --file "$cache/pom.xml" org.apache.maven.plugins:maven-dependency-plugin:3.6.1:copy-dependencies \
        -DincludeScope=runtime -DoutputDirectory="$cache/jars" "$@" >>"$log" 2>&1 ||
        die "$service: maven could not fetch version $version (see $log)"
}
