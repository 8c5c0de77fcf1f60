"""docs/what-is-blocking.md lists the categories that nostall knows, in its order.

Those that its table calls on are the default of the check's option, as the
check's page has it and as the check reports.
"""

import argparse
import pathlib
import re
import subprocess
import sys
import tempfile

TOP = pathlib.Path(__file__).resolve().parents[2]


def known(nostall: str) -> list[str]:
    """From the message about a model with a category that there is not."""
    with tempfile.TemporaryDirectory() as scratch:
        folder = pathlib.Path(scratch)
        (folder / ".nostall.yaml").write_text("functions:\n  - {name: f, blocks: nothing}\n")
        (folder / "empty.cpp").write_text("\n")
        run = subprocess.run([nostall, str(folder / "empty.cpp"), "--", "-std=c++20"], capture_output=True, text=True)
    listed = re.search(r"unknown category 'nothing'; expected one of: (.*)", run.stderr)
    return listed[1].split(", ") if listed else []


def reported(nostall: str, categories: list[str]) -> list[str]:
    lines = ["#include <nostall/annotations.h>", '#include "co.h"']
    lines += [f"NOSTALL_BLOCKING({c}) void f{n}();" for n, c in enumerate(categories)]
    lines += ["co::task<> all_of_them() {", *[f"  f{n}();" for n in range(len(categories))], "  co_return;", "}"]
    with tempfile.TemporaryDirectory() as scratch:
        file = pathlib.Path(scratch) / "all.cpp"
        file.write_text("\n".join(lines))
        run = subprocess.run([nostall, "--quiet", str(file), "--", "-std=c++20", f"-I{TOP}/test/Inputs",
                              f"-I{TOP}/runtime/include"], capture_output=True, text=True)
    return re.findall(r"the event loop \(([a-z-]+)\)", run.stdout)


def main() -> int:
    parser = argparse.ArgumentParser()
    parser.add_argument("--nostall", required=True)
    nostall = parser.parse_args().nostall

    rows = re.findall(r"^\| `([a-z-]+)` \|.*\| (on|off) \|$", (TOP / "docs/what-is-blocking.md").read_text(), re.M)
    page = (TOP / "checks/blocking-call/blocking-call.md").read_text()
    option = re.search(r"^\| `Categories` \| `([^`]*)`", page, re.M)
    on = [name for name, state in rows if state == "on"]
    names = known(nostall)
    wrong = 0
    for what, has, wants in [("docs/what-is-blocking.md's table", [name for name, _ in rows], names),
                             ("the page's default", option[1].split(";") if option else [], on),
                             ("the check", reported(nostall, names), on)]:
        if has != wants:
            wrong = 1
            print(f"{what} has {has}\n  and should have {wants}")
    return wrong


if __name__ == "__main__":
    sys.exit(main())
