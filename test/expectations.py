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


class Subject:
    """One file in a folder of its own, with what to run on it."""

    def __init__(self, tools, folder: pathlib.Path, name: str, text: str, options: list[str], flags: list[str]):
        self.tools, self.folder, self.options, self.text = tools, folder, options, text
        folder.mkdir(parents=True)
        # Copies, so that a fix in a header stays in this folder.
        shutil.copytree(TEST / "Inputs", folder / "Inputs")
        self.file = folder / name
        self.file.write_text(text)
        self.flags = ["-std=c++20", f"-I{folder / 'Inputs'}", f"-I{TEST.parent / 'runtime' / 'include'}", *flags]

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
            shutil.rmtree(self.folder / "Inputs")
            shutil.copytree(TEST / "Inputs", self.folder / "Inputs")

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
        compiled = subprocess.run([self.tools.clang, "-fsyntax-only", *self.flags, str(self.file)],
                                  capture_output=True, text=True)
        if compiled.returncode:
            return ["the fixed file does not compile:", compiled.stderr]
        remaining = [m for m in said if m.kind == "warning" and not m.fixed]
        wrong = []
        for message in self.lint()[1]:
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
            if tools.file.suffix == ".md":
                prelude = ["-include", str(TEST / "Inputs" / "page.h")]
                subjects = [(f"{tools.file.name}, block at line {start}",
                             (tools, folder / f"line-{start}", "block.cpp", text, options + more,
                              flags + prelude))
                            for start, text, more in blocks(tools.file)]
                if not subjects:
                    raise Failure(f"{tools.file} has no ```cpp block")
            else:
                subjects = [(tools.file.name, (tools, folder / "file", tools.file.name,
                                               tools.file.read_text(), options, flags))]
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
