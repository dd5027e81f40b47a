# SPDX-License-Identifier: Apache-2.0
import os
import subprocess
import sys
import unittest

from small_tree import CHECKS, LICENCE, SmallTreeTest

COMPILER = os.environ.get("CXX", "c++")

PROGRAM = """# A page

```cpp
#include <cstdio>
int main() { std::puts("one"); std::puts("two"); }
```

It prints

```text
one
two
```
"""

FRAGMENTS = """# A page

<!-- hidden
struct click { int id; };
-->

```cpp
// Types and functions go to namespace scope, statements into a function.
template <class T> struct doubled { T from; T value() const { return from + from; } };
constexpr int limit = 1'000;
int twice(click const& c) { return doubled<int>{c.id}.value(); }
click c{.id = 7};
for (int i = 0; i < 2; ++i) { std::puts("}; \\"{"); }
std::printf("%d\\n", twice(c));
```

```text
}; "{
}; "{
14
```

<!-- continued -->

```cpp
c.id = limit;
std::printf("%d\\n", c.id);
```

```text
1000
```

The same name, anew:

```cpp
struct click { char letter; };
std::printf("%c\\n", click{.letter = 'a'}.letter);
```

```text
a
```
"""


class DocsBlocks(SmallTreeTest):
    def setUp(self):
        super().setUp()
        self.write("include/weir.hpp", LICENCE + "#pragma once\nnamespace weir { struct poison {}; }\n")

    def run_on(self, page, *options):
        """The script's exit code and its words on a tree with this one page."""
        self.write("docs/README.md", page)
        done = subprocess.run([sys.executable, CHECKS / "docs_blocks.py", self.root, "--compiler", COMPILER, *options, "--",
                               "-std=c++20", f"-I{self.root}/include"], capture_output=True, text=True, check=False)
        return done.returncode, done.stdout + done.stderr

    def takes(self, page, *options):
        code, said = self.run_on(page, *options)
        self.assertEqual(code, 0, said)
        return said

    def refuses_page(self, page, *texts):
        code, said = self.run_on(page)
        self.assertEqual(code, 1, said)
        for text in texts:
            self.assertIn(text, said)

    def test_good_program(self):
        self.takes(PROGRAM)

    def test_program_prints_otherwise(self):
        self.refuses_page(PROGRAM.replace("\ntwo\n", "\nthree\n"), "docs/README.md:4: it should print", "three")

    def test_program_needs_its_includes(self):
        self.refuses_page(PROGRAM.replace("#include <cstdio>\n", ""), "does not compile", "docs/README.md:4:")

    def test_program_fails(self):
        self.refuses_page(PROGRAM.replace('"two");', '"two"); return 3;'), "exit code 3")

    def test_compile_only(self):
        page = PROGRAM.replace("```cpp", "<!-- compile only: needs a broker -->\n```cpp").replace("\ntwo\n", "\nthree\n")
        self.takes(page)
        self.refuses_page(page.replace("puts(", "pust("), "does not compile")

    def test_good_fragments(self):
        self.takes(FRAGMENTS)

    def test_fragment_does_not_compile(self):
        self.refuses_page(FRAGMENTS.replace("c.id = limit", "c.no = limit"), "docs/README.md:26:")

    def test_fragment_prints_otherwise(self):
        self.refuses_page(FRAGMENTS.replace("\n14\n", "\n15\n"), "docs/README.md:8: it should print")
        self.refuses_page(FRAGMENTS.replace("\n1000\n", "\n1001\n"), "docs/README.md:26: it should print")

    def test_hidden_is_needed(self):
        self.refuses_page(FRAGMENTS.replace("<!-- hidden", "<!-- other"), "the comment before a block should be",
                          "does not compile")

    def test_does_not_compile(self):
        page = ("<!-- does not compile: weir: never -->\n```cpp\n"
                'template <class T> struct s { static_assert(sizeof(T) == 0, "weir: never"); };\ns<int> it;\n```\n')
        self.takes(page)
        self.refuses_page(page.replace("compile: weir: never", "compile: weir: always"), "the compiler should say: weir: always")
        self.refuses_page(page.replace("s<int> it;\n", ""), "it should not compile, but does")

    def test_adapter(self):
        page = "```cpp\nweir::kafka::source(1);\n```\n"
        self.assertIn("skipped: docs/README.md:2 (needs kafka)", self.takes(page))
        self.write("include/weir.hpp", LICENCE + "#pragma once\nnamespace weir::kafka { inline void source(int) {} }\n")
        self.assertNotIn("skipped", self.takes(page, "--adapter=kafka"))
        self.write("include/weir.hpp", LICENCE + "#pragma once\nnamespace weir::kafka { inline void source() {} }\n")
        self.assertEqual(self.run_on(page, "--adapter=kafka")[0], 1)

    def test_same_as_a_file(self):
        page = PROGRAM.replace("```cpp", "<!-- the same as examples/one.cpp -->\n```cpp")
        self.write("examples/one.cpp", LICENCE + "// One.\n" + page.split("```")[1].removeprefix("cpp\n"))
        self.takes(page)
        self.refuses_page(page.replace('"one"', '"1"').replace("\none\n", "\n1\n"), "it is not the same as examples/one.cpp")
        self.refuses_page(page.replace("one.cpp", "two.cpp"), "there is no examples/two.cpp")

    def test_shell(self):
        page = "```sh\ncmake/weir-components.cmake --quick\n```\n"
        self.takes(page)
        self.refuses_page(page.replace("components", "parts"), "docs/README.md:2: there is no cmake/weir-parts.cmake")
        self.refuses_page("```sh\ncmake --preset lost\n```\n", "there is no preset lost")

    def test_cmake(self):
        page = ("```cmake\nfind_package(weir CONFIG REQUIRED COMPONENTS kafka clickhouse)\n"
                "target_link_libraries(main PRIVATE weir::weir weir::simdjson)\n```\n")
        self.takes(page)
        self.refuses_page(page.replace("kafka clickhouse", "kafak clickhouse"), "docs/README.md:2: there is no component kafak")
        self.refuses_page(page.replace("weir::simdjson", "weir::json"), "there is no component json")

    def test_block_without_end(self):
        self.refuses_page(PROGRAM + "\n```cpp\nint x;\n", "has no end")


if __name__ == "__main__":
    unittest.main()
