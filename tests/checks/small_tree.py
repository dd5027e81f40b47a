# SPDX-License-Identifier: Apache-2.0
"""A small tree that every check accepts, for tests that break one thing in it."""
import pathlib
import shutil
import subprocess
import sys
import tempfile
import unittest

ROOT = pathlib.Path(__file__).resolve().parents[2]
CHECKS = ROOT / "cmake" / "checks"
LICENCE = "// SPDX-License-Identifier: Apache-2.0\n"

COPIED = ["CMakeLists.txt", "vcpkg.json", "conanfile.py", "cmake/weir-components.cmake",
          "cmake/vcpkg/ports/weir/vcpkg.json"]


def header(*includes):
    return LICENCE + "#pragma once\n" + "".join(f"#include <{name}>\n" for name in includes)


class SmallTreeTest(unittest.TestCase):
    """Runs a check script on a tree under a temporary folder."""

    def setUp(self):
        self.folder = tempfile.TemporaryDirectory()
        self.addCleanup(self.folder.cleanup)
        self.root = pathlib.Path(self.folder.name)
        for name in COPIED:
            (self.root / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(ROOT / name, self.root / name)
        self.write("include/weir.hpp", header("weir/base/arena.hpp", "weir/version.hpp", "weir/window/session.hpp"))
        self.write("include/weir/version.hpp", header("string_view"))
        self.write("include/weir/base/arena.hpp", header("vector", "weir/version.hpp"))
        self.write("include/weir/window/session.hpp", header("weir/base/arena.hpp", "weir/window/detail/gap.hpp"))
        self.write("include/weir/window/detail/gap.hpp", header())
        self.write("include/weir/adapter/simdjson.hpp", header("simdjson.h", "weir/window/session.hpp"))
        self.write("include/weir/adapter/kafka.hpp", header("librdkafka/rdkafka.h"))
        self.write("include/weir/adapter/http.hpp", header("curl/curl.h", "zlib.h"))
        self.write("include/weir/adapter/clickhouse.hpp", header("weir/adapter/http.hpp"))
        self.write("include/weir/adapter/influxdb.hpp", header("weir/adapter/http.hpp"))
        self.write("include/weir/adapter/elasticsearch.hpp", header("weir/adapter/http.hpp"))
        self.write("include/weir/adapter/avro.hpp", header("weir/adapter/http.hpp"))
        self.write("include/weir/adapter/prometheus.hpp", header("microhttpd.h"))
        self.write("include/weir/adapter/redis.hpp", header("hiredis/hiredis.h"))
        for stem in ["base/arena", "window/session", "adapter/simdjson", "adapter/kafka", "adapter/http",
                     "adapter/clickhouse", "adapter/influxdb", "adapter/elasticsearch", "adapter/avro",
                     "adapter/prometheus", "adapter/redis"]:
            self.write(f"tests/{stem}.cpp", LICENCE + f"#include <weir/{stem}.hpp>\n#include <vector>\n")
            self.write(f"docs/reference/{stem}.md", f"# {stem}\n")

    def write(self, name, text):
        (self.root / name).parent.mkdir(parents=True, exist_ok=True)
        (self.root / name).write_text(text, encoding="utf-8")

    def replace(self, name, old, new):
        text = (self.root / name).read_text(encoding="utf-8")
        self.assertIn(old, text)
        self.write(name, text.replace(old, new))

    def complaints(self, check, *switches):
        """The lines a check prints; its exit code says whether there are any."""
        done = subprocess.run([sys.executable, CHECKS / f"{check}.py", self.root, *switches],
                              capture_output=True, text=True, check=False)
        lines = done.stderr.splitlines()
        self.assertEqual(done.returncode, 1 if lines else 0, done.stderr)
        self.assertEqual(done.stdout, "")
        return lines

    def accepts(self, check, *switches):
        self.assertEqual(self.complaints(check, *switches), [])

    def refuses(self, check, *expected, switches=()):
        """The check prints exactly these complaints."""
        self.assertEqual(sorted(self.complaints(check, *switches)), sorted(expected))
