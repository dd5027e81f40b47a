# SPDX-License-Identifier: Apache-2.0
import unittest

from small_tree import LICENCE, SmallTreeTest

PAGE = "docs/explanation/semantics.md"
PROOF = '  *proved by* [window/late](../../tests/window/late.cpp): "nothing late is\n  dropped"\n'


class Semantics(SmallTreeTest):
    def setUp(self):
        super().setUp()
        self.write("tests/window/late.cpp", LICENCE + 'TEST_CASE(\n    "nothing late is "\n    "dropped") {}\n')
        self.write("tests/compile_fail/late_unsaid.cpp", LICENCE)

    def test_good_page(self):
        self.write(PAGE, "# Title\n\n- Nothing late is dropped.\n" + PROOF +
                   "- It does not compile.\n  *proved by* [compile_fail/late_unsaid](../../tests/compile_fail/late_unsaid.cpp)\n")
        self.accepts("semantics")

    def test_no_proof(self):
        self.write(PAGE, "- Nothing late is dropped.\n" + PROOF + "- Windows close.\n\n## Next\n")
        self.refuses("semantics", PAGE + ": no test is named for: Windows close.")

    def test_no_such_test(self):
        self.write(PAGE, "- Nothing late is dropped.\n" + PROOF.replace("dropped", "lost"))
        self.refuses("semantics", PAGE + ": tests/window/late.cpp has no test `nothing late is lost`, for: Nothing late is dropped.")

    def test_no_such_file(self):
        self.write(PAGE, "- Nothing late is dropped.\n" + PROOF.replace("window/late", "window/early"))
        self.refuses("semantics", PAGE + ": there is no tests/window/early.cpp, or it is shown by another name, for: Nothing late is dropped.")

    def test_no_name(self):
        self.write(PAGE, "- Nothing late is dropped.\n  *proved by* [window/late](../../tests/window/late.cpp)\n")
        self.refuses("semantics", PAGE + ": a test of tests/window/late.cpp has to be named, for: Nothing late is dropped.")


if __name__ == "__main__":
    unittest.main()
