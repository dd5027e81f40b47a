# SPDX-License-Identifier: Apache-2.0
import unittest

from small_tree import SmallTreeTest

STALE = "docs/reference/README.md: it is not what the pages say; cmake/checks/docs_index.py . --write makes it anew"


class DocsIndex(SmallTreeTest):
    def setUp(self):
        super().setUp()
        self.write("docs/reference/window/session.md", "# session\n\nWindows behind `|`, in an\n[arena](../base/arena.md): so.\n")
        self.complaints("docs_index", "--write")

    def test_good_index(self):
        self.accepts("docs_index")
        self.assertIn("| [session](window/session.md) | Windows behind `\\|`, in an [arena](base/arena.md) |\n",
                      (self.root / "docs/reference/README.md").read_text(encoding="utf-8"))

    def test_new_page(self):
        self.write("docs/reference/base/row.md", "# row\n\nA row.\n")
        self.refuses("docs_index", STALE)

    def test_other_contract(self):
        self.replace("docs/reference/window/session.md", "Windows behind", "Windows before")
        self.refuses("docs_index", STALE)

    def test_no_index(self):
        (self.root / "docs/reference/README.md").unlink()
        self.refuses("docs_index", STALE)


if __name__ == "__main__":
    unittest.main()
