#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Runs the mutants of tests/mutation/*.mutants; see tests/mutate.sh.

A list is plain text. A line `@ file | test test ...` names a header below include/weir and the tests (below tests/, without
.cpp) that must notice; below it stand the mutants of that file, each a line `- text` that occurs in the file exactly once, or
`-N text` for its N-th occurrence, and a line `+ text` that takes its place. `#` begins a comment.
"""
import argparse
import concurrent.futures
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile

TIMEOUT = 60    # seconds, for a test that a mutant makes run for ever


class Mutant:
    def __init__(self, header, tests, occurrence, old, place):
        self.header, self.tests, self.occurrence, self.old, self.place = header, tests, occurrence, old, place
        self.new = None

    def __str__(self):
        return f"{self.place} {self.header}: `{self.old}` becomes `{self.new}`"


def read_list(path):
    """The mutants of one list, in order."""
    mutants, header, tests = [], None, []
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
        place = f"{path.name}:{number}"
        if not line.strip() or line.startswith("#"):
            continue
        removed = re.match(r"-(\d*) (.*)", line)
        if line.startswith("@ "):
            header, _, named = line[2:].partition("|")
            header, tests = header.strip(), named.split()
        elif removed and header:
            mutants.append(Mutant(header, tests, int(removed[1] or 0), removed[2], place))
        elif line.startswith("+") and mutants and mutants[-1].new is None:
            mutants[-1].new = line[2:]
        else:
            raise SystemExit(f"{place}: this is neither `@ file | tests`, nor `- text` with a `+ text` below it")
    unfinished = [each for each in mutants if each.new is None]
    if unfinished:
        raise SystemExit(f"{unfinished[0].place}: the line `+ text` is missing")
    return mutants


def mutated(root, mutant):
    """The header's text with the change, or None with the reason."""
    text = (root / "include/weir" / mutant.header).read_text(encoding="utf-8")
    places = [found.start() for found in re.finditer(re.escape(mutant.old), text)]
    if not places:
        return None, "the text does not occur"
    if mutant.occurrence == 0 and len(places) > 1:
        return None, f"the text occurs {len(places)} times: say which, `-N`"
    if mutant.occurrence > len(places):
        return None, f"the text occurs only {len(places)} times"
    at = places[max(mutant.occurrence, 1) - 1]
    return text[:at] + mutant.new + text[at + len(mutant.old):], None


def build_and_run(root, compiler, overlay, test, folder):
    """What became of one test: `passed`, `failed`, or `void` with what the compiler said."""
    program = folder / test.replace("/", "_")
    includes = [f"-I{overlay}"] if overlay else []
    command = [compiler, "-std=c++20", "-O1", "-w", *includes, f"-I{root / 'include'}", f"-I{root / 'tests'}",
               str(root / "tests" / f"{test}.cpp"), "-o", str(program), "-lCatch2Main", "-lCatch2"]
    compiled = subprocess.run(command, capture_output=True, text=True, check=False)
    if compiled.returncode != 0:
        return "void", "\n".join(compiled.stderr.splitlines()[:3])
    try:
        done = subprocess.run([str(program)], capture_output=True, timeout=TIMEOUT, check=False)
    except subprocess.TimeoutExpired:
        return "failed", ""
    return ("passed" if done.returncode == 0 else "failed"), ""


def judge(root, compiler, mutant):
    """`killed`, `survived` or `void`, and why."""
    text, reason = mutated(root, mutant)
    if text is None:
        return "void", reason
    with tempfile.TemporaryDirectory(prefix="weir-mutant.") as name:
        folder = pathlib.Path(name)
        header = folder / "include/weir" / mutant.header
        header.parent.mkdir(parents=True)
        header.write_text(text, encoding="utf-8")
        for test in mutant.tests:
            result, said = build_and_run(root, compiler, folder / "include", test, folder)
            if result == "void":
                return "void", f"{test} does not compile:\n{said}"
            if result == "failed":
                return "killed", test
    return "survived", ", ".join(mutant.tests)


def sound(root, compiler, tests, jobs):
    """The tests as they are must pass, or nothing could be said of any mutant."""
    with tempfile.TemporaryDirectory(prefix="weir-mutant.") as name, concurrent.futures.ThreadPoolExecutor(jobs) as pool:
        results = pool.map(lambda test: build_and_run(root, compiler, None, test, pathlib.Path(name)), tests)
        bad = [f"{test}: {result} {said}" for test, (result, said) in zip(tests, results) if result != "passed"]
    for each in bad:
        print(f"without any mutant {each}", file=sys.stderr)
    return not bad


def see_places(root, mutants, tests):
    """Whether every mutant can be made, and every test that is named is there."""
    bad = [f"{each}: {why}" for each in mutants for why in [mutated(root, each)[1]] if why]
    bad += [f"tests/{test}.cpp is not there" for test in tests if not (root / "tests" / f"{test}.cpp").is_file()]
    for each in bad:
        print(each, file=sys.stderr)
    print(f"{len(mutants)} mutants, {len(bad)} without a place")
    return 1 if bad else 0


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("root", type=pathlib.Path)
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--compiler", default="g++")
    parser.add_argument("--only", default="")
    parser.add_argument("--places", action="store_true", help="see only whether each mutant has its place in the code")
    options = parser.parse_args()
    if not shutil.which(options.compiler):
        raise SystemExit(f"there is no compiler {options.compiler}")
    lists = sorted((options.root / "tests/mutation").glob("*.mutants"))
    mutants = [each for path in lists for each in read_list(path)]
    mutants = [each for each in mutants if options.only in each.header or any(options.only in test for test in each.tests)]
    tests = sorted({test for each in mutants for test in each.tests})
    if options.places:
        return see_places(options.root, mutants, tests)
    print(f"{len(tests)} tests without any mutant …", flush=True)
    if not sound(options.root, options.compiler, tests, options.jobs):
        return 1
    counts = {"killed": 0, "survived": 0, "void": 0}
    with concurrent.futures.ThreadPoolExecutor(options.jobs) as pool:
        running = {pool.submit(judge, options.root, options.compiler, each): each for each in mutants}
        for done in concurrent.futures.as_completed(running):
            result, why = done.result()
            counts[result] += 1
            print(f"[{sum(counts.values())}/{len(mutants)}] {result}: {running[done]} ({why})", flush=True)
    print(f"{len(mutants)} mutants, {counts['killed']} killed, {len(mutants) - counts['killed']} survived")
    return 0 if counts["killed"] == len(mutants) else 1


if __name__ == "__main__":
    sys.exit(main())
