#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Each sentence of docs/explanation/semantics.md, which is an item of a list there, is the name of a TEST_CASE in
tests/semantics, which runs and must pass. An item that ends with `(not yet)` promises nothing yet."""
import re
import sys

import tree

PAGE = "docs/explanation/semantics.md"
TESTS = "tests/semantics"
NOT_YET = "(not yet)"

STRING = r'"(?:\\.|[^"\\])*"'
TEST_CASE = re.compile(rf"^TEST_CASE\(\s*((?:{STRING}\s*)+)(?:,\s*((?:{STRING}\s*)+))?\)", re.MULTILINE)
UNRUN = re.compile(r"\[(?:\.[^\]]*|!(?:shouldfail|mayfail|hide))\]")
COMMENT = re.compile(r"/\*.*?\*/", re.DOTALL)
SWITCHED_OFF = re.compile(r"^[ \t]*#[ \t]*if[ \t]+0\b.*?^[ \t]*#[ \t]*endif\b", re.MULTILINE | re.DOTALL)
SIGNS = {"≥": ">=", "≤": "<=", "−": "-", "–": "-", "·": "", "…": "...", "`": "", "*": ""}


def normal(text):
    """The words alone: lower case, signs as they are typed, no marks of emphasis or code."""
    for sign, typed in SIGNS.items():
        text = text.replace(sign, typed)
    return " ".join(text.lower().split())


def joined(literals):
    return "".join(re.sub(r"\\(.)", r"\1", literal[1:-1]) for literal in re.findall(STRING, literals))


def sections(text):
    """The page in pieces that begin with a heading of the second level; what stands before the first is no contract."""
    return [piece for piece in re.split(r"^## ", text, flags=re.MULTILINE)[1:] if not piece.startswith("See also\n")]


def check(root):
    page, names = root / PAGE, {}
    if not page.is_file():
        yield f"{PAGE} is missing"
        return
    for path in tree.files(root, ".cpp"):
        if not path.is_relative_to(TESTS):
            continue
        text = SWITCHED_OFF.sub("", COMMENT.sub("", tree.read(root, path)))
        for literals, tags in TEST_CASE.findall(text):
            name = joined(literals)
            names[normal(name)] = path
            if UNRUN.search(joined(tags)):
                yield f"{path}: it has a tag by which it does not run, or may fail: {name}"

    seen = set()
    for section in sections(page.read_text(encoding="utf-8")):
        heading, _, body = section.partition("\n")
        found = False
        for block in re.split(r"\n\s*\n|\n(?=- )", body.strip()):
            if not block:
                continue
            if not block.startswith("- "):
                yield f"{PAGE}: under `{heading}` there is a sentence that is no item of a list: {' '.join(block.split())}"
                continue
            found = True
            sentence = normal(block[2:])
            if sentence in seen:
                yield f"{PAGE}: it says twice: {' '.join(block[2:].split())}"
            seen.add(sentence)
            if not sentence.endswith(NOT_YET) and sentence not in names:
                yield f"{PAGE}: no TEST_CASE in {TESTS} is named: {' '.join(block[2:].split())}"
        if not found:
            yield f"{PAGE}: under `{heading}` there is no sentence"
    if not seen:
        yield f"{PAGE}: there is no sentence"


if __name__ == "__main__":
    sys.exit(tree.main(check))
