#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Each reference page has one form: the header's stem as title, the contract in a paragraph, the include line, and some
of the usual headings in the usual order, an example among them. No page is longer than one wants to read."""
import re
import sys

import tree

HEADINGS = ["Names", "Item in / out", "Settings", "Time", "State", "Errors", "Cost", "Example", "See also"]
REQUIRED = ["Example", "See also"]
MOST_LINES = 90
WIDEST = 140        # a table's row, or what a program prints, cannot be wrapped: they are not looked at

TITLE = re.compile(r"\A# (\S+)\n\n(?P<contract>\S(?:[^\n]|\n(?!\n))*)\n\n")


def check(root):
    for path in tree.files(root, ".md"):
        if path.parts[0] != "docs":
            continue
        text = tree.read(root, path)
        yield from (f"{path}: {complaint}" for complaint in width(text))
        if path.parts[:2] == ("docs", "reference") and path.stem != "README":
            yield from (f"{path}: {complaint}" for complaint in form(path, text))


def form(path, text):
    stem = path.relative_to("docs/reference").with_suffix("")
    title = TITLE.match(text)
    if not title or title[1] != path.stem:
        yield f"it should begin with the title `# {path.stem}` and its contract in one paragraph"
    if f"`#include <weir/{stem.as_posix()}.hpp>`" not in text:
        yield f"it does not say `#include <weir/{stem.as_posix()}.hpp>`"
    bare = re.sub(r"^```.*?^```$", "", text, flags=re.MULTILINE | re.DOTALL)
    found = re.findall(r"^## (.*)$", bare, re.MULTILINE)
    if [heading for heading in HEADINGS if heading in found] != found:
        yield f"its headings should be some of these, in this order: {', '.join(HEADINGS)}; but they are: {', '.join(found)}"
    for heading in REQUIRED:
        if heading not in found:
            yield f"the heading `{heading}` is missing"
    if "```cpp" not in text:
        yield "its example has no block of C++"
    lines = text.count("\n")
    if lines > MOST_LINES:
        yield f"{lines} lines are too many for a reference page: there should be at most {MOST_LINES}"


def width(text):
    language = None
    for number, line in enumerate(text.split("\n"), 1):
        if line.startswith("```"):
            language = line.removeprefix("```") if language is None else None
        elif len(line) > WIDEST and not line.startswith("|") and language in (None, "cpp"):
            yield f"line {number} has {len(line)} characters"


if __name__ == "__main__":
    sys.exit(tree.main(check))
