# SPDX-License-Identifier: Apache-2.0
import unittest

from small_tree import SmallTreeTest, header

PORT = "cmake/vcpkg/ports/weir/vcpkg.json"
COMPONENTS = "cmake/weir-components.cmake"


class Packaging(SmallTreeTest):
    def setUp(self):
        super().setUp()
        first = (self.root / "CMakeLists.txt").read_text(encoding="utf-8").split("project(weir VERSION ")[1]
        self.version = first.split()[0]
        self.write("include/weir/version.hpp", header() + f'inline constexpr std::string_view version = "{self.version}";\n')

    def test_good_tree(self):
        self.accepts("packaging")

    def test_versions(self):
        self.replace("CMakeLists.txt", f"VERSION {self.version}", "VERSION 7.8.9")
        self.refuses("packaging", *(f"{file}: version {self.version}, but CMakeLists.txt says 7.8.9"
                                    for file in ("include/weir/version.hpp", "vcpkg.json", PORT)))

    def test_no_version(self):
        self.write("include/weir/version.hpp", header())
        self.refuses("packaging", f"include/weir/version.hpp: it names no version, but CMakeLists.txt says {self.version}")

    def test_new_component(self):
        with open(self.root / COMPONENTS, "a", encoding="utf-8") as file:
            file.write("weir_declare_component(pigeon COMPONENTS http)\n")
        self.refuses("packaging", *(f"{file}: the component 'pigeon' is missing" for file in ("vcpkg.json", PORT, "conanfile.py")),
                     f"include/weir/adapter/ and {COMPONENTS} do not agree on 'pigeon'")

    def test_lost_component(self):
        self.replace(COMPONENTS, "weir_declare_component(kafka PACKAGES librdkafka)\n", "")
        self.refuses("packaging", *(f"{file}: 'kafka' is no component of {COMPONENTS}"
                                    for file in ("vcpkg.json", PORT, "conanfile.py")),
                     f"include/weir/adapter/ and {COMPONENTS} do not agree on 'kafka'")

    def test_other_dependency(self):
        for file, old in (("vcpkg.json", '["librdkafka"]'), (PORT, '["librdkafka"]'), ("conanfile.py", '"librdkafka/')):
            self.replace(file, old, old.replace("librdkafka", "cppkafka"))
            self.refuses("packaging", f"{file}: 'kafka' does not need what {COMPONENTS} says it needs")
            self.replace(file, old.replace("librdkafka", "cppkafka"), old)

    def test_component_below(self):
        self.replace("conanfile.py", '"influxdb": ([], ["http"])', '"influxdb": ([], [])')
        self.refuses("packaging", f"conanfile.py: 'influxdb' does not need what {COMPONENTS} says it needs")

    def test_malformed_manifest(self):
        self.replace("vcpkg.json", '"Decode JSON with simdjson"', "7")
        self.replace("vcpkg.json", '"name": "curl",', '"name": "Curl", "prot": true,')
        self.replace(PORT, '{ "name": "vcpkg-cmake", "host": true },', "")
        complaints = "\n".join(self.complaints("packaging"))
        self.assertIn("vcpkg.json: simdjson has no description", complaints)
        self.assertIn("vcpkg.json: http has a dependency that vcpkg would not read", complaints)
        self.assertIn(f"{PORT}: the port builds with vcpkg-cmake and does not depend on it", complaints)


if __name__ == "__main__":
    unittest.main()
