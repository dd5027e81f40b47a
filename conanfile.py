# SPDX-License-Identifier: Apache-2.0
"""Conan 2 recipe of weir: header-only, one option an adapter, and an adapter's third party only where it is asked for."""
import os
import re

from conan import ConanFile
from conan.tools.build import check_min_cppstd
from conan.tools.cmake import CMake, CMakeToolchain, cmake_layout
from conan.tools.files import copy, load

required_conan_version = ">=2.0"

# Each adapter: the packages it needs, and the adapters it stands on.
ADAPTERS = {
    "simdjson": (["simdjson/[>=3.0 <5]"], []),
    "kafka": (["librdkafka/[>=2.0 <3]"], []),
    "http": (["libcurl/[>=7.78 <9]", "zlib/[>=1.2.11 <2]"], []),
    "clickhouse": ([], ["http"]),
    "influxdb": ([], ["http"]),
    "elasticsearch": ([], ["http"]),
    "prometheus": (["libmicrohttpd/[>=0.9.71 <2]"], []),
    "redis": (["hiredis/[>=0.14 <2]"], []),
    "avro": ([], ["http"]),
}


class WeirRecipe(ConanFile):
    name = "weir"
    package_type = "header-library"
    description = "Streaming analytics inside the host application: a header-only C++20 library"
    license = "Apache-2.0"
    topics = ("streaming", "analytics", "event-time", "windowing", "header-only")
    settings = "os", "arch", "compiler", "build_type"
    options = {adapter: [True, False] for adapter in ADAPTERS}
    default_options = {adapter: False for adapter in ADAPTERS}
    exports_sources = "CMakeLists.txt", "LICENSE", "cmake/*", "include/*"
    no_copy_source = True
    implements = ["auto_header_only"]

    def set_version(self):
        text = load(self, os.path.join(self.recipe_folder, "CMakeLists.txt"))
        self.version = re.search(r"project\(weir VERSION ([0-9.]+)", text)[1]

    def configure(self):
        for adapter, (_, below) in ADAPTERS.items():
            if self.options.get_safe(adapter):
                for other in below:
                    setattr(self.options, other, True)

    def requirements(self):
        for adapter, (packages, _) in ADAPTERS.items():
            if self.options.get_safe(adapter):
                for package in packages:
                    self.requires(package, transitive_headers=True, transitive_libs=True)

    def layout(self):
        cmake_layout(self)

    def validate(self):
        check_min_cppstd(self, 20)

    def generate(self):
        toolchain = CMakeToolchain(self)
        toolchain.cache_variables["WEIR_BUILD_TESTS"] = False
        toolchain.cache_variables["WEIR_BUILD_EXAMPLES"] = False
        toolchain.generate()

    def build(self):
        CMake(self).configure()

    def package(self):
        CMake(self).install()
        copy(self, "LICENSE", src=self.source_folder, dst=os.path.join(self.package_folder, "licenses"))

    def package_info(self):
        # CMake users get weir's own package file, the one every installation has: it looks for the third parties where
        # weir is used, and so takes them from Conan or from the platform.
        self.cpp_info.set_property("cmake_find_mode", "none")
        self.cpp_info.set_property("cmake_file_name", "weir")
        supplied = {dependency.ref.name for dependency in self.dependencies.host.values()}
        for name, (packages, below) in {"weir": ([], []), **ADAPTERS}.items():
            if name != "weir" and not self.options.get_safe(name):
                continue
            part = self.cpp_info.components[name]
            part.set_property("cmake_target_name", f"weir::{name}")
            part.set_property("pkg_config_name", "weir" if name == "weir" else f"weir-{name}")
            part.bindirs = []
            part.libdirs = []
            part.builddirs = [os.path.join("share", "cmake", "weir")]
            # What the platform supplies in place of a package is not Conan's to link.
            names = [package.split("/")[0] for package in packages]
            part.requires = [f"{package}::{package}" for package in names if package in supplied]
            part.requires += below if name == "weir" else ["weir", *below]
