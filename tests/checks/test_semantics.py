# SPDX-License-Identifier: Apache-2.0
import unittest

from small_tree import LICENCE, SmallTreeTest

PAGE = "docs/explanation/semantics.md"
TEST = "tests/semantics/windows.cpp"


class Semantics(SmallTreeTest):
    def setUp(self):
        super().setUp()
        self.write(PAGE, "# Semantics\n\nThis page decides.\n\n## Windows\n\n- A window closes when `W ≥ end`.\n"
                         "- The ledger counts item–window assignments\n  *and* items.\n- It flies. (not yet)\n\n"
                         "## See also\n\n[The ledger](ledger.md)\n")
        self.write(TEST, LICENCE + 'TEST_CASE("A window closes when `W >= end`.") {}\n'
                                   'TEST_CASE("The ledger counts item-window assignments "\n          "*and* items.", "[ledger]") {}\n'
                                   'TEST_CASE("something else, \\"quoted\\"") {}\n')

    def test_good_tree(self):
        self.accepts("semantics")

    def test_lost_test(self):
        self.replace(TEST, "W >= end", "W > end")
        self.refuses("semantics", f"{PAGE}: no TEST_CASE in tests/semantics is named: A window closes when `W ≥ end`.")

    def test_changed_sentence(self):
        self.replace(PAGE, "*and* items", "and not items")
        self.refuses("semantics", f"{PAGE}: no TEST_CASE in tests/semantics is named: The ledger counts item–window assignments and "
                                  "not items.")

    def test_sentence_without_its_promise_kept(self):
        self.replace(PAGE, "It flies. (not yet)", "It flies.")
        self.refuses("semantics", f"{PAGE}: no TEST_CASE in tests/semantics is named: It flies.")

    def test_test_that_does_not_count(self):
        lost = f"{PAGE}: no TEST_CASE in tests/semantics is named: A window closes when `W ≥ end`."
        whole = 'TEST_CASE("A window closes when `W >= end`.") {}'
        for instead in (f"// {whole}", f"/*\n{whole}\n*/", f"#if 0\n{whole}\n#endif"):
            self.replace(TEST, whole, instead)
            self.refuses("semantics", lost)
            self.replace(TEST, instead, whole)
        self.write("tests/window/session.cpp", LICENCE + whole)
        self.replace(TEST, whole, "")
        self.refuses("semantics", lost)

    def test_test_that_may_fail(self):
        for tag in ("[.]", "[.slow]", "[!shouldfail]", "[!mayfail]"):
            self.replace(TEST, "`W >= end`.\"", f"`W >= end`.\", \"{tag}\"")
            self.refuses("semantics", f"{TEST}: it has a tag by which it does not run, or may fail: A window closes when `W >= end`.")
            self.replace(TEST, f", \"{tag}\"", "")

    def test_sentence_outside_of_a_list(self):
        self.replace(PAGE, "## Windows\n", "## Windows\n\nIt sings.\n")
        self.refuses("semantics", f"{PAGE}: under `Windows` there is a sentence that is no item of a list: It sings.")

    def test_said_twice(self):
        self.replace(PAGE, "- It flies", "- A window closes when W >= end.\n- It flies")
        self.refuses("semantics", f"{PAGE}: it says twice: A window closes when W >= end.")

    def test_empty_page(self):
        self.write(PAGE, "# Semantics\n\n- A window closes.\n")
        self.refuses("semantics", f"{PAGE}: there is no sentence")
        self.write(PAGE, "# Semantics\n\n## Windows\n")
        self.refuses("semantics", f"{PAGE}: under `Windows` there is no sentence", f"{PAGE}: there is no sentence")

    def test_no_page(self):
        (self.root / PAGE).unlink()
        self.refuses("semantics", f"{PAGE} is missing")


if __name__ == "__main__":
    unittest.main()
