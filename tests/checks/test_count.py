# SPDX-License-Identifier: Apache-2.0
import pathlib
import subprocess
import sys
import tempfile
import unittest

COUNT = pathlib.Path(__file__).resolve().parents[2] / "cmake" / "shell" / "count.py"

REPORT = """<testsuite name="x">
  <testcase name="good" status="run"/>
  <testcase name="bad" status="fail"><failure message=""/></testcase>
  <testcase name="without server" status="notrun"><skipped message="SKIP_RETURN_CODE=4"/></testcase>
  <testcase name="without header" status="notrun"><skipped message="SKIP_REGULAR_EXPRESSION_MATCHED"/></testcase>
  <testcase name="switched off" status="disabled"/>
  <testcase name="not built" status="notrun"><skipped message="Unable to find executable"/></testcase>
  <testcase name="orphaned" status="notrun"><skipped message="Fixture dependency failed"/></testcase>
</testsuite>
"""


class Count(unittest.TestCase):
    def test_sums_over_reports(self):
        with tempfile.TemporaryDirectory() as folder:
            files = [pathlib.Path(folder) / name for name in ("gcc.xml", "clang.xml")]
            for file in files:
                file.write_text(REPORT, encoding="utf-8")
            done = subprocess.run([sys.executable, COUNT, *files, "absent.xml"], capture_output=True, text=True, check=True)
        self.assertEqual(done.stdout, "2 6 6\n")
        for line in ("failed: gcc: bad", "failed: clang: not built", "failed: gcc: orphaned", "skipped: gcc: without server"):
            self.assertIn(line, done.stderr.splitlines())


if __name__ == "__main__":
    unittest.main()
