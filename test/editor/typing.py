"""Types into an open file, breaks it, mends it, and holds nostall-clangd to the findings of each state.

    typing.py --nostall PATH --clangd PATH
"""

import argparse
import pathlib
import subprocess
import sys
import tempfile

import lsp

TEST = pathlib.Path(__file__).resolve().parent.parent

WHOLE = """#include "co.h"
#include <unistd.h>
co::task<> f();
co::task<> g() {
  sleep(1);
  f();
  co_return;
}
"""

# Each state of the text, and the checks that have something to say in it.
STATES = [
    (WHOLE, ["nostall-blocking-call", "nostall-forgotten-co-await"]),
    (WHOLE.replace("  f();", "  co_await f();"), ["nostall-blocking-call"]),
    (WHOLE.replace("  f();\n  co_return;\n}\n", "  co_await f("), None),  # half-typed: anything but a crash
    (WHOLE.replace("co::task<> g() {", "co::task< g( {"), None),
    (WHOLE.replace("sleep(1)", "sl"), None),
    (WHOLE.replace("  sleep(1);\n", ""), ["nostall-forgotten-co-await"]),
    ("", []),
    (WHOLE, ["nostall-blocking-call", "nostall-forgotten-co-await"]),
]


def main() -> int:
    parser = argparse.ArgumentParser()
    parser.add_argument("--nostall", required=True)
    parser.add_argument("--clangd", required=True)
    options = parser.parse_args()
    wrong = []
    with tempfile.TemporaryDirectory() as scratch:
        folder = pathlib.Path(scratch).resolve()
        subprocess.run([options.nostall, "init"], cwd=folder, check=True, stdout=subprocess.DEVNULL)
        (folder / "compile_flags.txt").write_text(f"-std=c++20\n-I{TEST / 'Inputs'}\n")
        file = folder / "typed.cpp"
        server = lsp.Server([options.clangd, "--clang-tidy", "--log=error", "--background-index=false"], folder)
        for version, (text, checks) in enumerate(STATES, 1):
            file.write_text(text)
            said = [d["code"] for d in server.diagnose(file, version) if str(d.get("code")).startswith("nostall-")]
            if checks is not None and sorted(said) != sorted(checks):
                wrong.append(f"state {version}: {said}, not {checks}")
        status = server.close()
        if status:
            wrong.append(f"nostall-clangd ended with {status}")
    print("\n".join(wrong) or f"{len(STATES)} states")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
