#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Each sentence of docs/explanation/semantics.md names the tests that prove it, and they are there.

A sentence is an item of a list; below it stands, once or more, `*proved by* [file](../../tests/file.cpp): "name of a test"`.
A test that must not compile has no name.
"""
import re
import sys

import tree

PAGE = "docs/explanation/semantics.md"
TEST = re.compile(r'TEST_CASE\(\s*((?:"(?:[^"\\]|\\.)*"\s*)+)')
PROOF = re.compile(r'\*proved by\* \[(\S+)\]\(\.\./\.\./tests/(\S+)\.cpp\)(?:: "(.*?)"(?= \*proved by\*|$))?')


def names_in(text):
    """The names of a file's test cases."""
    return {"".join(re.findall(r'"((?:[^"\\]|\\.)*)"', found[1])) for found in TEST.finditer(text)}


def check(root):
    path = root / PAGE
    if not path.exists():
        return
    items = re.split(r"^- ", path.read_text(encoding="utf-8"), flags=re.MULTILINE)[1:]
    for item in items:
        text = " ".join(re.split(r"\n\n|\n#", item)[0].split())
        sentence = text.split(" *proved by*")[0]
        proofs = PROOF.findall(text)
        if not proofs:
            yield f"{PAGE}: no test is named for: {sentence}"
        for shown, file, name in proofs:
            test = root / "tests" / f"{file}.cpp"
            if shown != file or not test.exists():
                yield f"{PAGE}: there is no tests/{file}.cpp, or it is shown by another name, for: {sentence}"
            elif name and name not in names_in(test.read_text(encoding="utf-8")):
                yield f"{PAGE}: tests/{file}.cpp has no test `{name}`, for: {sentence}"
            elif not name and not file.startswith("compile_fail/"):
                yield f"{PAGE}: a test of tests/{file}.cpp has to be named, for: {sentence}"


if __name__ == "__main__":
    sys.exit(tree.main(check))
