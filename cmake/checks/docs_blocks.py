#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""What README.md and docs/ show is true: C++ blocks compile, and print what the pages say they print.

A block with an `int main` is a program: it is compiled alone, exactly as it stands, and run. Other blocks are fragments:
their types and functions go to namespace scope and their statements into a function; a fragment sees the types and
functions of the blocks before it on its page. A block is run when a block of ```text follows it, which is what it
prints. Comments right before a block say more of it:

    <!-- compile only: needs a Kafka broker -->       it is not run
    <!-- does not compile: weir: a window needs -->   the compiler refuses it and says this
    <!-- continued -->                                its statements go on where those of the block before it ended
    <!-- the same as examples/page_minutes.cpp -->    that is so, but for the comment at the top of the file
    <!-- hidden                                       code that is compiled before it and not shown
    struct click { int id; };
    -->

Fragments have <weir.hpp>, the header of their reference page and `using namespace std::chrono_literals`. In blocks of
```sh, files of the project and CMake presets are looked up, in blocks of ```cmake the components of weir.
"""
import argparse
import concurrent.futures
import json
import os
import pathlib
import re
import shlex
import subprocess
import sys
import tempfile

import docs_page
import tree

PRELUDE = ["<weir.hpp>", "<chrono>", "<cstdint>", "<cstdio>", "<string>", "<string_view>", "<vector>"]
SHELL_FILE = re.compile(r"(?<![\w./-])(?:\./)?((?:examples|tests|bench|cmake|docs|include)/[\w./-]*\w)")
SHELL_PRESET = re.compile(r"--preset[ =]([\w-]+)")
BETWEEN = "\x1e\n"     # printed between the blocks of one function
TIME_LIMIT = 120


class Toolchain:
    """How to compile, link and run; results are kept in one folder."""

    def __init__(self, options, folder):
        self.command = [options.compiler, *options.flags]
        self.launcher = shlex.split(options.launcher)
        self.adapters = {}
        for word in options.adapter:
            name, given, libraries = word.partition("=")
            self.adapters[name] = libraries.split(",") if given else None
        self.folder = folder

    def has(self, adapters):
        return all(name in self.adapters for name in adapters)

    def can_link(self, adapters):
        return all(self.adapters[name] is not None for name in adapters)

    def compile(self, name, code, *more):
        """The object file, or None and what the compiler said."""
        source = self.folder / f"{name}.cpp"
        source.write_text(code, encoding="utf-8")
        target = source.with_suffix(".o")
        done = subprocess.run([*self.launcher, *self.command, *more, "-c", source, "-o", target], capture_output=True, text=True,
                              env={**os.environ, "LC_ALL": "C"}, check=False)
        return (target if done.returncode == 0 else None), done.stderr

    def link(self, target, adapters):
        libraries = [library for name in sorted(adapters) for library in self.adapters[name]]
        command = [*self.command, target, *dict.fromkeys(filter(None, libraries)), "-o", target.with_suffix("")]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        return (target.with_suffix("") if done.returncode == 0 else None), done.stderr

    def run(self, program, *arguments):
        """Its exit code and what it prints; it runs in a folder of its own."""
        with tempfile.TemporaryDirectory() as place:
            try:
                done = subprocess.run([program, *arguments], capture_output=True, text=True, cwd=place, check=False,
                                      timeout=TIME_LIMIT, stdin=subprocess.DEVNULL)
            except subprocess.TimeoutExpired:
                return "none within the time limit", ""
        return done.returncode, done.stdout


def identifier(text):
    return re.sub(r"\W", "_", str(text))


def at_line(line, page, text):
    return f'#line {line} "{page}"\n{text}\n'


def complain_unless_equal(block, printed):
    if printed.rstrip("\n") != block.expected.rstrip("\n"):
        yield f"{block.place}: it should print\n{block.expected}but prints\n{printed}"


class Fragments:
    """The fragments of some pages in one translation unit: a namespace a page, in it one a block, each within the one
    before it, so that later blocks see what earlier ones declare and may declare it anew."""

    def __init__(self, blocks, only_statements_of=None):
        self.blocks, self.only_statements_of = blocks, only_statements_of
        self.includes = list(PRELUDE)
        self.chains = []        # blocks whose statements make one function
        self.body = ""
        for page in dict.fromkeys(block.page for block in blocks):
            self.add_page(page, [block for block in blocks if block.page == page])

    @property
    def pages(self):
        return ", ".join(dict.fromkeys(str(block.page.parent) for block in self.blocks))

    def add_page(self, page, blocks):
        header = page.relative_to("docs/reference").with_suffix(".hpp") if page.is_relative_to("docs/reference") else None
        if header and header.parts[0] in tree.ROOMS:
            self.includes.append(f"<weir/{header}>")
        self.body += f"namespace docs_{identifier(page)} {{\n"
        chain = []
        for number, block in enumerate(blocks):
            self.body += f"namespace block_{number} {{\n"
            chain.append((block, self.add_declarations(block)))
            if number + 1 == len(blocks) or not blocks[number + 1].continued:
                self.add_function(chain)
                chain = []
        self.body += "}\n" * (len(blocks) + 1)

    def add_declarations(self, block):
        """Writes a block's declarations down and returns its statements."""
        statements = ""
        for line, code in filter(None, (block.hidden, (block.line, block.text))):
            code, includes = docs_page.without_includes(code)
            self.includes += includes
            for offset, text, declares in docs_page.take_apart(code):
                if declares:
                    self.body += at_line(line + offset, block.page, text)
                elif self.only_statements_of in (None, block):
                    statements += at_line(line + offset, block.page, text)
        return statements

    def add_function(self, chain):
        number = len(self.chains)
        self.chains.append([block for block, _ in chain])
        between = 'std::puts("\\x1e");\n'
        self.body += f"void statements_{number}();\nvoid statements_{number}() {{\n"
        self.body += between.join(statements for _, statements in chain)
        self.body += f"}}\nbool const registered_{number} = (weir_docs::functions[{number}] = statements_{number}, true);\n"

    def source(self):
        includes = "".join(f"#include {name}\n" for name in dict.fromkeys(self.includes))
        return (f"{includes}#include <cstdlib>\nusing namespace std::chrono_literals;\nnamespace weir_docs {{\n"
                f"inline void (*functions[{len(self.chains) + 1}])();\n}}\n{self.body}"
                "#line 1 \"main\"\nint main(int, char** words) { weir_docs::functions[std::atoi(words[1])](); }\n")

    def check(self, name, toolchain):
        target, said = toolchain.compile(name, self.source())
        if target is None:
            yield f"{self.pages}: a block does not compile:\n{said}"
            return
        adapters = frozenset().union(*(block.adapters for block in self.blocks))
        to_run = [(number, chain) for number, chain in enumerate(self.chains) if any(block.expected for block in chain)]
        if not to_run or not toolchain.can_link(adapters):
            return
        program, said = toolchain.link(target, adapters)
        if program is None:
            yield f"{self.pages}: the blocks do not link:\n{said}"
            return
        for number, chain in to_run:
            code, printed = toolchain.run(program, str(number))
            if code != 0:
                yield f"{chain[0].place}: exit code {code} after it printed\n{printed}"
                continue
            for block, part in zip(chain, printed.split(BETWEEN), strict=True):
                if block.expected:
                    yield from complain_unless_equal(block, part)


def check_program(block, toolchain):
    name = identifier(block.place)
    if block.hidden:
        yield f"{block.place}: a program hides nothing: it is shown as it is compiled"
    target, said = toolchain.compile(name, at_line(block.line, block.page, block.text))
    if target is None:
        yield f"{block.place}: the program does not compile:\n{said}"
        return
    if block.compile_only or not toolchain.can_link(block.adapters):
        return
    program, said = toolchain.link(target, block.adapters)
    if program is None:
        yield f"{block.place}: the program does not link:\n{said}"
        return
    code, printed = toolchain.run(program)
    if code != 0:
        yield f"{block.place}: exit code {code} after it printed\n{printed}"
    elif block.expected:
        yield from complain_unless_equal(block, printed)


def check_refused(before, block, toolchain):
    """The blocks before it are there for what they declare."""
    source = Fragments([*before, block], only_statements_of=block).source()
    target, said = toolchain.compile(identifier(block.place), source, "-fsyntax-only")
    if target is not None:
        yield f"{block.place}: it should not compile, but does"
    elif block.must_fail not in said:
        yield f"{block.place}: the compiler should say: {block.must_fail}\nbut says:\n{said}"


def check_same(root, block):
    if not (root / block.same_as).is_file():
        yield f"{block.place}: there is no {block.same_as}"
    elif re.sub(r"\A(//[^\n]*\n)*", "", tree.read(root, block.same_as)).strip() != block.text.strip():
        yield f"{block.place}: it is not the same as {block.same_as}"


def check_shell(root, block):
    for found in SHELL_FILE.finditer(block.text):
        if not (root / found[1]).exists():
            yield f"{block.place}: there is no {found[1]}"
    presets = json.loads(tree.read(root, "CMakePresets.json")) if (root / "CMakePresets.json").is_file() else {}
    names = {preset["name"] for preset in presets.get("configurePresets", [])}
    for found in SHELL_PRESET.finditer(block.text):
        if found[1] not in names:
            yield f"{block.place}: there is no preset {found[1]}"


def check_cmake(root, block):
    known, _ = tree.components(root)
    names = re.findall(r"\bweir::(\w+)", block.text)
    for listed in re.findall(r"\bfind_package\(weir\b[^)]*\bCOMPONENTS ([^)]*)\)", block.text):
        names += listed.split()
    for name in dict.fromkeys(names):
        if name != "weir" and name not in known:
            yield f"{block.place}: there is no component {name}"


def pages(root):
    if (root / "README.md").is_file():
        yield pathlib.Path("README.md")
    for path in sorted((root / "docs").rglob("*.md")):
        yield path.relative_to(root)


def gather(root, only, toolchain):
    """The checks to be made, as functions without arguments, and the complaints that need no compiler."""
    jobs, complaints, groups = [], [], {}
    complaints += [f"there is no page {page}" for page in only if not (root / page).is_file()]
    for page in pages(root):
        if only and str(page) not in only:
            continue
        blocks, wrong = docs_page.blocks_of(page, tree.read(root, page))
        complaints += wrong
        fragments = []
        for block in blocks:
            if block.language == "sh":
                complaints += check_shell(root, block)
            if block.language == "cmake":
                complaints += check_cmake(root, block)
            if block.same_as:
                complaints += check_same(root, block)
            if block.language != "cpp":
                continue
            if not toolchain.has(block.adapters):
                absent = ", ".join(sorted(name for name in block.adapters if name not in toolchain.adapters))
                print(f"skipped: {block.place} (needs {absent})")
            elif block.must_fail:
                jobs.append(lambda before=list(fragments), block=block: check_refused(before, block, toolchain))
            elif block.is_program:
                jobs.append(lambda block=block: check_program(block, toolchain))
            else:
                fragments.append(block)
        # The pages of a folder are compiled together, those that need an adapter with all others that need it.
        adapters = frozenset().union(*(block.adapters for block in fragments))
        if fragments:
            groups.setdefault(tuple(sorted(adapters)) or page.parts[:-1], []).extend(fragments)
    for group, blocks in groups.items():
        name = identifier("_".join(["fragments", *group]))
        jobs.append(lambda blocks=blocks, name=name: Fragments(blocks).check(name, toolchain))
    return jobs, complaints


def main():
    parser = argparse.ArgumentParser(usage="%(prog)s ROOT [options] [-- COMPILER FLAG ...]", description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("root", type=pathlib.Path)
    parser.add_argument("--compiler", default=os.environ.get("CXX", "c++"))
    parser.add_argument("--launcher", default="", help="what to start the compiler with: ccache")
    parser.add_argument("--adapter", action="append", default=[], metavar="NAME[=LIBRARY,...]",
                        help="an adapter that is to be had here; without libraries its blocks are compiled only")
    parser.add_argument("--build", type=pathlib.Path, help="where to keep what is compiled (a temporary folder)")
    parser.add_argument("--jobs", type=int, default=os.cpu_count())
    parser.add_argument("--page", action="append", default=[], help="only this page, as docs/README.md")
    words, flags = sys.argv[1:], []
    if "--" in words:
        words, flags = words[:words.index("--")], words[words.index("--") + 1:]
    options = parser.parse_args(words)
    options.flags = flags
    with tempfile.TemporaryDirectory() as folder:
        build = options.build or pathlib.Path(folder)
        build.mkdir(parents=True, exist_ok=True)
        jobs, complaints = gather(options.root, options.page, Toolchain(options, build.resolve()))
        with concurrent.futures.ThreadPoolExecutor(max(options.jobs, 1)) as pool:
            for found in pool.map(lambda job: list(job()), jobs):
                complaints += found
    for complaint in complaints:
        print(complaint, file=sys.stderr)
    print(f"{len(jobs)} translation units, {len(complaints)} complaints")
    return 1 if complaints else 0


if __name__ == "__main__":
    sys.exit(main())
