"""The real programs of expected.toml, and how to lint one.

Every test in this folder starts here: `programs()` reads what is expected,
`lint()` runs nostall on one file and gives back what it printed as values.
The programs come from a Debian package and are read where it put them. A
missing package is an error with its name, never a skipped test: a suite that
passes because its input is not there tests nothing.
"""

import os
import re
import subprocess
import sys
import tomllib
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path

HERE = Path(__file__).resolve().parent
EXAMPLES = Path("/usr/share/doc/libboost1.81-doc/examples/libs")
STANDARD = ["-std=c++20"]

# The exit codes of `nostall`, as its users know them.
CLEAN, FINDINGS, MISUSE, UNPARSED = range(4)


@dataclass(frozen=True)
class Program:
    path: str
    flags: list[str]
    findings: list[dict]
    misses: list[dict]
    long: bool  # takes many seconds to parse, nearly all of them templates

    @property
    def file(self) -> Path:
        return EXAMPLES / self.path

    @property
    def text(self) -> str:
        return self.file.read_text()

    def flags_for(self, file: Path) -> list[str]:
        """Flags to parse `file`, the program itself or a variant elsewhere."""
        flags = STANDARD + [
            str(EXAMPLES / flag) if before == "-I" else flag
            for before, flag in zip([""] + self.flags, self.flags)
        ]
        return flags if file == self.file else flags + ["-I", str(self.file.parent)]


@dataclass
class Finding:
    file: str
    line: int
    column: int
    message: str
    check: str
    notes: list[tuple[str, int, str]] = field(default_factory=list)

    @property
    def words(self) -> str:
        return "\n".join([self.message] + [text for _, _, text in self.notes])

    def __str__(self) -> str:
        return f"{Path(self.file).name}:{self.line}:{self.column}: {self.message} [{self.check}]"


@dataclass
class Report:
    code: int
    findings: list[Finding]
    text: str


def programs(coroutines_only: bool = False) -> list[Program]:
    """All programs, or those whose text awaits something."""
    if not EXAMPLES.is_dir():
        sys.exit(f"error: {EXAMPLES} is missing; install Debian's libboost1.81-doc")
    table = tomllib.loads((HERE / "expected.toml").read_text())["program"]
    found = [
        Program(row["path"], row.get("flags", []), row.get("finding", []), row.get("miss", []), row.get("long", False))
        for row in table
    ]
    for row, program in zip(table, found):
        if bool(program.findings) == ("silent" in row):
            sys.exit(f"error: expected.toml: {program.path}: either `silent` or findings")
        if not program.file.is_file():
            sys.exit(f"error: {program.file} is missing; install Debian's libboost1.81-doc")
    return [p for p in found if not coroutines_only or "co_await" in p.text]


_DIAGNOSTIC = re.compile(
    r"^(?P<file>/[^:\n]+):(?P<line>\d+):(?P<column>\d+): "
    r"(?P<level>warning|error|note): (?P<message>.*?)(?: \[(?P<check>[\w.,-]+)\])?$"
)


def read_report(code: int, text: str) -> Report:
    findings: list[Finding] = []
    for line in text.splitlines():
        if not (match := _DIAGNOSTIC.match(line)):
            continue
        place = (match["file"], int(match["line"]))
        if match["level"] != "note":
            findings.append(
                Finding(*place, int(match["column"]), match["message"], match["check"] or "")
            )
        elif findings:
            findings[-1].notes.append((*place, match["message"]))
    return Report(code, findings, text)


def lint(nostall: str, file: Path, flags: list[str], *options: str) -> Report:
    """What nostall says of one file. A crash or wrong use ends the test here."""
    command = [nostall, *options, str(file), "--", *flags]
    run = subprocess.run(command, capture_output=True, text=True)
    if run.returncode not in (CLEAN, FINDINGS, UNPARSED):
        sys.exit(
            f"error: exit code {run.returncode} from {' '.join(command)}\n{run.stdout}{run.stderr}"
        )
    return read_report(run.returncode, run.stdout)


def in_parallel(work, items: list) -> list:
    """`work` on every item, one process a core, results in order."""
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        return list(pool.map(work, items))
