# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=bash disable=SC2154 # services_dir comes from common.sh
#
# Redis, with the user `weir_secret_user` beside the default one.

redis_secret_user=weir_secret_user

redis_install() { have redis-server || install_packages redis redis-server; }

redis_configure() {
    local directory=$1
    reserve_port "$directory/tcp.port"
    mkdir "$directory/data"
    (
        umask 077
        cat >"$directory/users.acl" <<USERS
user default on nopass ~* &* +@all
user $redis_secret_user on >$(secret_password) ~* &* +@all
USERS
    )
    # A log of writes, so that they survive a SIGKILL: all that were answered, once a test has set appendfsync to always.
    cat >"$directory/redis.conf" <<CONFIGURATION
bind 127.0.0.1
port $(port_of redis tcp)
dir $directory/data
aclfile $directory/users.acl
unixsocket $directory/socket
save ""
appendonly yes
auto-aof-rewrite-percentage 0
CONFIGURATION
}

redis_launch() { launch redis redis-server "$1/redis.conf"; }

redis_command() { redis-cli -h 127.0.0.1 -p "$(port_of redis tcp)" "$@"; }

redis_answers() { [[ $(redis_command ping) == PONG ]]; }

redis_prepare() { :; }

redis_endpoint() { echo "redis://127.0.0.1:$(port_of redis tcp)"; }

redis_version() { echo "Redis $(redis_command info server | sed -n 's/^redis_version:\([^\r]*\).*/\1/p')"; }

redis_exports() {
    echo "export WEIR_TEST_REDIS=$(redis_endpoint)"
    echo "export WEIR_TEST_REDIS_SOCKET=unix://$services_dir/redis/socket"
    echo "export WEIR_TEST_REDIS_USER=$redis_secret_user"
    echo "export WEIR_TEST_REDIS_PASSWORD=$(secret_password)"
}
