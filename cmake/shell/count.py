# SPDX-License-Identifier: Apache-2.0
"""Counts the tests in CTest's JUnit reports: prints "passed failed skipped" on standard output, and the names of those
that failed or were skipped on standard error."""
import pathlib
import re
import sys
import xml.etree.ElementTree

# CTest calls every test that did not run "notrun"; only these did so on purpose.
SKIPPED = re.compile(r"SKIP_RETURN_CODE|SKIP_REGULAR_EXPRESSION|Disabled")


def outcome_of(case):
    """`passed`, `failed` or `skipped`."""
    status = case.get("status")
    if status == "run":
        return "failed" if case.find("failure") is not None else "passed"
    reason = case.find("skipped")
    if status == "disabled" or (reason is not None and SKIPPED.search(reason.get("message", ""))):
        return "skipped"
    return "failed"


def main():
    counts = {"passed": 0, "failed": 0, "skipped": 0}
    for name in sys.argv[1:]:
        if not pathlib.Path(name).is_file():
            continue
        for case in xml.etree.ElementTree.parse(name).iter("testcase"):
            outcome = outcome_of(case)
            counts[outcome] += 1
            if outcome != "passed":
                print(f"{outcome}: {pathlib.Path(name).stem}: {case.get('name')}", file=sys.stderr)
    print(*counts.values())


if __name__ == "__main__":
    main()
