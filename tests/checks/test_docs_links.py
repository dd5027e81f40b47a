# SPDX-License-Identifier: Apache-2.0
import unittest

from small_tree import SmallTreeTest


class DocsLinks(SmallTreeTest):
    def setUp(self):
        super().setUp()
        pages = sorted(self.root.glob("docs/reference/*/*.md"))
        links = "".join(f"- [{page.stem}]({page.relative_to(self.root / 'docs').as_posix()})\n" for page in pages)
        self.write("docs/README.md", f"# Pages\n\n{links}\n## How to `begin`, [first](#pages)\n")
        self.write("README.md", "# weir\n\n[begin](docs/README.md#how-to-begin-first), `<weir/base/arena.hpp>`\n")

    def test_good_tree(self):
        self.accepts("docs_links")

    def test_lost_file(self):
        self.write("README.md", "[a](docs/lost.md) `[b](docs/other.md)`\n```sh\n[c](docs/third.md)\n```\n")
        self.refuses("docs_links", "README.md: the link docs/lost.md leads nowhere")

    def test_lost_heading(self):
        self.write("README.md", "[a](docs/README.md#lost)\n")
        self.refuses("docs_links", "README.md: docs/README.md has no heading #lost")

    def test_lost_header(self):
        self.write("README.md", "`<weir/base/arean.hpp>`\n```cpp\n#include <weir/window/lost.hpp>\n```\n")
        self.refuses("docs_links", "README.md: there is no header <weir/base/arean.hpp>",
                     "README.md: there is no header <weir/window/lost.hpp>")

    def test_unreachable(self):
        self.write("docs/how-to/hide.md", "# Hide\n\n[the other](also.md)\n")
        self.write("docs/how-to/also.md", "# Also\n\n[the other](hide.md)\n")
        self.refuses("docs_links", "docs/how-to/also.md: no link leads to it from docs/README.md",
                     "docs/how-to/hide.md: no link leads to it from docs/README.md")


if __name__ == "__main__":
    unittest.main()
