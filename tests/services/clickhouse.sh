# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=bash
#
# ClickHouse as the distribution packages it (18.16 on Debian 12): the oldest server weir is tried against.

clickhouse_secret_user=weir_secret_user

clickhouse_install() {
    have curl || install_packages clickhouse curl
    have clickhouse-server || install_packages clickhouse clickhouse-server
}

clickhouse_configure() {
    local directory=$1 password_hash
    reserve_port "$directory/http.port"
    reserve_port "$directory/tcp.port"
    password_hash=$(printf %s "$(secret_password)" | sha256sum | cut -d ' ' -f 1)
    # A stop waits for idle connections: keep_alive_timeout bounds it.
    cat >"$directory/config.xml" <<XML
<yandex>
    <logger><level>information</level><console>1</console></logger>
    <listen_host>127.0.0.1</listen_host>
    <http_port>$(port_of clickhouse http)</http_port>
    <tcp_port>$(port_of clickhouse tcp)</tcp_port>
    <path>$directory/data/</path>
    <tmp_path>$directory/temporary/</tmp_path>
    <users_config>$directory/users.xml</users_config>
    <default_profile>default</default_profile>
    <default_database>default</default_database>
    <timezone>UTC</timezone>
    <mark_cache_size>67108864</mark_cache_size>
    <keep_alive_timeout>3</keep_alive_timeout>
</yandex>
XML
    cat >"$directory/users.xml" <<XML
<yandex>
    <profiles><default/></profiles>
    <quotas><default/></quotas>
    <users>
        <default>
            <password></password>
            <networks><ip>127.0.0.1</ip></networks>
            <profile>default</profile>
            <quota>default</quota>
        </default>
        <$clickhouse_secret_user>
            <password_sha256_hex>$password_hash</password_sha256_hex>
            <networks><ip>127.0.0.1</ip></networks>
            <profile>default</profile>
            <quota>default</quota>
        </$clickhouse_secret_user>
    </users>
</yandex>
XML
}

# Newer servers fork a watchdog that would bring a killed server back under another pid.
clickhouse_launch() {
    launch clickhouse env CLICKHOUSE_WATCHDOG_ENABLE=0 clickhouse-server --config-file="$1/config.xml"
}

clickhouse_answers() { http "$(clickhouse_endpoint)/ping"; }

clickhouse_prepare() { :; }

clickhouse_endpoint() { echo "http://127.0.0.1:$(port_of clickhouse http)"; }

clickhouse_version() { echo "ClickHouse $(http "$(clickhouse_endpoint)/" --data 'SELECT version()')"; }

clickhouse_exports() {
    echo "export WEIR_TEST_CLICKHOUSE=$(clickhouse_endpoint)"
    clickhouse_user_exports
}

clickhouse_user_exports() {
    echo "export WEIR_TEST_CLICKHOUSE_USER=$clickhouse_secret_user"
    echo "export WEIR_TEST_CLICKHOUSE_PASSWORD=$(secret_password)"
}
