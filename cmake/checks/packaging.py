#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""One adapter = one header = one CMake component = one vcpkg feature = one Conan option, with the same third parties
everywhere; and one version, in all places that name it."""
import ast
import json
import re
import sys

import tree

PORT = "cmake/vcpkg/ports/weir/vcpkg.json"
NAME = re.compile(r"^[a-z0-9]+(-[a-z0-9]+)*$")


def check(root):
    known, packages = tree.components(root)
    yield from versions(root)

    headers = {path.parts[3].removesuffix(".hpp") for path in tree.files(root, ".hpp")
               if path.parts[:3] == ("include", "weir", "adapter")}
    for name in sorted(headers ^ set(known)):
        yield f"include/weir/adapter/ and cmake/weir-components.cmake do not agree on '{name}'"

    for file in ("vcpkg.json", PORT):
        manifest = json.loads(tree.read(root, file))
        yield from (f"{file}: {complaint}" for complaint in manifest_form(manifest))
        features = {name: feature for name, feature in manifest.get("features", {}).items() if name != "tests"}
        yield from compare(file, "VCPKG", known, packages, {
            name: dependencies_of(feature) for name, feature in features.items()})

    port = json.loads(tree.read(root, PORT))
    hosts = {entry["name"] for entry in port.get("dependencies", []) if isinstance(entry, dict) and entry.get("host")}
    for helper in {"vcpkg-cmake", "vcpkg-cmake-config"} - hosts:
        yield f"{PORT}: the port builds with {helper} and does not depend on it"

    yield from compare("conanfile.py", "CONAN", known, packages, conan_adapters(root))


def versions(root):
    """The version is CMake's; whoever repeats it must agree."""
    version = re.search(r"project\(weir VERSION ([0-9.]+)", tree.read(root, "CMakeLists.txt"))[1]
    for file, pattern in (("include/weir/version.hpp", r'\bversion(?:\{|\s*=\s*)"([^"]*)"'),
                          ("vcpkg.json", r'"version": "([^"]*)"'), (PORT, r'"version": "([^"]*)"')):
        found = re.search(pattern, tree.read(root, file)) if (root / file).is_file() else None
        if found is None:
            yield f"{file}: it names no version, but CMakeLists.txt says {version}"
        elif found[1] != version:
            yield f"{file}: version {found[1]}, but CMakeLists.txt says {version}"


def manifest_form(manifest):
    """What vcpkg itself would refuse."""
    for field in ("name", "version", "description", "license"):
        if not isinstance(manifest.get(field), str):
            yield f"'{field}' is missing"
    owners = {"the manifest": manifest, **manifest.get("features", {})}
    for owner, part in owners.items():
        if owner != "the manifest" and not NAME.match(owner):
            yield f"'{owner}' is no name for a feature"
        if not isinstance(part.get("description"), str):
            yield f"{owner} has no description"
        for entry in part.get("dependencies", []):
            name = entry if isinstance(entry, str) else entry.get("name", "")
            strange = set() if isinstance(entry, str) else set(entry) - {
                "name", "features", "default-features", "host", "platform", "version>="}
            if not NAME.match(name) or strange:
                yield f"{owner} has a dependency that vcpkg would not read: {entry}"


def dependencies_of(feature):
    """A feature's packages, and the features of weir that it stands on."""
    outside, below = set(), set()
    for entry in feature.get("dependencies", []):
        if isinstance(entry, dict) and entry["name"] == "weir":
            below |= set(entry["features"])
        else:
            outside.add(entry if isinstance(entry, str) else entry["name"])
    return outside, below


def conan_adapters(root):
    """The table ADAPTERS of the recipe, read without Conan."""
    for node in ast.parse(tree.read(root, "conanfile.py")).body:
        if isinstance(node, ast.Assign) and node.targets[0].id == "ADAPTERS":
            table = ast.literal_eval(node.value)
            return {name: ({package.split("/")[0] for package in packages}, set(below))
                    for name, (packages, below) in table.items()}
    return {}


def compare(file, supplier, known, packages, table):
    """Does this file's table say what cmake/weir-components.cmake says, in the supplier's names?"""
    for name in sorted(set(known) - set(table)):
        yield f"{file}: the component '{name}' is missing"
    for name in sorted(set(table) - set(known)):
        yield f"{file}: '{name}' is no component of cmake/weir-components.cmake"
    for name in sorted(set(known) & set(table)):
        wanted = {packages[package][supplier] for package in known[name][0]}
        if table[name] != (wanted, set(known[name][1])):
            yield f"{file}: '{name}' does not need what cmake/weir-components.cmake says it needs"


if __name__ == "__main__":
    sys.exit(tree.main(check))
