# SPDX-License-Identifier: Apache-2.0
import os
import pathlib
import subprocess
import sys
import tempfile
import unittest

DRIVER = pathlib.Path(__file__).resolve().parents[2] / "cmake" / "checks" / "compile_fail.py"
COMPILER = os.environ.get("CXX", "c++")

PROGRAM = """
// expect: four bytes, no more
// expect-regex: bytes.*more
template <class T> constexpr int check() {
  static_assert(sizeof(T) == 4, "weir: four bytes, no more");
  return 0;
}
template <class T> void use(T) { constexpr int nested = check<T>(); static_cast<void>(nested); }
int main() {
#ifdef WEIR_COMPILE_FAIL
  use('c');
#endif
}
"""


class CompileFail(unittest.TestCase):
    def run_on(self, program):
        """The driver's exit code and its words on this program."""
        with tempfile.TemporaryDirectory() as folder:
            file = pathlib.Path(folder) / "mistake.cpp"
            file.write_text(program, encoding="utf-8")
            done = subprocess.run([sys.executable, DRIVER, file, "--compiler", COMPILER, "--", "-std=c++20"],
                                  capture_output=True, text=True, check=False)
        return done.returncode, done.stderr

    def refuses(self, program, *texts):
        code, said = self.run_on(program)
        self.assertEqual(code, 1, said)
        for text in texts:
            self.assertIn(text, said)

    def test_fails_as_expected(self):
        self.assertEqual(self.run_on(PROGRAM), (0, ""))

    def test_other_text(self):
        self.refuses(PROGRAM.replace("expect: four", "expect: five"), "the first error should say: five bytes, no more")
        self.refuses(PROGRAM.replace("bytes.*more", "^bytes"), "the first error should say: ^bytes")

    def test_compiles(self):
        self.refuses(PROGRAM.replace("use('c')", "use(7)"), "its mistaken form compiles")

    def test_correct_form_rots(self):
        self.refuses(PROGRAM + "int rotten = undeclared;\n", "its correct form does not compile")

    def test_two_errors(self):
        two = PROGRAM.replace("use('c');", "use('c'); undeclared();")
        self.refuses(two, "there should be one error, but there are 2")

    def test_other_error_first(self):
        self.refuses(PROGRAM.replace("use('c');", "undeclared();"), "the first error should say: four bytes, no more")

    def test_no_expectation(self):
        self.refuses(PROGRAM.replace("// expect", "// hope"), "it expects nothing of")

    def test_same_program_twice(self):
        self.refuses(PROGRAM.replace("#ifdef WEIR_COMPILE_FAIL", "#if 1"), "it never tests WEIR_COMPILE_FAIL")

    def test_expectation_of_one_compiler(self):
        other = PROGRAM.replace("expect:", "expect[gcc]:").replace("expect-regex:", "expect-regex[clang]:")
        self.assertEqual(self.run_on(other), (0, ""))

    def test_quoted_error_is_none(self):
        quoted = PROGRAM.replace("use('c');", "use('c'); // weir: error: quoted")
        self.assertEqual(self.run_on(quoted), (0, ""))


if __name__ == "__main__":
    unittest.main()
