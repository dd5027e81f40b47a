# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=bash disable=SC2154 # the variables come from services.sh and common.sh
#
# Apicurio Registry, by the interface of Confluent's: a schema registry that keeps its schemas in memory.

registry_release=${WEIR_APICURIO_VERSION:-2.6.13.Final}
registry_cache=$cache_dir/apicurio-$registry_release
registry_java_version=17

registry_install() {
    have curl || install_packages registry curl
    need_java registry "$registry_java_version" "$registry_cache"
    cached "$registry_cache" registry_download
}

registry_download() {
    local log=$services_dir/install-registry.log
    say "registry: downloading Apicurio $registry_release into $registry_cache"
    {
        mvn --batch-mode org.apache.maven.plugins:maven-dependency-plugin:3.6.1:copy \
            -Dartifact="io.apicurio:apicurio-registry-app:$registry_release:tar.gz:all" \
            -DoutputDirectory="$registry_cache" &&
            tar --extract --gzip --directory "$registry_cache" \
                --file "$registry_cache/apicurio-registry-app-$registry_release-all.tar.gz" &&
            rm "$registry_cache/apicurio-registry-app-$registry_release-all.tar.gz"
    } >>"$log" 2>&1 || die "registry: maven could not fetch Apicurio $registry_release (see $log)"
}

registry_configure() { reserve_port "$1/http.port"; }

registry_launch() {
    launch registry "$(find_java "$registry_java_version")" -Xmx384m -XX:TieredStopAtLevel=1 -XX:+UseSerialGC \
        "-Djava.io.tmpdir=$1" -Dquarkus.http.host=127.0.0.1 "-Dquarkus.http.port=$(port_of registry http)" \
        -jar "$registry_cache/apicurio-registry-app-$registry_release-runner.jar"
}

registry_answers() { http "$(registry_endpoint)/subjects"; }

registry_prepare() { :; }

registry_endpoint() { echo "http://127.0.0.1:$(port_of registry http)/apis/ccompat/v7"; }

registry_version() { echo "Apicurio Registry $registry_release"; }

registry_exports() { echo "export WEIR_TEST_REGISTRY=$(registry_endpoint)"; }
