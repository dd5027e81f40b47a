# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=bash disable=SC2154 # the variables come from services.sh and common.sh
#
# Today's ClickHouse engine as a Python package, behind the HTTP front of chdb_server.py.

# The engine alone: the package `chdb` adds only data frames to it, and 350 MB of their libraries.
clickhouse26_release=${WEIR_CHDB_CORE_VERSION:-26.9.0}
clickhouse26_cache=$cache_dir/chdb-core-$clickhouse26_release

clickhouse26_install() {
    have curl || install_packages clickhouse26 curl
    [[ -f $clickhouse26_cache/.complete ]] || have python3 || install_packages clickhouse26 python3
    [[ -f $clickhouse26_cache/.complete ]] || python3 -c 'import ensurepip, venv' 2>/dev/null ||
        install_packages clickhouse26 python3-venv
    cached "$clickhouse26_cache" clickhouse26_download
}

clickhouse26_download() {
    local log=$services_dir/install-clickhouse26.log
    say "clickhouse26: downloading chdb-core $clickhouse26_release into $clickhouse26_cache"
    {
        python3 -m venv "$clickhouse26_cache" &&
            "$clickhouse26_cache/bin/python" -m pip install --no-deps "chdb-core==$clickhouse26_release"
    } >>"$log" 2>&1 || die "clickhouse26: pip could not install chdb-core $clickhouse26_release (see $log)"
}

clickhouse26_configure() {
    reserve_port "$1/http.port"
    secret_password >/dev/null
}

# The password goes by the environment, which other users cannot read.
clickhouse26_launch() {
    launch clickhouse26 env TZ=UTC "WEIR_CHDB_USER=$clickhouse_secret_user" "WEIR_CHDB_PASSWORD=$(secret_password)" \
        "$clickhouse26_cache/bin/python" "$here/services/chdb_server.py" \
        --port "$(port_of clickhouse26 http)" --directory "$1/data"
}

clickhouse26_answers() { http "$(clickhouse26_endpoint)/ping"; }

clickhouse26_prepare() { :; }

clickhouse26_endpoint() { echo "http://127.0.0.1:$(port_of clickhouse26 http)"; }

clickhouse26_version() { echo "ClickHouse engine $(http "$(clickhouse26_endpoint)/" --data 'SELECT version()')"; }

clickhouse26_exports() {
    echo "export WEIR_TEST_CLICKHOUSE26=$(clickhouse26_endpoint)"
    clickhouse_user_exports
}
