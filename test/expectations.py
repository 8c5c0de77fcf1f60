"""Lints a file and holds nostall to the comments in it.

    expectations.py --nostall PATH FILE|PAGE [nostall's options] [-- compiler flags]

The same for a test (test/checks/<id>/*.cpp) and for a check's page
(checks/<id>/<id>.md), whose ```cpp blocks are a file each:

    sleep(1);       // warning: blocks the event loop
    helper();       // warning: reaches ::sleep  // note: called here
    guard.lock();   // warning@7: from column 7 on
    f();            // warning: is dropped  // fix: co_await f();
    g();            // warning: blocks      // fix-note: co_await to_thread(g);
    int x           // error: expected ';'

- `warning`, `error`: the text is part of a message at this line, or of the
  check's name in brackets behind it. Every message must be expected: a line
  without a comment must be silent.
- `note`: a note at this line has this text. Other notes are not asked for.
- `fix`, `fix-note`: what --fix, and --fix-notes, make of the line. With any of
  them in a file, every line that a fix changes must say so. A line that a fix
  adds is announced anywhere: `// fix-adds: #include <x>`.
- A line of nothing but such comments speaks of the nearest code above it.

Where there are findings, fixes are tried: the file is fixed, compiled, and
linted again. What was fixed must be silent then, and nothing new may be said.
What the file includes first is precompiled for all of this.

Findings are those of the check that the folder is named after, unless the
options have a --checks. test/Inputs/page.h is included before a block of a
page; words behind ```cpp are further options for nostall.
"""

import argparse
import dataclasses
import pathlib
import re
import shlex
import shutil
import subprocess
import sys
import tempfile

from precompile import precompile

TEST = pathlib.Path(__file__).resolve().parent
COMMENT = re.compile(r"//\s*(warning|error|note|fix-note|fix-adds|fix)(?:@(\d+))?: ?(.*?)\s*"
                     r"(?=//\s*(?:warning|error|note|fix-note|fix-adds|fix)(?:@\d+)?:|$)")
MESSAGE = re.compile(r"^(.+?):(\d+):(\d+): (warning|error|fatal error|note): (.*)$")
PLACELESS = re.compile(r"^(warning|error|fatal error): ")
CLEAN, FINDINGS, WRONG_USE, UNPARSED = range(4)


@dataclasses.dataclass(frozen=True)
class Expected:
    line: int
    kind: str
    column: int | None
    text: str

    def __str__(self):
        return f"line {self.line}: {self.kind}: {self.text}"


@dataclasses.dataclass
class Message:
    file: str
    line: int
    column: int
    kind: str
    text: str
    fixed: bool = False

    def __str__(self):
        return f"{pathlib.Path(self.file).name}:{self.line}:{self.column}: {self.kind}: {self.text}"


def expectations(text: str) -> list[Expected]:
    found, anchor = [], 0
    for number, line in enumerate(text.split("\n"), 1):
        comments = list(COMMENT.finditer(line))
        if not comments or line[:comments[0].start()].strip():
            anchor = number
        for comment in comments:
            kind, column, words = comment.groups()
            found.append(Expected(anchor, kind, int(column) if column else None, words))
    return found


def code(line: str) -> str:
    """The line without its expectations."""
    comment = COMMENT.search(line)
    return (line[:comment.start()] if comment else line).strip()


def messages(output: str) -> list[Message]:
    """What nostall printed; a warning that a fix was applied to is marked."""
    found, last = [], None
    for line in output.split("\n"):
        if match := MESSAGE.match(line):
            file, number, column, kind, text = match.groups()
            kind = "error" if kind == "fatal error" else kind
            if kind != "note":
                last = None
            message = Message(file, int(number), int(column), kind, text)
            if kind != "note":
                last = message
            elif text.startswith("FIX-IT applied") and last:
                last.fixed = True
                continue
            found.append(message)
        elif PLACELESS.match(line):
            found.append(Message("", 0, 0, "error", line))
    return found


class Failure(Exception):
    pass


class Inputs:
    """A copy of test/Inputs, so that a fix in a header stays in it."""

    def __init__(self, folder: pathlib.Path):
        self.folder = folder / "Inputs"
        shutil.copytree(TEST / "Inputs", self.folder)
        self.flags = ["-std=c++20", f"-I{self.folder}", f"-I{TEST.parent / 'runtime' / 'include'}"]
        self.times = self.read_times()

    def read_times(self) -> dict[pathlib.Path, int]:
        return {path: path.stat().st_mtime_ns for path in self.folder.rglob("*") if path.is_file()}

    def untouched(self) -> bool:
        return self.read_times() == self.times

    def restore(self) -> None:
        if not self.untouched():
            shutil.rmtree(self.folder)
            shutil.copytree(TEST / "Inputs", self.folder)


class Subject:
    """One file in a folder of its own, with what to run on it."""

    def __init__(self, tools, inputs: "Inputs", folder: pathlib.Path, name: str, text: str, options: list[str],
                 flags: list[str]):
        self.tools, self.inputs, self.options, self.text = tools, inputs, options, text
        folder.mkdir(parents=True)
        self.file = folder / name
        self.linted: dict[str | None, list[Message]] = {}  # by the text of the fixed file
        self.file.write_text(text)
        self.flags = flags

    def lint(self, *more: str) -> tuple[int, list[Message], str]:
        command = [self.tools.nostall, "--quiet", *self.options, *more, str(self.file), "--", *self.flags]
        run = subprocess.run(command, capture_output=True, text=True)
        output = run.stdout + run.stderr
        if run.returncode not in (CLEAN, FINDINGS, WRONG_USE, UNPARSED):
            raise Failure(f"nostall ended with {run.returncode}:\n{shlex.join(command)}\n{output}")
        return run.returncode, messages(run.stdout), output

    def compare(self, expected: list[Expected], said: list[Message]) -> list[str]:
        wrong = []
        left = list(said)
        for want in expected:
            if want.kind.startswith("fix"):
                continue
            match = next((m for m in left if m.kind == want.kind and m.line == want.line
                          and pathlib.Path(m.file) == self.file and want.text in m.text
                          and want.column in (None, m.column)), None)
            if match:
                left.remove(match)
            else:
                wrong.append(f"missing: {want}")
        return wrong + [f"unexpected: {m}" for m in left if m.kind != "note"]

    def check(self) -> None:
        expected = expectations(self.text)
        if not self.text.strip():
            raise Failure("the file is empty")
        status, said, output = self.lint()
        wrong = self.compare(expected, said)
        kinds = {e.kind for e in expected}
        due = UNPARSED if "error" in kinds else FINDINGS if "warning" in kinds else CLEAN
        if status != due and not wrong:
            wrong.append(f"nostall ended with {status}, not {due}")
        if wrong:
            raise Failure("\n".join(wrong) + "\nnostall said:\n" + output)
        # Without a finding there is nothing to fix, and --fix applies no more
        # than --fix-notes does.
        if "error" not in kinds and said and self.check_fixes("--fix-notes", expected):
            self.check_fixes("--fix", expected)

    def check_fixes(self, option: str, expected: list[Expected]) -> bool:
        """Holds the option to the comments; whether there was something to fix."""
        try:
            _, said, output = self.lint(option)
            fixed = self.file.read_text()
            wrong = self.compare_fixed(option, fixed, expected)
            if fixed != self.text and not wrong:
                wrong = self.lint_fixed(fixed, said)
            if wrong:
                raise Failure(f"after {option}:\n" + "\n".join(wrong) + f"\nthe file is then:\n{fixed}\nnostall said:\n{output}")
            return fixed != self.text or any(m.fixed for m in said)
        finally:
            self.file.write_text(self.text)
            self.inputs.restore()

    def compare_fixed(self, option: str, fixed: str, expected: list[Expected]) -> list[str]:
        """Whether each line is what its comment says; whether others are as they were."""
        if not any(e.kind.startswith("fix") for e in expected):
            return []
        due = {e.line: e.text for e in expected if e.kind == "fix"}
        if option == "--fix-notes":
            due |= {e.line: e.text for e in expected if e.kind == "fix-note"}
        additions = [e.text for e in expected if e.kind == "fix-adds"]
        lines = fixed.split("\n")
        at, wrong = 0, []
        for number, before in enumerate(self.text.split("\n"), 1):
            want = due.get(number, code(before))
            while at < len(lines) and code(lines[at]) != want and code(lines[at]) in additions:
                at += 1
            now = code(lines[at]) if at < len(lines) else "(the file's end)"
            if now != want:
                return wrong + [f"line {number} is: {now}\n  instead of: {want}"]
            at += 1
        wrong += [f"added: {line}" for line in lines[at:] if code(line) not in additions]
        return wrong

    def lint_fixed(self, fixed: str, said: list[Message]) -> list[str]:
        """The fixed file compiles, and says only what was said and not fixed."""
        # --fix mostly makes what --fix-notes made. A fix in a header is no part of that text.
        key = fixed if self.inputs.untouched() else None
        if key not in self.linted:
            status, messages, output = self.lint()
            if status == UNPARSED:
                return ["the fixed file does not compile:", output]
            self.linted[key] = messages
        again = self.linted.pop(key) if key is None else self.linted[key]
        remaining = [m for m in said if m.kind == "warning" and not m.fixed]
        wrong = []
        for message in again:
            if message.kind == "note":
                continue
            # Lines move when an include is added: the text has to do.
            match = next((m for m in remaining if m.text == message.text), None)
            if match:
                remaining.remove(match)
            else:
                wrong.append(f"the fixed file still says: {message}")
        return wrong + [f"a finding without a fix is gone: {m}" for m in remaining]


def blocks(page: pathlib.Path):
    """The ```cpp blocks of a page: first line, text, options."""
    lines = page.read_text().split("\n")
    start = options = None
    for number, line in enumerate(lines, 1):
        if start is None and line.startswith("```cpp"):
            start, options = number, shlex.split(line[len("```cpp"):])
        elif start is not None and line.startswith("```"):
            yield start, "\n".join(lines[start:number - 1]) + "\n", options
            start = None
    if start is not None:
        raise Failure(f"{page}:{start}: the block has no end")


def main() -> int:
    parser = argparse.ArgumentParser()
    parser.add_argument("--nostall", required=True)
    parser.add_argument("--clang", default="clang++-22")
    parser.add_argument("file", type=pathlib.Path)
    arguments = sys.argv[1:]
    flags = []
    if "--" in arguments:
        cut = arguments.index("--")
        arguments, flags = arguments[:cut], arguments[cut + 1:]
    tools, options = parser.parse_known_args(arguments)
    if not any(o.startswith("--checks") for o in options):
        options.append(f"--checks=-*,nostall-{tools.file.resolve().parent.name}")

    failed = 0
    with tempfile.TemporaryDirectory() as scratch:
        folder = pathlib.Path(scratch).resolve()
        try:
            inputs = Inputs(folder)
            flags = inputs.flags + flags
            text = tools.file.read_text()
            if tools.file.suffix == ".md":
                flags += precompile(tools.clang, '#include "page.h"\n', flags, folder / "prelude.pch")
                subjects = [(f"{tools.file.name}, block at line {start}",
                             (tools, inputs, folder / f"line-{start}", "block.cpp", text, options + more, flags))
                            for start, text, more in blocks(tools.file)]
                if not subjects:
                    raise Failure(f"{tools.file} has no ```cpp block")
            else:
                flags += precompile(tools.clang, text, flags, folder / "preamble.pch")
                subjects = [(tools.file.name,
                             (tools, inputs, folder / "file", tools.file.name, text, options, flags))]
        except Failure as failure:
            print(failure)
            return 1
        for title, subject in subjects:
            try:
                Subject(*subject).check()
            except Failure as failure:
                failed += 1
                print(f"{title}:\n{failure}\n")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
