# SPDX-License-Identifier: Apache-2.0
import unittest

from small_tree import LICENCE, SmallTreeTest, header


class SameStem(SmallTreeTest):
    def test_good_tree(self):
        self.write("docs/reference/window/index.md", "# Windows\n")
        self.write("tests/oracle/windows.cpp", LICENCE)
        self.accepts("same_stem")
        self.accepts("same_stem", "--docs")

    def test_missing_test(self):
        (self.root / "tests/window/session.cpp").unlink()
        self.refuses("same_stem", "include/weir/window/session.hpp: its test is missing: tests/window/session.cpp")

    def test_missing_page(self):
        (self.root / "docs/reference/window/session.md").unlink()
        self.accepts("same_stem")
        self.refuses("same_stem", "include/weir/window/session.hpp: its page is missing: docs/reference/window/session.md",
                     switches=["--docs"])

    def test_own_header_first(self):
        self.write("tests/window/session.cpp", LICENCE + "#include <vector>\n#include <weir/window/session.hpp>\n")
        self.refuses("same_stem", "tests/window/session.cpp: its first include should be <weir/window/session.hpp>")

    def test_orphans(self):
        self.write("tests/window/tumbling.cpp", LICENCE)
        self.write("docs/reference/window/tumbling.md", "# Tumbling\n")
        orphan = "there is no header include/weir/window/tumbling.hpp"
        self.refuses("same_stem", f"tests/window/tumbling.cpp: {orphan}")
        self.refuses("same_stem", f"tests/window/tumbling.cpp: {orphan}", f"docs/reference/window/tumbling.md: {orphan}",
                     switches=["--docs"])

    def test_folder_within_a_room(self):
        self.write("include/weir/adapter/kafka/source.hpp", header())
        self.refuses("same_stem", "include/weir/adapter/kafka/source.hpp: its test is missing: tests/adapter/kafka/source.cpp")


if __name__ == "__main__":
    unittest.main()
