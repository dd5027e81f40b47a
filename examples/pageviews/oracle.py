# SPDX-License-Identifier: Apache-2.0
"""What the job must find in its input, asked of SQLite, without weir and without Avro.

    oracle.py INPUT FOLDER

writes views.tsv (milliseconds, viewtime, user, page), views_in_seconds.tsv (the same for a store that keeps whole seconds),
minutes.tsv (start of the minute in seconds, page, views, users) and dead.tsv (the numbers of the records that do not fit: their
`viewtime` is no number) into the folder. A line of the input is a record: milliseconds, key and JSON. `userid` may be missing,
`pageid` may be called `page`, and there may be further fields.
"""
import json
import sqlite3
import sys
from pathlib import Path

QUERIES = {
    "views": "SELECT ts, viewtime, userid, pageid FROM views",
    "views_in_seconds": "SELECT ts / 1000 * 1000, viewtime, userid, pageid FROM views",
    "minutes": "SELECT ts / 60000 * 60, pageid, count(*), count(DISTINCT userid) FROM views GROUP BY 1, 2",
    "dead": "SELECT number FROM dead",
}


def main():
    folder = Path(sys.argv[2])
    store = sqlite3.connect(":memory:")
    store.execute("CREATE TABLE views (ts INTEGER, viewtime INTEGER, userid TEXT, pageid TEXT)")
    store.execute("CREATE TABLE dead (number INTEGER)")
    for number, line in enumerate(Path(sys.argv[1]).read_text(encoding="utf-8").splitlines()):
        time, _, value = line.split("\t")
        view = json.loads(value)
        if isinstance(view["viewtime"], int):
            row = int(time), view["viewtime"], view.get("userid", "unknown"), view.get("pageid") or view["page"]
            store.execute("INSERT INTO views VALUES (?, ?, ?, ?)", row)
        else:
            store.execute("INSERT INTO dead VALUES (?)", (number,))
    for name, query in QUERIES.items():
        rows = ("\t".join(map(str, row)) + "\n" for row in store.execute(query))
        (folder / f"{name}.tsv").write_text("".join(rows), encoding="utf-8")
    count = "SELECT (SELECT count(*) FROM views), (SELECT count(*) FROM dead)"
    print("oracle: %d views, %d records that do not fit" % store.execute(count).fetchone())


main()
