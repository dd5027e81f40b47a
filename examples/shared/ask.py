# SPDX-License-Identifier: Apache-2.0
"""How the examples' scripts ask servers over HTTP, and write rows for compare.py."""
import base64
import json
import os
import sys
import urllib.error
import urllib.parse
import urllib.request

# Servers on this machine are not asked through a proxy.
DIRECT = urllib.request.build_opener(urllib.request.ProxyHandler({}))


def http(address, data=None, method=None, headers=None, **parameters):
    """The body of the answer as a text; one sentence and the end of the program where there is none."""
    if parameters:
        address += "?" + urllib.parse.urlencode(parameters)
    request = urllib.request.Request(address, data=data, method=method, headers=headers or {})
    try:
        with DIRECT.open(request, timeout=60) as answer:
            return answer.read().decode()
    except urllib.error.HTTPError as why:
        sys.exit(f"{address}: HTTP {why.code}: {why.read().decode(errors='replace')[:500]}")
    except OSError as why:
        sys.exit(f"{address}: {why}")


def basic(user, password):
    """The header that says who asks."""
    return {"Authorization": "Basic " + base64.b64encode(f"{user}:{password}".encode()).decode()}


def influxql(address, database, query):
    """The series of an InfluxQL query: (measurement, tags, [{column: value}]), times in whole nanoseconds. Who asks is
    told by INFLUXDB_USER and INFLUXDB_PASSWORD in the environment, where they are set."""
    who = os.environ.get("INFLUXDB_USER")
    headers = basic(who, os.environ.get("INFLUXDB_PASSWORD", "")) if who else {}
    answer = json.loads(http(f"{address}/query", method="POST", headers=headers, db=database, q=query, epoch="ns"))
    result = answer["results"][0]
    if "error" in result:
        sys.exit(f"{address}: {query}: {result['error']}")
    for each in result.get("series", []):
        yield each["name"], each.get("tags", {}), [dict(zip(each["columns"], row)) for row in each["values"]]


def clickhouse(address, query, database=""):
    """The rows of a query as texts, a list of cells each. Who asks is told by CLICKHOUSE_USER and CLICKHOUSE_PASSWORD in the
    environment, where they are set."""
    headers = {}
    if "CLICKHOUSE_USER" in os.environ:
        headers["X-ClickHouse-User"] = os.environ["CLICKHOUSE_USER"]
        headers["X-ClickHouse-Key"] = os.environ.get("CLICKHOUSE_PASSWORD", "")
    parameters = {"database": database} if database else {}
    answer = http(f"{address}/", data=query.encode(), method="POST", headers=headers, **parameters)
    return [line.split("\t") for line in answer.splitlines()]


def write_rows(path, rows):
    """A row a line, its cells apart by tabs."""
    with open(path, "w", encoding="utf-8", newline="\n") as to:
        for row in rows:
            to.write("\t".join(map(str, row)) + "\n")
