# SPDX-License-Identifier: Apache-2.0
"""Makes the tables of sql/ in a ClickHouse: those that its version can have.

    load_tables.py URL [--anew]

--anew drops the database `rt` first. Prints the name of the file that it took.
"""
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "shared"))
import ask  # noqa: E402

FIRST_WITH_ALL = (20, 12)


def main():
    url = sys.argv[1]
    version = tuple(int(part) for part in ask.clickhouse(url, "SELECT version()")[0][0].split(".")[:2])
    file = Path(__file__).resolve().parent / "sql" / ("tables.sql" if version >= FIRST_WITH_ALL else "tables_18.sql")
    if "--anew" in sys.argv[2:]:
        ask.clickhouse(url, "DROP DATABASE IF EXISTS rt")
    for statement in file.read_text(encoding="utf-8").split(";\n"):
        if statement.strip():
            ask.clickhouse(url, statement)
    print(file.name)


main()
