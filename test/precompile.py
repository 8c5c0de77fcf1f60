"""Precompiles what a source includes first, for tests that parse one source several times.

A variant of the source that is parsed with `precompile`'s flags still has its `#include` lines. They do nothing
then, because headers guard themselves.
"""

import pathlib
import re
import subprocess

# Comments, directives and empty lines.
_ABOVE_CODE = re.compile(r"\s*(//.*|/?\*.*|#.*)?$")


def preamble(text: str) -> str:
    """The text up to the last `#include` that stands above all code."""
    end, at = 0, 0
    for line in text.splitlines(keepends=True):
        at += len(line)
        if line.startswith("#include"):
            end = at
        elif not _ABOVE_CODE.match(line):
            break
    return text[:end]


def precompile(clang: str, text: str, flags: list[str], output: pathlib.Path) -> list[str]:
    """Writes the preamble of `text` to `output` and gives the flags that use it: none if it does not compile,
    because then the source says so itself."""
    header = output.with_suffix(".h")
    header.write_text(preamble(text))
    command = [clang, *flags, "-w", "-x", "c++-header", str(header), "-o", str(output)]
    made = subprocess.run(command, capture_output=True, text=True)
    return [] if made.returncode else ["-include-pch", str(output)]
