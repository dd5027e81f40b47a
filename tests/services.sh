#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
#
# Starts and stops the real servers that the integration tests talk to, on loopback, as the current user.
# What each server is and which variables the tests read: tests/services/README.md.
set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
# shellcheck source=SCRIPTDIR/services/common.sh
source "$here/services/common.sh"
# shellcheck source=SCRIPTDIR/services/install.sh
source "$here/services/install.sh"
# shellcheck source=SCRIPTDIR/services/kafka.sh
source "$here/services/kafka.sh"
# shellcheck source=SCRIPTDIR/services/clickhouse.sh
source "$here/services/clickhouse.sh"
# shellcheck source=SCRIPTDIR/services/clickhouse26.sh
source "$here/services/clickhouse26.sh"
# shellcheck source=SCRIPTDIR/services/influxdb.sh
source "$here/services/influxdb.sh"
# shellcheck source=SCRIPTDIR/services/prometheus.sh
source "$here/services/prometheus.sh"
# shellcheck source=SCRIPTDIR/services/redis.sh
source "$here/services/redis.sh"
# shellcheck source=SCRIPTDIR/services/victoriametrics.sh
source "$here/services/victoriametrics.sh"
# shellcheck source=SCRIPTDIR/services/opensearch.sh
source "$here/services/opensearch.sh"
# shellcheck source=SCRIPTDIR/services/registry.sh
source "$here/services/registry.sh"

all_services=(kafka clickhouse clickhouse26 influxdb redis victoriametrics prometheus opensearch registry)

usage() {
    cat <<TEXT
usage: tests/services.sh start   [NAME...]   start the named servers (none named: all), once each
       tests/services.sh stop    [NAME...]   stop them and remove their data
       tests/services.sh restart NAME...     stop and start again: same ports, same data
       tests/services.sh kill    NAME...     SIGKILL at once; the data stays, restart or start brings it back
       tests/services.sh status  [NAME...]   one line for each
       tests/services.sh environment         print the exports the tests read
       tests/services.sh topic NAME PARTITIONS [KEY=VALUE...]   create a topic in the running Kafka
       tests/services.sh kafka-topics ARGUMENT...               Kafka's own tool of that name

NAME is one of: ${all_services[*]}
Everything lives in \${WEIR_SERVICES_DIR:-/tmp/weir-services}; downloads in \${XDG_CACHE_HOME:-~/.cache}/weir.
TEXT
}

# Runs one step and leaves its status in `outcome`. Not to be called in a condition: that would switch `set -e` off
# inside the step, subshell or not.
attempt() {
    set +e
    (
        set -e
        "$@"
    )
    outcome=$?
    set -e
}

obtain_service() {
    "${1}_install"
    launch_service "$1"
}

start_services() {
    local name outcome missing=() launched=()
    for name in "$@"; do
        if is_running "$name"; then
            say "$name: already running at $(endpoint_of "$name")"
            continue
        fi
        attempt obtain_service "$name"
        if ((outcome == 0)); then launched+=("$name"); else missing+=("$name"); fi
    done
    for name in ${launched[@]+"${launched[@]}"}; do
        attempt await_service "$name"
        ((outcome == 0)) || missing+=("$name")
    done
    write_environment
    report_missing "$#" ${missing[@]+"${missing[@]}"}
}

# Continuous integration must not pass because a server was absent; a contributor without one may still run the rest.
report_missing() {
    local wanted=$1 name
    shift
    for name in "$@"; do
        say "$name: not available, its variable is left out and the tests that need it are skipped"
    done
    if (($# > 0)) && [[ ${CI:-} == true ]]; then
        die "CI=true and not every server could be had: $*"
    fi
    (($# < wanted)) || die "no server could be had"
}

stop_services() {
    local name
    for name in "$@"; do
        stop_service "$name"
        rm -rf "${services_dir:?}/$name" "$services_dir/install-$name.log"
    done
    write_environment
}

restart_services() {
    local name
    for name in "$@"; do
        [[ -f $services_dir/$name/exports ]] || die "$name was never started, or was stopped: use start"
        stop_service "$name"
        launch_service "$name"
    done
    for name in "$@"; do
        await_service "$name"
    done
    write_environment
}

kill_services() {
    local name
    for name in "$@"; do
        is_running "$name" || die "$name is not running"
        kill_service "$name"
    done
}

print_status() {
    local name
    for name in "$@"; do
        if is_running "$name"; then
            echo "$name: running, pid $(pid_of "$name"), $(endpoint_of "$name")"
        elif [[ -f $services_dir/$name/exports ]]; then
            echo "$name: not running, its data is kept (restart brings it back)"
        else
            echo "$name: not started"
        fi
    done
}

check_names() {
    local name
    for name in "$@"; do
        [[ " ${all_services[*]} " == *" $name "* ]] || die "unknown server '$name'; known: ${all_services[*]}"
    done
}

main() {
    local command=${1:-help}
    (($# == 0)) || shift
    case $command in
        topic)
            (($# >= 2)) || die "topic needs a name and a number of partitions"
            kafka_topic "$@"
            return
            ;;
        kafka-topics)
            kafka_topics "$@"
            return
            ;;
        environment)
            [[ -f $services_dir/environment ]] || die "nothing was started: $services_dir/environment is not there"
            cat "$services_dir/environment"
            return
            ;;
        help | -h | --help)
            usage
            return
            ;;
    esac

    check_names "$@"
    case $command in
        restart | kill) (($# > 0)) || die "$command needs the name of a server" ;;
        *) (($# > 0)) || set -- "${all_services[@]}" ;;
    esac
    case $command in
        start | restart)
            open_directory
            "${command}_services" "$@"
            ;;
        stop)
            [[ -d $services_dir ]] || return 0
            open_directory
            stop_services "$@"
            ;;
        kill) kill_services "$@" ;;
        status) print_status "$@" ;;
        *)
            usage >&2
            die "unknown command '$command'"
            ;;
    esac
}

main "$@"
