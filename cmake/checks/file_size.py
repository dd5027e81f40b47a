#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""No source file has more than 600 lines: one idea a file."""
import sys

import tree

MOST = 600

# {file: reason}
EXCEPTIONS = {}


def check(root):
    for path in tree.files(root, ".hpp", ".cpp", ".h", ".c", ".py", ".sh", ".cmake", ".java", "CMakeLists.txt"):
        lines = tree.read(root, path).count("\n")
        if lines > MOST and path.as_posix() not in EXCEPTIONS:
            yield f"{path}: {lines} lines, more than {MOST}: it holds more than one idea"


if __name__ == "__main__":
    sys.exit(tree.main(check))
