# SPDX-License-Identifier: Apache-2.0
import unittest

from small_tree import LICENCE, SmallTreeTest, header


class SourceForm(SmallTreeTest):
    def test_good_tree(self):
        self.write("tests/run.sh", "#!/usr/bin/env bash\n# SPDX-License-Identifier: Apache-2.0\n")
        self.accepts("source_form")

    def test_no_licence(self):
        self.write("include/weir/base/arena.hpp", "#pragma once\n")
        self.write("tests/run.sh", "#!/usr/bin/env bash\nset -e\n")
        self.refuses("source_form", "include/weir/base/arena.hpp: its first line should be: " + LICENCE.strip(),
                     "tests/run.sh: its first line should be: # SPDX-License-Identifier: Apache-2.0")

    def test_licence_too_late(self):
        self.write("tests/base/arena.cpp", "// An arena.\n" + LICENCE)
        self.refuses("source_form", "tests/base/arena.cpp: its first line should be: " + LICENCE.strip())

    def test_no_guard(self):
        for text in (LICENCE, LICENCE + "#include <vector>\n#pragma once\n"):
            self.write("include/weir/base/arena.hpp", text)
            self.refuses("source_form", "include/weir/base/arena.hpp: `#pragma once` is missing, or stands after an include")

    def test_bracket_without_partner(self):
        self.write("tests/base/arena.cpp", LICENCE + 'TEST_CASE("a time in [0, 10] is in [0, 10)") {}\n')
        self.refuses("source_form", "tests/base/arena.cpp: in the name of the test `a time in [0, 10] is in [0, 10)` a bracket has no "
                     "partner: CMake would run it together with the next")


class FileSize(SmallTreeTest):
    def test_limit(self):
        self.write("include/weir/base/arena.hpp", header() + "//\n" * 598)
        self.accepts("file_size")
        self.write("include/weir/base/arena.hpp", header() + "//\n" * 599)
        self.refuses("file_size", "include/weir/base/arena.hpp: 601 lines, more than 600: it holds more than one idea")

    def test_what_is_built_does_not_count(self):
        self.write("examples/build/generated.cpp", "//\n" * 1000)
        self.accepts("file_size")
        self.accepts("source_form")


if __name__ == "__main__":
    unittest.main()
