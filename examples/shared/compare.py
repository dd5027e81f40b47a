# SPDX-License-Identifier: Apache-2.0
"""Compares files of rows, a row a line, its cells apart by tabs; the order of rows does not count, how often one comes does.

    compare.py [--digits N] NAME EXPECTED FOUND [NAME EXPECTED FOUND ...]

The last line it prints is `OK N rows equal`, N over all pairs, or `DIFFERENT: ...`, with exit code 1. Cells that are
floating-point numbers (with a point or an exponent) are rounded to N significant digits first, 12 if nothing is said. No
rows at all where some are expected is a difference; an empty EXPECTED is a mistake of whoever made it.
"""
import argparse
import re
import sys
from collections import Counter
from pathlib import Path

FLOAT = re.compile(r"[+-]?(\d+\.\d*|\.\d+|\d+(?=[eE]))([eE][+-]?\d+)?")
SHOWN = 5


def cell(text, digits):
    """A cell in the form in which it is compared."""
    return format(float(text), f".{digits}g") if FLOAT.fullmatch(text) else text


def rows_of(path, digits=12):
    """The rows of a file, each with how often it comes."""
    with open(path, encoding="utf-8", newline="\n") as lines:
        return Counter(tuple(cell(text, digits) for text in line.rstrip("\n").split("\t")) for line in lines)


def differences(expected, found):
    """The rows that one has more often than the other, as (row, how often expected, how often found), in order."""
    return [(row, expected[row], found[row]) for row in sorted(expected.keys() | found.keys()) if expected[row] != found[row]]


def times(count):
    return {0: "not at all", 1: "once"}.get(count, f"{count} times")


def compare(name, expected, found):
    """Prints what is to be said of one pair; returns the sentence that says what differs, or nothing."""
    if not expected:
        return f"{name}: no rows are expected, so nothing was compared"
    wrong = differences(expected, found)
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
    parser.add_argument("--digits", type=int, default=12)
    parser.add_argument("pairs", nargs="+", metavar="NAME EXPECTED FOUND")
    chosen = parser.parse_args()
    if len(chosen.pairs) % 3 != 0:
        parser.error("a name and two files a pair")
    complaints, equal = [], 0
    for name, expected, found in zip(*[iter(chosen.pairs)] * 3):
        if not Path(found).is_file():
            complaints.append(f"{name}: there is no file {found}")
            continue
        wanted = rows_of(expected, chosen.digits)
        why = compare(name, wanted, rows_of(found, chosen.digits))
        if why:
            complaints.append(why)
        equal += wanted.total()
    print(f"DIFFERENT: {'; '.join(complaints)}" if complaints else f"OK {equal} rows equal")
    return 1 if complaints else 0


if __name__ == "__main__":
    sys.exit(main())
