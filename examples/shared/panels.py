# SPDX-License-Identifier: Apache-2.0
"""Runs the queries of Grafana dashboards and alert rules against the real stores: each must return data.

    panels.py FOLDER --from SECONDS --to SECONDS [--influxdb URL | --clickhouse URL] [--database NAME] [--prometheus URL]
              [--redis PORT] [--elasticsearch URL --index-prefix PREFIX] [--elsewhere TEXT...]

FOLDER holds dashboards and provisioned alert rules as JSON. A query in a language that no given server speaks is named and
not run; so is one that holds one of the TEXTs, such as the beginning of the names of metrics that another program has. A further
store is one more function in RUNNERS, and its options in `main`.
"""
import argparse
import json
import re
import subprocess
import sys
from pathlib import Path

import ask


def run_influxql(target, chosen):
    """How many values the query returns; nothing where no server here speaks its language."""
    if "rawQuery" not in target or not chosen.influxdb:
        return None
    query = target["query"].replace("$timeFilter", f"time >= {chosen.start}s AND time <= {chosen.to}s")
    query = query.replace("$__interval", chosen.interval).replace("$interval", chosen.interval)
    return sum(len(points) for _, _, points in ask.influxql(chosen.influxdb, chosen.database, query))


def run_clickhouse(target, chosen):
    """How many rows the query returns, its macros written out as Grafana's plugin does it."""
    if not chosen.clickhouse:
        return None
    start, end = f"toDateTime({chosen.start})", f"toDateTime({chosen.to})"
    query = re.sub(r"\$__timeFilter\(([^)]*)\)", rf"(\1 >= {start} AND \1 <= {end})", target["rawSql"])
    query = re.sub(r"\$__timeInterval\(([^)]*)\)", r"toStartOfInterval(toDateTime(\1), INTERVAL 60 second)", query)
    query = query.replace("$__fromTime", start).replace("$__toTime", end)
    answer = ask.http(f"{chosen.clickhouse}/", f"{query} FORMAT JSONCompact".encode(), database=chosen.database)
    return len(json.loads(answer)["data"])


def run_prometheus(target, chosen):
    """How many values that are numbers the query returns; what Grafana takes for the interval of a rate is five seconds."""
    if not chosen.prometheus:
        return None
    query = target["expr"].replace("$__rate_interval", "5s").replace("$__interval", chosen.interval)
    answer = ask.http(f"{chosen.prometheus}/api/v1/query_range", query=query, start=chosen.start, end=chosen.to, step="1s")
    return sum(value != "NaN" for series in json.loads(answer)["data"]["result"] for _, value in series["values"])


def run_redis(target, chosen):
    """How many fields the hash has that the panel asks for, the one command that panels use."""
    if not chosen.redis:
        return None
    if target["type"] != "command" or target["command"] != "hgetall":
        sys.exit(f"nothing here runs the command {target['command']} of Redis")
    command = ["redis-cli", "-p", chosen.redis, "--json", "HGETALL", target["keyName"]]
    return len(json.loads(subprocess.run(command, capture_output=True, text=True, check=True).stdout))


def run_elasticsearch(target, chosen):
    """How many values the aggregation returns, asked as Grafana asks it. A data source's uid is the name of its index."""
    if not chosen.elasticsearch:
        return None
    span = {"gte": chosen.start * 1000, "lte": chosen.to * 1000, "format": "epoch_millis"}
    metric = target["metrics"][0]
    inner = {} if metric["type"] == "count" else {metric["id"]: {metric["type"]: {"field": metric["field"]}}}
    for each in reversed(target["bucketAggs"]):
        settings = each["settings"]
        about = {"field": each["field"], "min_doc_count": int(settings["min_doc_count"])}
        if each["type"] == "date_histogram":
            about["fixed_interval"] = chosen.interval if settings["interval"] == "auto" else settings["interval"]
        else:
            about |= {"size": int(settings["size"]), "order": {settings["orderBy"].replace("_term", "_key"): settings["order"]}}
        inner = {each["id"]: {each["type"]: about, "aggs": inner}}
    query = [{"range": {target["timeField"]: span}}, {"query_string": {"analyze_wildcard": True, "query": target["query"] or "*"}}]
    body = {"size": 0, "query": {"bool": {"filter": query}}, "aggs": inner}
    index = chosen.index_prefix + target["datasource"]["uid"]
    headers = {"Content-Type": "application/json"}
    answer = json.loads(ask.http(f"{chosen.elasticsearch}/{index}/_search", json.dumps(body).encode(), headers=headers))
    return values_in(answer["aggregations"], metric)


def values_in(bucket, metric):
    """How many values of the metric are in the buckets within this one; in one without any, whether it has one itself."""
    within = [part["buckets"] for part in bucket.values() if isinstance(part, dict) and "buckets" in part]
    if within:
        return sum(values_in(each, metric) for each in within[0])
    return int(bucket["doc_count"] > 0 if metric["type"] == "count" else bucket[metric["id"]]["value"] is not None)


# By the type of the data source: how a query is run; it returns how many rows came, or nothing where it cannot be run.
RUNNERS = {"influxdb": run_influxql, "grafana-clickhouse-datasource": run_clickhouse, "prometheus": run_prometheus,
           "redis-datasource": run_redis, "elasticsearch": run_elasticsearch}


def queries_of_dashboard(dashboard):
    """(title, type of data source, target) of each panel's queries, those in rows too."""
    panels = list(dashboard.get("panels", []))
    while panels:
        panel = panels.pop(0)
        panels = panel.get("panels", []) + panels
        for target in panel.get("targets", []):
            source = target.get("datasource") or panel.get("datasource") or {}
            yield panel["title"], source.get("type", ""), target


def queries_of_alerts(provisioned):
    """The same of alert rules; what Grafana computes from a query's result is none."""
    for group in provisioned["groups"]:
        for rule in group["rules"]:
            for step in rule["data"]:
                if step["datasourceUid"] != "__expr__":
                    yield f"alert {rule['title']}", step["model"]["datasource"]["type"], step["model"]


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--from", dest="start", type=int, required=True)
    parser.add_argument("--to", type=int, required=True)
    parser.add_argument("--interval", default="10s")
    parser.add_argument("--influxdb")
    parser.add_argument("--clickhouse")
    parser.add_argument("--prometheus")
    parser.add_argument("--redis")
    parser.add_argument("--database")
    parser.add_argument("--elsewhere", action="append", default=[])
    parser.add_argument("--elasticsearch")
    parser.add_argument("--index-prefix", default="")
    chosen = parser.parse_args()
    run, left, empty = 0, 0, []
    for path in sorted(chosen.folder.rglob("*.json")):
        found = json.loads(path.read_text(encoding="utf-8"))
        for title, kind, target in queries_of_alerts(found) if "groups" in found else queries_of_dashboard(found):
            if kind not in RUNNERS:
                sys.exit(f"{path}: {title}: nothing here runs queries of a data source of type '{kind}'")
            here = not any(text in json.dumps(target) for text in chosen.elsewhere)
            rows = RUNNERS[kind](target, chosen) if here else None
            if rows is None:
                left += 1
                print(f"not run, no server here can answer: {title}")
                continue
            run += 1
            if rows == 0:
                empty.append(f"{path.name}: {title}")
    if empty or run == 0:
        sys.exit(f"these queries return nothing: {', '.join(empty)}" if empty else f"{chosen.folder}: no query was run")
    print(f"Grafana: {run} queries return data, {left} not run")


if __name__ == "__main__":
    main()
