# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=bash disable=SC2034 # cache_dir is for the files sourced after this one
#
# What all servers share: the directory, ports, launching, waiting, stopping, the exports.
#
# A server NAME is a file of functions:
#   NAME_install     makes sure that its programs are there
#   NAME_configure   reserves ports and writes its configuration into the given directory
#   NAME_launch      calls `launch` with the command line
#   NAME_answers     succeeds once the server serves requests
#   NAME_prepare     creates what the tests expect to find in it
#   NAME_endpoint    prints where it is reached
#   NAME_version     prints its version
#   NAME_exports     prints the variables the tests read

services_dir=${WEIR_SERVICES_DIR:-/tmp/weir-services}
cache_dir=${XDG_CACHE_HOME:-${HOME:?}/.cache}/weir
answer_timeout=${WEIR_SERVICES_TIMEOUT:-60}
stop_timeout=20
lock_descriptor=9

say() { echo "weir services: $*"; }

die() {
    echo "weir services: $*" >&2
    exit 1
}

# Creates the directory, or checks that it is ours: `stop` removes folders in it, which must never hit a stranger's.
open_directory() {
    local marker=$services_dir/.weir-services
    [[ $services_dir == /* ]] || die "WEIR_SERVICES_DIR must be an absolute path, not '$services_dir'"
    mkdir -p "$services_dir"
    [[ -O $services_dir ]] || die "$services_dir belongs to another user; set WEIR_SERVICES_DIR"
    if [[ ! -f $marker && -n $(ls -A "$services_dir") ]]; then
        die "$services_dir holds something else; set WEIR_SERVICES_DIR to a folder of its own"
    fi
    chmod 700 "$services_dir"
    : >>"$marker"
    exec 9<"$marker"
    flock "$lock_descriptor"
}

# Picks a port below the ephemeral range, so that no outgoing connection takes it while the server is down.
reserve_port() {
    local file=$1 port hexadecimal
    while true; do
        port=$((20000 + RANDOM % 12000))
        printf -v hexadecimal '%04X' "$port"
        if ! grep -qs "^ *[0-9]*: [0-9A-F]*:$hexadecimal " /proc/net/tcp /proc/net/tcp6 &&
            ! grep -qsx "$port" "$services_dir"/*/*.port; then
            echo "$port" >"$file"
            return
        fi
    done
}

port_of() { echo "$(<"$services_dir/$1/$2.port")"; }

endpoint_of() { "${1}_endpoint"; }

# Prints "PID START-TICKS BOOT": no other process ever has the same three, so a recycled pid is never signalled.
identity_of_process() {
    local pid=$1 stat fields
    [[ -n $pid ]] || return 0
    { stat=$(<"/proc/$pid/stat"); } 2>/dev/null || return 0
    # The second field, the name, may hold blanks and parentheses: what follows the last one is regular.
    read -r -a fields <<<"${stat##*) }"
    # A zombie is already dead: nobody may be left to reap it where process 1 is not an init. But as long as it has other
    # threads, which end a little later, it holds its port.
    [[ ${fields[0]} != Z ]] || ((fields[17] > 1)) || return 0
    echo "$pid ${fields[19]} $(</proc/sys/kernel/random/boot_id)"
}

pid_of() {
    local recorded=
    { read -r recorded _ <"$services_dir/$1/process"; } 2>/dev/null || true
    echo "$recorded"
}

is_running() {
    local identity
    identity=$(identity_of_process "$(pid_of "$1")")
    [[ -n $identity && $identity == "$(<"$services_dir/$1/process")" ]]
}

# Starts a command line in the background, apart from the terminal and from our lock, and records who it is.
launch() {
    local name=$1 directory=$services_dir/$1
    shift
    setsid "$@" </dev/null >>"$directory/log" 2>&1 9>&- &
    identity_of_process $! >"$directory/process"
}

# A folder without `exports` is what a start that failed left behind: it is made anew.
launch_service() {
    local name=$1 directory=$services_dir/$1
    if [[ ! -f $directory/exports ]]; then
        rm -rf "$directory"
        mkdir "$directory"
        "${name}_configure" "$directory"
    fi
    say "$name: starting at $(endpoint_of "$name"), log $directory/log"
    "${name}_launch" "$directory"
}

await_service() {
    local name=$1 directory=$services_dir/$1 started=$SECONDS
    while ! "${name}_answers" >/dev/null 2>&1; do
        is_running "$name" || give_up "$name" "ended by itself before it answered"
        ((SECONDS - started < answer_timeout)) || give_up "$name" "did not answer within $answer_timeout s"
        sleep 0.05
    done
    # Another program on the same port would answer too.
    is_running "$name" || give_up "$name" "ended by itself; another program answers in its place"
    "${name}_prepare" || give_up "$name" "answers, but could not be prepared for the tests"
    "${name}_exports" >"$directory/exports"
    say "$name: $("${name}_version") answers at $(endpoint_of "$name")"
}

give_up() {
    local name=$1 log=$services_dir/$1/log
    {
        say "$name at $(endpoint_of "$name") $2; the end of $log:"
        tail -n 15 "$log" | sed 's/^/    /'
    } >&2
    stop_service "$name"
    exit 1
}

wait_until_gone() {
    local name=$1 seconds=$2 started=$SECONDS
    while is_running "$name"; do
        ((SECONDS - started < seconds)) || return 1
        sleep 0.02
    done
}

stop_service() {
    local name=$1
    is_running "$name" || return 0
    say "$name: stopping"
    kill -TERM "$(pid_of "$name")" 2>/dev/null || true
    if ! wait_until_gone "$name" "$stop_timeout"; then
        say "$name: still there after $stop_timeout s, killing it"
        kill_service "$name"
    fi
}

kill_service() {
    kill -KILL "$(pid_of "$1")" 2>/dev/null || true
    wait_until_gone "$1" 5 || die "$1 (pid $(pid_of "$1")) does not die"
}

# The password of `weir_secret_user`: random, so that a test may search logs and errors for it.
secret_password() {
    local file=$services_dir/secret
    [[ -s $file ]] || (
        umask 077
        echo "secret$(od -An -N12 -tx1 /dev/urandom | tr -d ' \n')" >"$file"
    )
    cat "$file"
}

write_environment() {
    local file=$services_dir/environment exports=()
    shopt -s nullglob
    exports=("$services_dir"/*/exports)
    shopt -u nullglob
    if ((${#exports[@]} == 0)); then
        rm -f "$file" "$services_dir/secret"
        return
    fi
    # Both flavours of ClickHouse export the same user: each line once.
    awk '!seen[$0]++' "${exports[@]}" >"$file.new"
    mv "$file.new" "$file"
}

http() { curl --silent --show-error --fail --noproxy '*' --max-time 5 "$@"; }
