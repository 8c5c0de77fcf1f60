"""Holds the demo and the words about it to what nostall says.

- demo/README.md has a table with a row a planted mistake (file, line of code,
  check). Exactly these are found.
- README.md shows parts of the demo's output, in its ```console block: each is
  printed, in that order; `...` stands for what is left out.
- What --fix-notes makes of the demo compiles, and has no more findings than
  demo/README.md says are left to the reader.
"""

import argparse
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile

TOP = pathlib.Path(__file__).resolve().parents[2]
ROW = re.compile(r"\| `([^`]+)` \| `([^`]+)` \| (nostall-[a-z-]+) \|")
FINDING = re.compile(r"^(\S+?):(\d+):\d+: warning: .*\[(nostall-[a-z-]+)\]$", re.M)
NUMBERS = {word: n for n, word in enumerate("no one two three four five six seven eight nine".split())}


def planted() -> set[tuple[str, int, str]]:
    rows = set()
    for file, code, check in ROW.findall((TOP / "demo/README.md").read_text()):
        lines = (TOP / "demo" / file).read_text().split("\n")
        at = [n for n, line in enumerate(lines, 1) if line.strip() == code]
        if len(at) != 1:
            sys.exit(f"demo/README.md: '{code}' stands {len(at)} times in {file}, not once")
        rows.add((file, at[0], check))
    return rows


def lint(nostall: str, folder: pathlib.Path, *options: str) -> str:
    run = subprocess.run([nostall, *options, str(folder)], capture_output=True, text=True)
    if run.returncode not in (0, 1):
        sys.exit(f"nostall ended with {run.returncode}:\n{run.stdout}{run.stderr}")
    return (run.stdout + run.stderr).replace(f"{folder}/", "demo/")


def found(output: str) -> set[tuple[str, int, str]]:
    return {(file.removeprefix("demo/"), int(line), check) for file, line, check in FINDING.findall(output)}


def check_capture(output: str) -> list[str]:
    block = re.search(r"```console\n(.*?)```", (TOP / "README.md").read_text(), re.S)
    if not block:
        return ["README.md has no ```console block"]
    # A terminal breaks long lines, and where it does is not asked for.
    printed, wrong, at = "".join(output.split()), [], 0
    for part in re.split(r"^\.\.\.$", block[1].removeprefix("$ ./dev lint\n"), flags=re.M):
        words = "".join(part.split())
        at = printed.find(words, at)
        if at < 0:
            wrong.append(f"README.md shows what nostall does not print, or not in this place:\n{part}")
            break
        at += len(words)
    return wrong


def left_to_the_reader() -> int:
    words = re.search(r"`--fix-notes`.*?\. The other (\w+) need", (TOP / "demo/README.md").read_text(), re.S)
    return NUMBERS[words[1]]


def main() -> int:
    parser = argparse.ArgumentParser()
    parser.add_argument("--nostall", required=True)
    parser.add_argument("--clang", required=True)
    tools = parser.parse_args()

    wrong = []
    output = lint(tools.nostall, TOP / "demo")
    expected, actual = planted(), found(output)
    wrong += [f"not found: {file}:{line}: {check}" for file, line, check in sorted(expected - actual)]
    wrong += [f"not in demo/README.md: {file}:{line}: {check}" for file, line, check in sorted(actual - expected)]
    wrong += check_capture(output)

    with tempfile.TemporaryDirectory() as scratch:
        fixed = pathlib.Path(scratch).resolve() / "demo"
        shutil.copytree(TOP / "demo", fixed)
        lint(tools.nostall, fixed, "--fix-notes")
        for file in sorted(fixed.glob("*.cpp")):
            compiled = subprocess.run([tools.clang, "-std=c++20", "-fsyntax-only", str(file)],
                                      capture_output=True, text=True)
            if compiled.returncode:
                wrong.append(f"fixed, {file.name} does not compile:\n{compiled.stderr}")
        left = found(lint(tools.nostall, fixed))
        if len(left) != left_to_the_reader():
            wrong.append(f"after --fix-notes {len(left)} findings are left: {sorted(left)}")
    print(*wrong, f"{len(expected)} planted, {len(actual)} found", sep="\n")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
