# SPDX-License-Identifier: Apache-2.0
"""Compares files of rows, a row a line, its cells apart by tabs; the order of rows does not count, how often one comes does.

    compare.py [--tolerance T] NAME EXPECTED FOUND [NAME EXPECTED FOUND ...]

The last line it prints is `OK N rows equal`, N over all pairs, or `DIFFERENT: ...`, with exit code 1. Cells that are
floating-point numbers (with a point or an exponent) may differ by the share T, 1e-9 if nothing is said; all other cells are
texts. An EXPECTED without rows is a difference too: nothing would have been compared.
"""
import argparse
import math
import re
import sys
from collections import Counter
from pathlib import Path

FLOAT = re.compile(r"[+-]?(\d+\.\d*|\.\d+|\d+(?=[eE]))([eE][+-]?\d+)?")
SHOWN = 5


def rows_of(path):
    """The rows of a file, each with how often it comes."""
    with open(path, encoding="utf-8", newline="\n") as lines:
        return Counter(tuple(line.rstrip("\n").split("\t")) for line in lines)


def without_floats(row):
    return tuple(None if FLOAT.fullmatch(cell) else cell for cell in row)


def floats(row):
    return [float(cell) for cell in row if FLOAT.fullmatch(cell)]


def drop_close(missing, surplus, tolerance):
    """Takes out of both the rows that have a partner in the other whose floating-point cells are near enough."""
    partners = {}
    for row in sorted(surplus.elements(), key=floats):
        partners.setdefault(without_floats(row), []).append(row)
    for row in sorted(missing.elements(), key=floats):
        for other in partners.get(without_floats(row), []):
            if all(math.isclose(a, b, rel_tol=tolerance) for a, b in zip(floats(row), floats(other))):
                partners[without_floats(row)].remove(other)
                missing[row] -= 1
                surplus[other] -= 1
                break


def differences(expected, found, tolerance=1e-9):
    """The rows that one has more often than the other, as (row, how often expected, how often found), in order."""
    missing, surplus = expected - found, found - expected
    drop_close(missing, surplus, tolerance)
    return [(row, expected[row], found[row]) for row in sorted((+missing).keys() | (+surplus).keys())]


def times(count):
    return {0: "not at all", 1: "once"}.get(count, f"{count} times")


def compare(name, expected, found, tolerance):
    """Prints what is to be said of one pair; returns the sentence that says what differs, or nothing."""
    if not expected:
        return f"{name}: no rows are expected, so nothing was compared"
    wrong = differences(expected, found, tolerance)
    if not wrong:
        print(f"{name}: {expected.total()} rows equal")
        return None
    for row, often, instead in wrong[:SHOWN]:
        print(f"  {name}: {' | '.join(row)}: {times(often)} expected, {times(instead)} found")
    if len(wrong) > SHOWN:
        print(f"  {name}: and {len(wrong) - SHOWN} more")
    return f"{name}: {len(wrong)} rows differ, of {expected.total()} expected and {found.total()} found"


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--tolerance", type=float, default=1e-9)
    parser.add_argument("pairs", nargs="+", metavar="NAME EXPECTED FOUND")
    chosen = parser.parse_args()
    if len(chosen.pairs) % 3 != 0:
        parser.error("a name and two files a pair")
    complaints, equal = [], 0
    for name, expected, found in zip(*[iter(chosen.pairs)] * 3):
        if not Path(found).is_file():
            complaints.append(f"{name}: there is no file {found}")
            continue
        wanted = rows_of(expected)
        why = compare(name, wanted, rows_of(found), chosen.tolerance)
        if why:
            complaints.append(why)
        equal += wanted.total()
    print(f"DIFFERENT: {'; '.join(complaints)}" if complaints else f"OK {equal} rows equal")
    return 1 if complaints else 0


if __name__ == "__main__":
    sys.exit(main())
