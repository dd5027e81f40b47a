#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""docs/reference/README.md lists every reference page with the first sentence of its contract. With --write it is made
anew from the pages."""
import posixpath
import re
import sys

import tree

INDEX = "docs/reference/README.md"

# In the order in which one meets them.
ROOMS = {
    "pipeline": "The idea itself: stages, what joins them, and the job that a host drives. Read [stage](pipeline/stage.md) "
                "first.",
    "source": "Where items come from.",
    "transform": "What happens to items one by one, and how streams part and meet.",
    "window": "From many items to one row.",
    "aggregate": "What a window can compute.",
    "join": "From two streams to one.",
    "click": "What products want to know of their users.",
    "sink": "Where rows go.",
    "run": "What drives a job for you, if you want that.",
    "state": "What is to outlive the process.",
    "testing": "For tests of your own.",
    "time": "Timestamps, lanes, watermarks.",
    "codec": "Bytes only: no sockets.",
    "base": "What everything else stands on: errors, rows, names and types of plain structs, tables, memory.",
    "adapter": "One third party a header; each is a component of its own.",
}
CONTRACT = re.compile(r"\A# \S+\n\n((?:[^\n]|\n(?!\n))+)")


def entry(page, text):
    """A line of the index: the page and the first part of its contract, its links seen from the index."""
    contract = CONTRACT.match(text)
    first = re.split(r"[:.;](?=\s|$)", contract[1].replace("\n", " "))[0] if contract else ""
    folder = posixpath.dirname(page)
    seen_from_index = re.sub(r"\]\(([^)]*)\)", lambda link: f"]({posixpath.normpath(posixpath.join(folder, link[1]))})", first)
    escaped = re.sub(r"(?<!\\)\|", r"\|", seen_from_index)
    return f"| [{page.split('/', 1)[1].removesuffix('.md')}]({page}) | {escaped} |"


def index(root):
    pages = {path.relative_to("docs/reference").as_posix(): tree.read(root, path) for path in tree.files(root, ".md")
             if path.is_relative_to("docs/reference") and path.as_posix() != INDEX}
    lines = ["# Reference", "", "A page a public header, in the order in which one meets them. Each has the contract in one "
             "sentence, and then what applies of:", "what comes in and goes out, settings, time, state, errors, cost, an example."]
    for room, intro in ROOMS.items():
        own = sorted((page.removesuffix(".md"), page) for page in pages if page.startswith(f"{room}/"))
        if own:
            lines += ["", f"## {room}", "", intro, "", "| page | |", "|---|---|", *(entry(page, pages[page]) for _, page in own)]
    return "\n".join([*lines, "", "## See also", "", "[The documentation](../README.md)", ""])


def check(root, write):
    if set(ROOMS) != set(tree.ROOMS):
        yield f"docs_index.py and tree.py do not agree on the rooms {sorted(set(ROOMS) ^ set(tree.ROOMS))}"
    wanted = index(root)
    if write:
        (root / INDEX).write_text(wanted, encoding="utf-8")
    elif not (root / INDEX).is_file() or tree.read(root, INDEX) != wanted:
        yield f"{INDEX}: it is not what the pages say; cmake/checks/docs_index.py . --write makes it anew"


if __name__ == "__main__":
    sys.exit(tree.main(check, write=False))
