# SPDX-License-Identifier: Apache-2.0
"""What the checks share: which files the project consists of, and how a check says what it found."""
import pathlib
import re
import sys

# In the order of design: a room includes only itself and rooms before it.
ROOMS = ["base", "time", "pipeline", "source", "transform", "aggregate", "state", "window", "join", "click", "codec",
         "sink", "run", "testing", "adapter"]

FOLDERS = ["include", "examples", "tests", "bench", "cmake", "docs"]

INCLUDE = re.compile(r'^[ \t]*#[ \t]*include[ \t]*([<"])([^>"\n]+)[>"]', re.MULTILINE)


def files(root, *suffixes):
    """The project's files with one of these suffixes (or names), as paths relative to its root."""
    for folder in FOLDERS:
        for path in sorted((root / folder).rglob("*")):
            relative = path.relative_to(root)
            generated = any(part == "__pycache__" or part.startswith((".", "build")) for part in relative.parts)
            if path.is_file() and not generated and (path.suffix in suffixes or path.name in suffixes):
                yield relative
    for path in sorted(root.iterdir()):
        if path.is_file() and (path.suffix in suffixes or path.name in suffixes):
            yield path.relative_to(root)


def read(root, path):
    return (root / path).read_text(encoding="utf-8")


def includes(text):
    """Each include of a source text: ("<" or '"', name)."""
    return [(found[1], found[2]) for found in INCLUDE.finditer(text)]


def components(root):
    """The declarations in cmake/weir-components.cmake: {component: (packages, components below)} and
    {package: {"VCPKG": name, "CONAN": name, ...}}."""
    text = read(root, "cmake/weir-components.cmake")
    found_components, found_packages = {}, {}
    for name, rest in re.findall(r"^weir_declare_component\((\w+)([^)]*)\)", text, re.MULTILINE):
        words = {"PACKAGES": [], "COMPONENTS": []}
        field = None
        for word in rest.split():
            if word in words:
                field = word
            else:
                words[field].append(word)
        found_components[name] = (words["PACKAGES"], words["COMPONENTS"])
    for name, rest in re.findall(r"^weir_declare_package\((\w+)([^)]*)\)", text, re.MULTILINE):
        found_packages[name] = dict(re.findall(r"\b(DEBIAN|VCPKG|CONAN|TARGET) (\S+)", rest))
    return found_components, found_packages


def components_below(known, name):
    """A component and all that it stands on."""
    below = {name}
    for other in known.get(name, ([], []))[1]:
        below |= components_below(known, other)
    return below


def main(check, **switches):
    """Runs a check: `check.py ROOT [--switch ...]`; prints a line for each thing wrong, exit code 1 if there is one."""
    arguments = [argument for argument in sys.argv[1:] if not argument.startswith("--")]
    given = {name: f"--{name}" in sys.argv for name in switches}
    root = pathlib.Path(arguments[0] if arguments else ".").resolve()
    complaints = list(check(root, **given))
    for complaint in complaints:
        print(complaint, file=sys.stderr)
    return 1 if complaints else 0
