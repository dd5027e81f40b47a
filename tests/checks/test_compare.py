# SPDX-License-Identifier: Apache-2.0
"""What judges the examples can itself say no: examples/shared/compare.py."""
import pathlib
import subprocess
import sys
import tempfile
import unittest

SCRIPT = pathlib.Path(__file__).resolve().parents[2] / "examples" / "shared" / "compare.py"


class Compare(unittest.TestCase):
    def verdict(self, *pairs, options=()):
        """Exit code and last line for pairs of texts."""
        with tempfile.TemporaryDirectory() as folder:
            words = list(options)
            for number, (expected, found) in enumerate(pairs):
                words.append(f"pair{number}")
                for kind, text in (("expected", expected), ("found", found)):
                    path = pathlib.Path(folder) / f"{kind}{number}"
                    if text is not None:
                        path.write_text(text, encoding="utf-8")
                    words.append(str(path))
            done = subprocess.run([sys.executable, SCRIPT, *words], capture_output=True, text=True, check=False)
            self.assertEqual(done.stderr, "")
            self.last = done.stdout.splitlines()[-1].replace(folder + "/", "")
            self.said = done.stdout
            return done.returncode, self.last

    def test_equal_in_any_order(self):
        self.assertEqual(self.verdict(("a\t1\nb\t2\n", "b\t2\na\t1\n"), ("x\n", "x\n")), (0, "OK 3 rows equal"))

    def test_missing_surplus_and_changed(self):
        self.assertEqual(self.verdict(("a\t1\nb\t2\n", "a\t1\n"))[0], 1)
        self.assertEqual(self.last, "DIFFERENT: pair0: 1 rows differ, of 2 expected and 1 found")
        self.assertIn("b | 2: once expected, not at all found", self.said)
        self.assertEqual(self.verdict(("a\n", "a\nb\n"))[0], 1)
        self.assertEqual(self.verdict(("a\t1\n", "a\t2\n"))[0], 1)

    def test_how_often_a_row_comes_counts(self):
        self.assertEqual(self.verdict(("a\n", "a\na\n")),
                         (1, "DIFFERENT: pair0: 1 rows differ, of 1 expected and 2 found"))

    def test_one_pair_of_two_differs(self):
        self.assertEqual(self.verdict(("a\n", "a\n"), ("b\n", "c\n"))[0], 1)

    def test_nothing_is_not_equal_to_nothing(self):
        self.assertEqual(self.verdict(("", "")), (1, "DIFFERENT: pair0: no rows are expected, so nothing was compared"))

    def test_no_file(self):
        self.assertEqual(self.verdict(("a\n", None)), (1, "DIFFERENT: pair0: there is no file found0"))

    def test_floats(self):
        self.assertEqual(self.verdict(("0.333333333333333\t7\n", "0.33333333333333331\t7\n"))[0], 0)
        self.assertEqual(self.verdict(("0.33333\t7\n", "0.33334\t7\n"))[0], 1)
        self.assertEqual(self.verdict(("0.33333\n", "0.33334\n"), options=("--tolerance", "1e-4"))[0], 0)
        self.assertEqual(self.verdict(("a\t0.1\na\t0.2\n", "a\t0.2000000000001\na\t0.1000000000001\n"))[0], 0)
        self.assertEqual(self.verdict(("a\t0.1\na\t0.1\n", "a\t0.1000000000001\n"))[0], 1)
        self.assertEqual(self.verdict(("a\t0.1\n", "b\t0.1000000000001\n"))[0], 1)
        self.assertEqual(self.verdict(("0.5\n", "5e-1\n"))[0], 0)
        # What is not a floating-point number is not touched.
        self.assertEqual(self.verdict(("12345678901234\n", "12345678901235\n"))[0], 1)
        self.assertEqual(self.verdict(("1.2.3\n", "1.2.30\n"))[0], 1)

    def test_an_empty_cell_is_no_float(self):
        self.assertEqual(self.verdict(("a\t1.5\n", "a\t\n"))[0], 1)
        self.assertEqual(self.verdict(("a\t\n", "a\t1.5\n"))[0], 1)
        self.assertEqual(self.verdict(("a\t\t1.5\n", "a\t1.5\t\n"))[0], 1)
        self.assertEqual(self.verdict(("a\t\t1.5\n", "a\t\t1.5000000000001\n"))[0], 0)


if __name__ == "__main__":
    unittest.main()
