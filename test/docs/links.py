"""Follows every link of every page: the file is there, and so is the heading.

Links to other sites are not followed.
"""

import pathlib
import re
import subprocess
import sys

TOP = pathlib.Path(__file__).resolve().parents[2]
FENCE = re.compile(r"^```.*?^```", re.S | re.M)
CODE = re.compile(r"`[^`\n]*`")
LINK = re.compile(r"\]\(([^()\s]+)\)")
HEADING = re.compile(r"^#+ (.*)$", re.M)


def anchors(page: pathlib.Path) -> set[str]:
    """As GitHub makes them of headings."""
    found = set()
    for heading in HEADING.findall(FENCE.sub("", page.read_text())):
        words = re.sub(r"[^\w\- ]", "", heading.replace("`", "").lower())
        found.add(words.replace(" ", "-"))
    return found


def pages() -> list[pathlib.Path]:
    listed = subprocess.run(["git", "-C", TOP, "ls-files", "--cached", "*.md"], capture_output=True, text=True)
    if listed.returncode == 0:
        return [TOP / name for name in listed.stdout.split("\n") if name and (TOP / name).exists()]
    return [page for page in TOP.rglob("*.md") if "build" not in page.relative_to(TOP).parts]


def main() -> int:
    followed, wrong = 0, []
    for page in pages():
        text = FENCE.sub("", page.read_text())
        for target in LINK.findall(CODE.sub("``", text)):
            if re.match(r"[a-z]+:", target):
                continue
            followed += 1
            path, _, heading = target.partition("#")
            to = (page.parent / path).resolve() if path else page
            where = page.relative_to(TOP)
            if not to.exists():
                wrong.append(f"{where}: there is no {target}")
            elif heading and to.suffix == ".md" and heading not in anchors(to):
                wrong.append(f"{where}: {path or 'the page'} has no heading #{heading}")
    print(*wrong, f"{followed} links followed", sep="\n")
    return 1 if wrong or not followed else 0


if __name__ == "__main__":
    sys.exit(main())
