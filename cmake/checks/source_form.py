#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Each source file begins with its licence; each header is guarded by `#pragma once`, before anything it includes."""
import re
import sys

import tree

LICENCE = "SPDX-License-Identifier: Apache-2.0"
COMMENT = {".hpp": "// ", ".cpp": "// ", ".h": "// ", ".c": "// ", ".java": "// "}

# {file: reason}
EXCEPTIONS = {}


def check(root):
    suffixes = (*COMMENT, ".py", ".sh", ".cmake", "CMakeLists.txt")
    for path in tree.files(root, *suffixes):
        if path.as_posix() in EXCEPTIONS:
            continue
        text = tree.read(root, path)
        lines = text.splitlines()
        first = lines[1:2] if lines and lines[0].startswith("#!") else lines[0:1]
        wanted = COMMENT.get(path.suffix, "# ") + LICENCE
        if first != [wanted]:
            yield f"{path}: its first line should be: {wanted}"
        if path.suffix in (".hpp", ".h"):
            before = re.split(r"^\s*#\s*include\b", text, maxsplit=1, flags=re.MULTILINE)[0]
            if not re.search(r"^#pragma once$", before, re.MULTILINE):
                yield f"{path}: `#pragma once` is missing, or stands after an include"
        if path.suffix == ".cpp" and path.parts[0] == "tests":
            for name in re.findall(r'^TEST_CASE\(\s*"((?:[^"\\]|\\.)*)"', text, re.MULTILINE):
                if name.count("[") != name.count("]"):
                    yield f"{path}: in the name of the test `{name}` a bracket has no partner: CMake would run it together with the next"


if __name__ == "__main__":
    sys.exit(tree.main(check))
