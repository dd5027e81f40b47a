#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""include/weir/R/S.hpp has tests/R/S.cpp, which includes it first, and with --docs docs/reference/R/S.md; no test and no
page stands there without its header."""
import pathlib
import sys

import tree

# Headers that need no test or page of their own: {header below include/weir: reason}
EXCEPTIONS = {}


def needs_none(header):
    """`detail/` holds private parts, tested and described through the public header that uses them; a header beside the
    rooms is an umbrella."""
    return "detail" in header.parts or len(header.parts) == 1 or header.as_posix() in EXCEPTIONS


def check(root, docs):
    base = root / "include" / "weir"
    headers = {path.relative_to("include/weir").with_suffix("") for path in tree.files(root, ".hpp")
               if path.parts[:2] == ("include", "weir")}
    for stem in sorted(headers):
        if needs_none(stem.with_suffix(".hpp")):
            continue
        test = pathlib.Path("tests") / stem.with_suffix(".cpp")
        if not (root / test).is_file():
            yield f"{base.relative_to(root) / stem}.hpp: its test is missing: {test}"
        else:
            first = tree.includes(tree.read(root, test))[:1]
            if first != [("<", f"weir/{stem.as_posix()}.hpp")]:
                yield f"{test}: its first include should be <weir/{stem.as_posix()}.hpp>"
        page = pathlib.Path("docs/reference") / stem.with_suffix(".md")
        if docs and not (root / page).is_file():
            yield f"{base.relative_to(root) / stem}.hpp: its page is missing: {page}"

    for folder, suffix in (("tests", ".cpp"), ("docs/reference", ".md")):
        if folder.startswith("docs") and not docs:
            continue
        for path in tree.files(root, suffix):
            if not path.is_relative_to(folder):
                continue
            stem = path.relative_to(folder).with_suffix("")
            in_a_room = stem.parts[0] in tree.ROOMS and len(stem.parts) > 1 and stem.name != "index"
            if in_a_room and stem not in headers:
                yield f"{path}: there is no header include/weir/{stem.as_posix()}.hpp"


if __name__ == "__main__":
    sys.exit(tree.main(check, docs=False))
