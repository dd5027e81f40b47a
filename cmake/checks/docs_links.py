#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Links between the pages lead somewhere, headers that a page names exist, and every page can be reached from
docs/README.md."""
import posixpath
import re
import sys

import tree

FENCED = re.compile(r"^\s*```.*?^\s*```\s*?$|<!--.*?-->", re.MULTILINE | re.DOTALL)
INLINE_CODE = re.compile(r"`[^`\n]*`")
LINK = re.compile(r"\[[^\]]*\]\(([^)\s]+)\)")
HEADING = re.compile(r"^#+\s+(.*?)\s*$", re.MULTILINE)
HEADER = re.compile(r"<(weir(?:/[\w/]+)?\.hpp)>|\binclude/(weir/[\w/]+\.hpp)")
FIRST = "docs/README.md"


def anchors_of(text):
    """The names that headings get: lower case, blanks as hyphens, other signs left out."""
    for heading in HEADING.findall(FENCED.sub("", text)):
        bare = re.sub(r"\[([^\]]*)\]\([^)]*\)", r"\1", heading)
        yield re.sub(r"[^\w\- ]", "", bare.lower()).replace(" ", "-")


def check(root):
    pages = {path.as_posix(): tree.read(root, path) for path in tree.files(root, ".md")
             if path.parts[0] == "docs" or path.as_posix() == "README.md"}
    leads_to = {}
    for page, text in pages.items():
        leads_to[page] = set()
        for target in LINK.findall(INLINE_CODE.sub("", FENCED.sub("", text))):
            if re.match(r"[a-z]+:", target):
                continue
            file, _, anchor = target.partition("#")
            path = posixpath.normpath(posixpath.join(posixpath.dirname(page), file)) if file else page
            if not (root / path).exists():
                yield f"{page}: the link {target} leads nowhere"
            elif anchor and path in pages and anchor not in anchors_of(pages[path]):
                yield f"{page}: {path} has no heading #{anchor}"
            leads_to[page].add(path)
        for found in sorted({name or other for name, other in HEADER.findall(text)}):
            if not (root / "include" / found).is_file():
                yield f"{page}: there is no header <{found}>"

    reached, next_ones = set(), [FIRST]
    while next_ones:
        page = next_ones.pop()
        if page in pages and page not in reached:
            reached.add(page)
            next_ones += leads_to[page]
    for page in sorted(set(pages) - reached - {"README.md"}):
        yield f"{page}: no link leads to it from {FIRST}"


if __name__ == "__main__":
    sys.exit(tree.main(check))
