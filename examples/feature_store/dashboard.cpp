// SPDX-License-Identifier: Apache-2.0
#include "dashboard.hpp"

#include "../shared/grafana/prometheus.hpp"
#include "../shared/grafana/redis.hpp"
#include "event.hpp"

#include <utility>

namespace feature_store {

using namespace examples::grafana;

namespace {

query acknowledged(std::string const& quantile, std::string_view legend) {
    return prometheus("histogram_quantile(" + quantile + ", sum by (le) (rate("
                      "weir_sink_acknowledgement_seconds_bucket{pipeline=\"feature_store\"}[$__rate_interval])))",
                      legend);
}

}  // namespace

std::string dashboard() {
    std::vector<panel> panels{
        {.title = "Service availability",
         .description = "Published with a job flink; here it is feature_store. 1: Prometheus reaches it. Of Kafka, Redis and "
                        "Airflow that says only that their exporters are there, so what these know of their servers stands "
                        "beside it.",
         .type = panel_type::stat,
         .size = {12, 6},
         .queries = {prometheus(R"(up{job=~"kafka|redis|feature_store|airflow-statsd"})", "{{job}}"),
                     prometheus("redis_up", "Redis itself"),
                     prometheus("rate(airflow_scheduler_heartbeat[2m]) > bool 0", "Airflow's scheduler")},
         .mappings = R"([{"type": "value", "options": {"0": {"text": "down", "color": "red"},
                                                       "1": {"text": "up", "color": "green"}}}])"},
        {.title = "DAG runs an hour",
         .description = "Published with metrics that Airflow does not have (airflow_dag_run_total), and as a difference of two "
                        "rates. Each run of clickstream_pipeline has a duration, of success or of failure.",
         .size = {12, 6},
         .queries = {prometheus("increase(airflow_dagrun_duration_success_clickstream_pipeline_count[1h])", "success"),
                     prometheus("increase(airflow_dagrun_duration_failed_clickstream_pipeline_count[1h])", "failed")}},
        {.title = "Views of /home by minute",
         .description = "The published panel was headed \"latest minute\" and showed all. The field is the end of the minute, in "
                        "UTC. HGETALL click_count:/home",
         .type = panel_type::table,
         .queries = {redis_hash<page_count>(key_of_counts, "page", "/home")},
         .transformations = R"([{"id": "reduce", "options": {"mode": "seriesToRows", "reducers": ["lastNotNull"]}},
             {"id": "organize", "options": {"renameByName": {"Field": "Minute that ends at", "Last *": "Views"}}},
             {"id": "sortBy", "options": {"sort": [{"field": "Minute that ends at", "desc": true}]}}])"},
        {.title = "Events a second",
         .description = "As the job reads them, and what of them is late for the stream (the batch counts it) or cannot be read.",
         .queries = {prometheus(R"(rate(weir_job_received_items_total{pipeline="feature_store"}[$__rate_interval]))", "read"),
                     prometheus("sum by (fate) (rate(weir_stage_items_total{pipeline=\"feature_store\", "
                                "fate=~\"late|dead_lettered\"}[$__rate_interval]))",
                                "{{fate}}")},
         .unit = "reqps"},
        {.title = "Time that Redis takes",
         .description = "From the first attempt to send a batch of counts to its acknowledgement. The published panel, \"Pipeline "
                        "Latency (P95)\", asked another job.",
         .queries = {acknowledged("0.95", "95 of 100"), acknowledged("0.5", "half")},
         .unit = "s"},
        {.title = "Behind",
         .description = "How far event time is behind the clock (5 s are the bound for what comes out of order), and how many "
                        "events behind the end of the topic.",
         .queries = {prometheus(R"(weir_watermark_lag_seconds{pipeline="feature_store"})", "event time"),
                     prometheus(R"(sum by (pipeline) (weir_source_lag{pipeline="feature_store"}))", "events of Kafka")},
         .overrides = R"([{"matcher": {"id": "byName", "options": "event time"}, "properties": [{"id": "unit", "value": "s"}]}])"},
        {.title = "Minutes that are open, by page",
         .description = "Counts that still may grow.",
         .type = panel_type::stat,
         .size = {12, 5},
         .queries = {prometheus(R"(weir_windows_open{pipeline="feature_store"})", "open")}},
        {.title = "Sent again",
         .description = "Batches that Redis did not take at once: full, loading, gone.",
         .type = panel_type::stat,
         .size = {12, 5},
         .queries = {prometheus(R"(sum by (pipeline) (weir_sink_retries_total{pipeline="feature_store"}))", "retries")}}};
    return to_json({.uid = "weir-feature-store", .title = "Clickstream feature store", .panels = std::move(panels)});
}

}  // namespace feature_store
