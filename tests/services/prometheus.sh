# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=bash disable=SC2154 # the variables come from services.sh and common.sh
#
# Prometheus: scrapes each second what a test serves at two ports that are kept free for it.

prometheus_install() {
    have curl || install_packages prometheus curl
    { have prometheus && have promtool; } || install_packages prometheus prometheus
    have amtool || install_packages prometheus prometheus-alertmanager
}

prometheus_configure() {
    local port
    for port in http text open_metrics; do reserve_port "$1/$port.port"; done
    cat >"$1/prometheus.yml" <<TEXT
global:
  scrape_interval: 1s
  scrape_timeout: 1s
scrape_configs:
  - job_name: text
    static_configs: [{targets: ["127.0.0.1:$(port_of prometheus text)"]}]
  - job_name: open_metrics
    static_configs: [{targets: ["127.0.0.1:$(port_of prometheus open_metrics)"]}]
TEXT
}

prometheus_launch() {
    launch prometheus prometheus --config.file="$1/prometheus.yml" --storage.tsdb.path="$1/data" \
        --web.listen-address="127.0.0.1:$(port_of prometheus http)" --log.level=warn
}

prometheus_answers() { http "$(prometheus_endpoint)/-/ready"; }

prometheus_prepare() { :; }

prometheus_endpoint() { echo "http://127.0.0.1:$(port_of prometheus http)"; }

prometheus_version() { prometheus --version 2>&1 | sed -n '1s/^prometheus, version \([^ ]*\).*/Prometheus \1/p'; }

prometheus_exports() {
    echo "export WEIR_TEST_PROMETHEUS=$(prometheus_endpoint)"
    echo "export WEIR_TEST_PROMETHEUS_TEXT_PORT=$(port_of prometheus text)"
    echo "export WEIR_TEST_PROMETHEUS_OPEN_METRICS_PORT=$(port_of prometheus open_metrics)"
}
