# SPDX-License-Identifier: Apache-2.0
"""A page of Markdown as the checks see it: its fenced blocks, what HTML comments say of them, and a C++ fragment taken
apart into what belongs to namespace scope and what are statements."""
import re

FENCE = re.compile(r"^(\s*)```(\w*)\s*$")
COMMENT = re.compile(r"<!--(.*?)-->", re.DOTALL)
INCLUDE = re.compile(r"^\s*#\s*include\s*(<[^>]+>).*$", re.MULTILINE)
MAIN = re.compile(r"^int main\(", re.MULTILINE)

# What shows that a block needs an adapter: its header, or a name out of it.
ADAPTER_NAMES = re.compile(r"<weir/adapter/(\w+)|\bweir::(kafka|clickhouse|influxdb|elasticsearch|http|prometheus|redis)::|\bweir::(json)<")

DECLARATION = re.compile(r"(struct|class|union|enum|template|namespace|concept|using|typedef|extern|inline"
                         r"|constexpr|consteval|constinit)\b")
FUNCTION = re.compile(r"(\[\[\w+\]\]\s*)?[\w:<>,&*\s]+[\s&*>]\w+\s*\([^;{}]*\)\s*(const\s*|noexcept\s*)*\{")
CONTROL = re.compile(r"(for|while|if|else|do|switch|try|catch|return)\b")


class Block:
    """A fenced block of a page, with what the comments right before it say."""

    def __init__(self, page, line, language, text):
        self.page, self.line, self.language, self.text = page, line, language, text
        self.hidden = None          # (line, code): compiled before it, not shown
        self.continued = False      # its statements go on where those of the block before it ended
        self.compile_only = None    # why it is not run
        self.must_fail = None       # what the compiler says of it
        self.same_as = None         # the file that it shows, without the comment at its top
        self.expected = None        # what it prints

    @property
    def place(self):
        return f"{self.page}:{self.line}"

    @property
    def is_program(self):
        return MAIN.search(self.text) is not None

    @property
    def adapters(self):
        code = self.text + (self.hidden[1] if self.hidden else "")
        names = {next(filter(None, found)) for found in ADAPTER_NAMES.findall(code)}
        if self.page.parts[:3] == ("docs", "reference", "adapter"):
            names.add(self.page.with_suffix("").parts[3])
        return frozenset("simdjson" if name == "json" else name for name in names)


def blocks_of(page, text):
    """The fenced blocks of a page in order, and the complaints about comments that nobody understands."""
    blocks, complaints = [], []
    fence = None
    since = 0           # where the text between two blocks began, as an index into lines
    lines = text.split("\n")
    for number, line in enumerate(lines):
        found = FENCE.match(line)
        if fence is None and found:
            block = Block(page, number + 2, found[2], "")
            read_comments(block, "\n".join(lines[since:number]), since + 1, complaints)
            fence = (block, number + 1, found[1])
        elif fence is not None and line.strip() == "```":
            block, first, indent = fence
            block.text = "\n".join(inner.removeprefix(indent) for inner in lines[first:number]) + "\n"
            if block.language == "text" and blocks and blocks[-1].language == "cpp":
                blocks[-1].expected = block.text
            blocks.append(block)
            fence, since = None, number + 1
    if fence is not None:
        complaints.append(f"{fence[0].place}: this block has no end")
    return blocks, complaints


def read_comments(block, between, first_line, complaints):
    """What the comments between the block before and this one say of it."""
    for found in COMMENT.finditer(between):
        line = first_line + between[:found.start()].count("\n")
        said = found[1].strip()
        word, _, rest = said.partition("\n")
        if word == "hidden":
            block.hidden = (line + 1, rest + "\n")
        elif said == "continued":
            block.continued = True
        elif said.startswith("compile only: "):
            block.compile_only = said.removeprefix("compile only: ")
        elif said.startswith("does not compile: "):
            block.must_fail = said.removeprefix("does not compile: ")
        elif said.startswith("the same as "):
            block.same_as = said.removeprefix("the same as ")
        elif block.language == "cpp":
            complaints.append(f"{block.page}:{line}: the comment before a block should be `hidden`, `continued`, `compile "
                              f"only: WHY`, `does not compile: TEXT` or `the same as FILE`, not `{word}`")


def without_includes(code):
    """The code with its includes taken out (the lines stay), and their names."""
    return INCLUDE.sub("", code), INCLUDE.findall(code)


def take_apart(code):
    """The pieces of a fragment: [(line from 0, text, whether it belongs to namespace scope)]."""
    pieces = []
    start, depth, at = 0, 0, 0
    while at < len(code):
        skipped = skip_literal(code, at)
        if skipped != at:
            at = skipped
            continue
        c = code[at]
        at += 1
        depth += (c in "({[") - (c in ")}]")
        if depth != 0 or c not in ";}":
            continue
        if c == "}" and re.match(r"\s*[;,).|(\[{]|\s*<<", code[at:]):
            continue
        pieces.append(piece(code, start, at))
        start = at
    if code[start:].strip():
        pieces.append(piece(code, start, len(code)))
    return pieces


def piece(code, start, end):
    text = code[start:end]
    bare = re.sub(r"//[^\n]*|/\*.*?\*/", "", text, flags=re.DOTALL).strip()
    declares = bool(DECLARATION.match(bare)) and not re.match(r"(struct|enum)\s+(?!class\b)\w+\s+\w+\s*[={;]", bare)
    defines = bare.endswith("}") and not CONTROL.match(bare) and bool(FUNCTION.match(bare))
    return code[:start].count("\n"), text, declares or defines


def skip_literal(code, at):
    """Behind the comment or literal that begins here; here, when none does."""
    if code.startswith("//", at):
        end = code.find("\n", at)
        return len(code) if end < 0 else end
    if code.startswith("/*", at):
        return code.index("*/", at) + 2
    if raw := re.compile(r'R"(\w*)\(').match(code, at):
        closing = f"){raw[1]}\""
        return code.index(closing, raw.end()) + len(closing)
    # A quote behind a digit parts its thousands.
    if code[at] == '"' or (code[at] == "'" and not (at > 0 and code[at - 1].isalnum())):
        quote, at = code[at], at + 1
        while code[at] != quote:
            at += 2 if code[at] == "\\" else 1
        return at + 1
    return at
