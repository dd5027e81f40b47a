# SPDX-License-Identifier: Apache-2.0
"""What `conan create` builds and runs to see that the package can be used, with the adapters it was made with."""
from conan import ConanFile
from conan.tools.build import can_run
from conan.tools.cmake import CMake, cmake_layout


class WeirTest(ConanFile):
    settings = "os", "arch", "compiler", "build_type"
    generators = "CMakeDeps", "CMakeToolchain", "VirtualRunEnv"

    def requirements(self):
        self.requires(self.tested_reference_str)

    def layout(self):
        cmake_layout(self)

    def build(self):
        options = self.dependencies["weir"].options
        adapters = [name for name, turned_on in options.items() if turned_on == "True"]
        cmake = CMake(self)
        cmake.configure(variables={"WEIR_COMPONENTS": ";".join(adapters)})
        cmake.build()

    def test(self):
        if can_run(self):
            CMake(self).ctest(["--output-on-failure", "--no-tests=error"])
