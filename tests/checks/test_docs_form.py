# SPDX-License-Identifier: Apache-2.0
import unittest

from small_tree import SmallTreeTest

PAGE = """# session

`weir::session(gap)` is windows that end
when nothing comes.

`#include <weir/window/session.hpp>`

## Time

By the watermark.

## Example

```cpp
## Names
```

## See also

[arena](../base/arena.md)
"""


class DocsForm(SmallTreeTest):
    def setUp(self):
        super().setUp()
        for page in self.root.glob("docs/reference/**/*.md"):
            page.unlink()
        self.write("docs/reference/window/session.md", PAGE)
        self.write("docs/reference/README.md", "# Anything\n")

    def refuses_page(self, old, new, complaint):
        self.write("docs/reference/window/session.md", PAGE.replace(old, new))
        self.refuses("docs_form", f"docs/reference/window/session.md: {complaint}")

    def test_good_page(self):
        self.accepts("docs_form")

    def test_title(self):
        beginning = "it should begin with the title `# session` and its contract in one paragraph"
        self.refuses_page("# session", "# sessions", beginning)
        self.refuses_page("# session\n\n", "# session\n\n\n", beginning)

    def test_include_line(self):
        self.refuses_page("window/session.hpp", "window/sessions.hpp", "it does not say `#include <weir/window/session.hpp>`")

    def test_headings(self):
        order = ("its headings should be some of these, in this order: Names, Item in / out, Settings, Time, State, Errors, "
                 "Cost, Example, See also; but they are: ")
        self.refuses_page("## Time", "## Cost\n\n## Time", f"{order}Cost, Time, Example, See also")
        self.refuses_page("## Time", "## Times", f"{order}Times, Example, See also")
        self.refuses_page("## See also", "", "the heading `See also` is missing")

    def test_example(self):
        self.refuses_page("```cpp", "```text", "its example has no block of C++")

    def test_length(self):
        self.refuses_page("By the", "By the\n" * 90, "110 lines are too many for a reference page: there should be at most 90")

    def test_width(self):
        self.refuses_page("By the", "x" * 141 + "\nBy the", "line 10 has 141 characters")
        self.write("docs/reference/window/session.md", PAGE.replace("By the", "| " + "x" * 141 + "\nBy the"))
        self.accepts("docs_form")


if __name__ == "__main__":
    unittest.main()
