# SPDX-License-Identifier: Apache-2.0
"""What the job has written, in the form of the oracle's rows.

    found.py file OUTPUT FOLDER                   from files of line protocol
    found.py influxdb URL DATABASE FOLDER         from InfluxDB, by InfluxQL
    found.py victoriametrics URL FOLDER           from VictoriaMetrics, by its export
    found.py dead DEAD_LETTERS FOLDER             the payloads of the dead letters
"""
import json
import re
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "shared"))
import ask  # noqa: E402

COUNT = re.compile(r"http_counts,status_code=(\d+) count=(\d+)i (\d+)000000000")
ALERT = re.compile(r"http_error_alerts events=(\d+)i,errors=(\d+)i,share=([\d.e-]+) (\d+)000000000")


def lines(path, form):
    for line in Path(path).read_text(encoding="utf-8").splitlines():
        yield (form.fullmatch(line) or sys.exit(f"{path}: a line of another form: {line}")).groups()


def from_file(output):
    counts = [(end, status, count) for status, count, end in lines(f"{output}.http_counts.lp", COUNT)]
    alerts = [(end, events, errors, share) for events, errors, share, end in lines(f"{output}.http_error_alerts.lp", ALERT)]
    return counts, alerts


def from_influxdb(url, database):
    counts, alerts = [], []
    for _, tags, points in ask.influxql(url, database, 'SELECT "count" FROM http_counts GROUP BY status_code'):
        counts += [(point["time"] // 10**9, tags["status_code"], point["count"]) for point in points]
    for _, _, points in ask.influxql(url, database, "SELECT events, errors, share FROM http_error_alerts"):
        alerts += [(point["time"] // 10**9, point["events"], point["errors"], point["share"]) for point in points]
    return counts, alerts


def export(url, series):
    """The series of that name: (labels, {seconds: value})."""
    text = ask.http(f"{url}/api/v1/export", **{"match[]": series, "reduce_mem_usage": "1"})
    for each in map(json.loads, text.splitlines()):
        yield each["metric"], {time // 1000: value for time, value in zip(each["timestamps"], each["values"])}


def from_victoriametrics(url):
    ask.http(f"{url}/internal/force_flush")
    counts = [(end, labels["status_code"], count)
              for labels, points in export(url, "http_counts_count") for end, count in points.items()]
    fields = {}
    for field in ("events", "errors", "share"):
        for _, points in export(url, f"http_error_alerts_{field}"):
            for end, value in points.items():
                fields.setdefault(end, {})[field] = value
    return counts, [(end, each["events"], each["errors"], each["share"]) for end, each in fields.items()]


def main():
    kind, *words, folder = sys.argv[1:]
    folder = Path(folder)
    if kind == "dead":
        letters = map(json.loads, Path(words[0]).read_text(encoding="utf-8").splitlines())
        ask.write_rows(folder / "dead.tsv", ((json.dumps(letter["payload"]),) for letter in letters))
        return
    read = {"file": from_file, "influxdb": from_influxdb, "victoriametrics": from_victoriametrics}[kind]
    counts, alerts = read(*words)
    ask.write_rows(folder / "counts.tsv", counts)
    ask.write_rows(folder / "alerts.tsv", alerts)


main()
