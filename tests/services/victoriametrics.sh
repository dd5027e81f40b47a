# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=bash
#
# VictoriaMetrics: takes line protocol at /write and /api/v2/write, and answers 204 to whatever it is sent.

victoriametrics_install() {
    have curl || install_packages victoriametrics curl
    have victoria-metrics || install_packages victoriametrics victoria-metrics
}

victoriametrics_configure() { reserve_port "$1/http.port"; }

# A hundred years are kept, because tests use small timestamps; nothing is held back or merged.
victoriametrics_launch() {
    launch victoriametrics victoria-metrics -storageDataPath="$1/data" \
        -httpListenAddr="127.0.0.1:$(port_of victoriametrics http)" \
        -retentionPeriod=100y -search.latencyOffset=0s -dedup.minScrapeInterval=1ms
}

victoriametrics_answers() { http "$(victoriametrics_endpoint)/health"; }

victoriametrics_prepare() { :; }

victoriametrics_endpoint() { echo "http://127.0.0.1:$(port_of victoriametrics http)"; }

victoriametrics_version() {
    echo "VictoriaMetrics $(dpkg-query --show --showformat='${Version}' victoria-metrics 2>/dev/null || true)"
}

victoriametrics_exports() { echo "export WEIR_TEST_VICTORIAMETRICS=$(victoriametrics_endpoint)"; }
