# SPDX-License-Identifier: Apache-2.0
"""What the job has written, in the form of the oracle's rows.

    found.py files OUTPUT FOLDER                     all of it, from the files of a run without servers
    found.py topics RECORDS FOLDER                   streams, from files of `milliseconds TAB key TAB JSON`, as kcat prints records
    found.py tables|changes URL PREFIX FOLDER        from the indices of these names, upserted or appended
"""
import json
import sys
from datetime import datetime
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "shared"))
import ask  # noqa: E402

STREAMS = {
    "user_clickstream": ["USERNAME", "IP", "CITY", "REQUEST", "STATUS", "BYTES"],
    "enriched_error_codes": ["DEFINITION"],
}
TABLES = {  # what comes behind EVENT_TS; the last is the count
    "events_per_min": ["USERID", "EVENTS"],
    "pages_per_min": ["USERID", "PAGES"],
    "click_user_sessions": ["USERNAME", "EVENTS"],
    "errors_per_min": ["STATUS", "ERRORS"],
    "errors_per_min_alert": ["STATUS", "ERRORS"],
    "enriched_error_codes_count": ["CODE", "DEFINITION", "COUNT"],
    "user_ip_activity": ["USERNAME", "IP", "CITY", "COUNT"],
}


def write(folder, kind, name, rows):
    to = Path(folder) / kind
    to.mkdir(exist_ok=True)
    ask.write_rows(to / f"{name}.tsv", (["null" if cell is None else cell for cell in row] for row in rows))


def topics(source, folder):
    for name, columns in STREAMS.items():
        lines = (line.split("\t", 2) for line in (source / f"{name}.tsv").read_text(encoding="utf-8").splitlines())
        rows = ([time, key or None] + [json.loads(value)[column] for column in columns] for time, key, value in lines)
        write(folder, "streams", name, rows)


def milliseconds(text):
    time = datetime.fromisoformat(text.replace("Z", "+00:00"))
    return int(time.timestamp()) * 1000 + time.microsecond // 1000


def files(source, folder):
    topics(source, folder)
    for name, columns in TABLES.items():
        table, changes = {}, []
        for line in (source / f"{name}.ndjson").read_text(encoding="utf-8").splitlines():
            change = json.loads(line)
            time = milliseconds(change.get("window_start") or change["last_event"])
            row = [time] + [change[column.lower()] for column in columns]
            key = tuple(row[:-1])
            if (change["change"] == "insert") == (key in table):
                sys.exit(f"{name}: a change that does not fit those before it: {line}")
            if change["change"] == "erase":
                del table[key]
            else:
                table[key] = row
                changes.append(row)
        write(folder, "tables", name, table.values())
        write(folder, "changes", name, changes)


def documents(url, index):
    """All documents of an index, page by page."""
    ask.http(f"{url}/{index}/_refresh", method="POST")
    headers = {"Content-Type": "application/json"}
    answer = json.loads(ask.http(f"{url}/{index}/_search?scroll=1m&size=5000", b"{}", headers=headers))
    while answer["hits"]["hits"]:
        yield from (hit["_source"] for hit in answer["hits"]["hits"])
        next_page = json.dumps({"scroll": "1m", "scroll_id": answer["_scroll_id"]}).encode()
        answer = json.loads(ask.http(f"{url}/_search/scroll", next_page, headers=headers))


def indices(kind, url, prefix, folder):
    for name, columns in TABLES.items():
        rows = ([row["EVENT_TS"]] + [row[column] for column in columns] for row in documents(url, prefix + name))
        write(folder, kind, name, rows)


def main():
    kind, *words, folder = sys.argv[1:]
    if kind in ("files", "topics"):
        {"files": files, "topics": topics}[kind](Path(words[0]), folder)
    else:
        indices(kind, *words, folder)


main()
