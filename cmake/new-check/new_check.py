"""Makes a new check from the templates in this folder.

    new_check.py SOURCE ID

Afterwards the tree builds and passes its tests: the check reports functions
called `replace_me`, which its page and its test show. What is written by hand
from there on is the predicate, the message, the page and the tests.
"""

import pathlib
import re
import sys

TEMPLATES = pathlib.Path(__file__).resolve().parent


def stop(message: str):
    sys.exit(f"dev: {message}")


def add_row(file: pathlib.Path, row: str, like: str = "| [nostall-") -> None:
    """Adds a row behind the last check of the file's table."""
    lines = file.read_text().split("\n")
    rows = [n for n, line in enumerate(lines) if line.startswith(like)]
    if not rows:
        stop(f"{file} has no table of checks to add a row to")
    lines.insert(rows[-1] + 1, row)
    file.write_text("\n".join(lines))


def main(source: pathlib.Path, name: str) -> None:
    check = name.removeprefix("nostall-")
    if not re.fullmatch(r"[a-z][a-z0-9]*(-[a-z0-9]+)*", check):
        stop(f"'{name}' is no name for a check: it names the bad pattern in lower case with hyphens, as busy-loop does")
    if check.startswith(("no-", "avoid-")):
        stop(f"'{name}' says what to do; a check is named after the bad pattern, so that 'allow {check}' reads well")
    folder, tests = source / "checks" / check, source / "test" / "checks" / check
    for place in (folder, tests):
        if place.exists():
            stop(f"{place.relative_to(source)} exists already")

    words = {
        "@ID@": check,
        "@CLASS@": "".join(part.capitalize() for part in check.split("-")) + "Check",
    }

    def fill(template: str, target: pathlib.Path) -> None:
        text = (TEMPLATES / template).read_text()
        for word, value in words.items():
            text = text.replace(word, value)
        # The heading's ruler fills the line, however long the name is.
        first, _, rest = text.partition("\n")
        if first.endswith("@RULER@"):
            first = first.removesuffix("@RULER@")
            text = first + "-" * (76 - len(first)) + "===//\n" + rest
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(text)
        print(f"wrote {target.relative_to(source)}")

    fill("Check.cpp.in", folder / f"{words['@CLASS@']}.cpp")
    fill("page.md.in", folder / f"{check}.md")
    fill("test.cpp.in", tests / "first.cpp")
    fill("page.test.in", tests / "page.test")

    summary = "a function is called replace_me"
    with (source / "checks" / "checks.def").open("a") as table:
        table.write(f'NOSTALL_CHECK("nostall-{check}", {words["@CLASS@"]},\n              "{summary}",\n              "functions")\n')
    add_row(source / "docs" / "checks" / "index.md",
            f"| [nostall-{check}](../../checks/{check}/{check}.md) | {summary} | none | on |")
    add_row(source / "README.md", f"| [nostall-{check}](checks/{check}/{check}.md) | {summary} |")
    add_row(source / "docs" / "why.md",
            f"| [{check}](../checks/{check}/{check}.md) | functions | its name says something |", "| [")
    print("added a line to checks/checks.def and a row to docs/checks/index.md, docs/why.md and README.md")
    print(f"next: write checks/{check}/{check}.md; its code blocks are tests; then ./dev test --only {check}")


if __name__ == "__main__":
    if len(sys.argv) != 3:
        stop("new_check.py wants the source tree and a name")
    main(pathlib.Path(sys.argv[1]).resolve(), sys.argv[2])
