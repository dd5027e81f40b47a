# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=bash disable=SC2154 # the variables come from services.sh and common.sh
#
# OpenSearch: one node from the published jars, by opensearch_node.java. It speaks Elasticsearch's `_bulk`.

opensearch_release=${WEIR_OPENSEARCH_VERSION:-2.19.1}
opensearch_cache=$cache_dir/opensearch-$opensearch_release
opensearch_java_version=17

# As for Kafka: one short-lived server on a loaded machine.
opensearch_jvm=(-Xms512m -Xmx512m -XX:TieredStopAtLevel=1 -XX:+UseSerialGC)

opensearch_install() {
    have curl || install_packages opensearch curl
    need_java opensearch "$opensearch_java_version" "$opensearch_cache"
    [[ -f $opensearch_cache/.complete ]] || have javac || install_packages opensearch openjdk-17-jdk-headless
    cached "$opensearch_cache" opensearch_download
}

opensearch_download() {
    local log=$services_dir/install-opensearch.log
    maven_jars opensearch "$opensearch_release" "$opensearch_cache" <<DEPENDENCIES
    <dependency>
      <groupId>org.opensearch</groupId><artifactId>opensearch</artifactId><version>$opensearch_release</version>
    </dependency>
    <dependency>
      <groupId>org.opensearch.plugin</groupId><artifactId>transport-netty4-client</artifactId>
      <version>$opensearch_release</version>
    </dependency>
    <dependency>
      <groupId>org.apache.logging.log4j</groupId><artifactId>log4j-core</artifactId><version>2.21.0</version>
    </dependency>
DEPENDENCIES
    javac --release 11 -nowarn -cp "$opensearch_cache/jars/*" -d "$opensearch_cache/classes" "$here/services/opensearch_node.java" \
        >>"$log" 2>&1 || die "opensearch: its launcher does not compile with version $opensearch_release (see $log)"
}

opensearch_configure() {
    reserve_port "$1/http.port"
    reserve_port "$1/transport.port"
    cat >"$1/log4j2.properties" <<'PROPERTIES'
appender.console.type = Console
appender.console.name = console
appender.console.layout.type = PatternLayout
appender.console.layout.pattern = %d{HH:mm:ss,SSS} %p %c{1.} %m%n
rootLogger.level = warn
rootLogger.appenderRef.console.ref = console
PROPERTIES
}

opensearch_launch() {
    launch opensearch "$(find_java "$opensearch_java_version")" "${opensearch_jvm[@]}" \
        "-Djava.io.tmpdir=$1" "-Dlog4j2.configurationFile=$1/log4j2.properties" \
        -cp "$opensearch_cache/classes:$opensearch_cache/jars/*" \
        opensearch_node "$1/node" "$(port_of opensearch http)" "$(port_of opensearch transport)"
}

opensearch_answers() { http "$(opensearch_endpoint)/_cluster/health?timeout=1s&wait_for_status=yellow"; }

opensearch_prepare() { :; }

opensearch_endpoint() { echo "http://127.0.0.1:$(port_of opensearch http)"; }

opensearch_version() { echo "OpenSearch $opensearch_release"; }

opensearch_exports() { echo "export WEIR_TEST_OPENSEARCH=$(opensearch_endpoint)"; }
