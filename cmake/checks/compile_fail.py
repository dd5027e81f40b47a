#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Compiles one file twice: as it stands it must compile; with WEIR_COMPILE_FAIL defined it must fail, with one error.

What the error must be stands in the file itself:

    // expect: <text>             the first error line contains this text
    // expect-regex: <pattern>    the first error line matches this Python regular expression
    // expect[gcc]: <text>        only with that compiler (gcc or clang); likewise expect-regex[clang]

All of a file's expectations hold for its first error line, and there is exactly one error.
"""
import argparse
import os
import re
import subprocess
import sys

EXPECTATION = re.compile(r"^\s*// expect(?P<regex>-regex)?(?:\[(?P<only>gcc|clang)\])?: (?P<text>.*\S)\s*$", re.MULTILINE)
# A place of its own or the compiler's name comes before it: a quoted source line or a note that says "error:" is none.
ERROR = re.compile(r"^(?:[^\s:][^\n:]*(?::\d+){0,2}: )?(?:fatal )?error: (?P<message>.*)$", re.MULTILINE)


def family_of(compiler):
    """Which compiler this is: `gcc` or `clang`."""
    version = subprocess.run([compiler, "--version"], capture_output=True, text=True, check=True).stdout
    return "clang" if "clang" in version.lower() else "gcc"


def compile_file(compiler, flags, file, *defines):
    """The compiler's exit code and what it said, in English and without colours."""
    command = [compiler, *flags, *defines, "-S", "-o", os.devnull, file]
    done = subprocess.run(command, capture_output=True, text=True, env={**os.environ, "LC_ALL": "C"}, check=False)
    return done.returncode, done.stderr


def complaints_about(file, compiler, flags):
    """What is wrong with this file, as sentences; empty when it fails exactly as it says."""
    with open(file, encoding="utf-8") as opened:
        text = opened.read()
    family = family_of(compiler)
    expectations = [found for found in EXPECTATION.finditer(text) if found["only"] in (None, family)]
    if not expectations:
        return [f"it expects nothing of {family}: add a line `// expect: <text of the error>`"]
    if "WEIR_COMPILE_FAIL" not in text:
        return ["it never tests WEIR_COMPILE_FAIL, so its correct and its mistaken form are the same program"]

    code, said = compile_file(compiler, flags, file)
    if code != 0:
        return [f"its correct form does not compile:\n{said}"]

    code, said = compile_file(compiler, flags, file, "-DWEIR_COMPILE_FAIL")
    if code == 0:
        return ["its mistaken form compiles"]
    errors = [found["message"] for found in ERROR.finditer(said)]
    if not errors:
        return [f"the compiler failed without an error line:\n{said}"]
    complaints = []
    for wanted in expectations:
        matches = re.search(wanted["text"], errors[0]) if wanted["regex"] else wanted["text"] in errors[0]
        if not matches:
            complaints.append(f"the first error should say: {wanted['text']}\n  but says: {errors[0]}")
    if len(errors) != 1:
        complaints.append("there should be one error, but there are %d:\n  %s" % (len(errors), "\n  ".join(errors)))
    if complaints:
        complaints.append(f"the compiler's own words:\n{said}")
    return complaints


def main():
    parser = argparse.ArgumentParser(usage="%(prog)s file [--compiler COMPILER] [-- FLAG ...]", description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("file")
    parser.add_argument("--compiler", default=os.environ.get("CXX", "c++"))
    words, flags = sys.argv[1:], []
    if "--" in words:
        words, flags = words[:words.index("--")], words[words.index("--") + 1:]
    arguments = parser.parse_args(words)
    complaints = complaints_about(arguments.file, arguments.compiler, flags)
    for complaint in complaints:
        print(f"{arguments.file}: {complaint}", file=sys.stderr)
    return 1 if complaints else 0


if __name__ == "__main__":
    sys.exit(main())
