"""Holds `clang-tidy -load=libnostall-tidy.so` to the output of nostall, line by line.

    same_findings.py --nostall PATH --clang-tidy PATH --plugin PATH FILE... [-- flags]
"""

import argparse
import difflib
import re
import subprocess
import sys


def shown(output: str) -> list[str]:
    """The lines, without the numbers of the source lines that are quoted: clang-tidy
    counts from the #include that a fix adds, if there is one (report/Text.cpp)."""
    return [re.sub(r"^ *\d+ \|", "|", line) for line in output.split("\n")]


def main() -> int:
    arguments, flags = sys.argv[1:], []
    if "--" in arguments:
        cut = arguments.index("--")
        arguments, flags = arguments[:cut], arguments[cut + 1:]
    parser = argparse.ArgumentParser()
    for name in ("--nostall", "--clang-tidy", "--plugin"):
        parser.add_argument(name, required=True)
    parser.add_argument("files", nargs="+")
    tools = parser.parse_args(arguments)

    findings, wrong = 0, []
    for file in tools.files:
        ours = subprocess.run([tools.nostall, "--quiet", file, "--", *flags], capture_output=True, text=True)
        theirs = subprocess.run([tools.clang_tidy, f"-load={tools.plugin}", "--checks=-*,nostall-*", "--quiet",
                                 "--config={}", file, "--", *flags], capture_output=True, text=True)
        if ours.returncode > 1 or theirs.returncode:
            wrong.append(f"{file}: nostall ended with {ours.returncode}, clang-tidy with {theirs.returncode}\n"
                         f"{ours.stderr}{theirs.stderr}")
        findings += ours.stdout.count(": warning: ")
        wrong += difflib.unified_diff(shown(ours.stdout), shown(theirs.stdout),
                                      f"{file}, nostall", "clang-tidy", lineterm="")
    print("\n".join(wrong))
    print(f"{len(tools.files)} files, {findings} findings")
    return 1 if wrong or not findings else 0


if __name__ == "__main__":
    sys.exit(main())
