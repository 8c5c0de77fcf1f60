"""What nostall costs over a compiler that only parses: one file, cold.

    run.py --nostall PATH [--clang PATH] [--rounds N] [--json FILE]

Runs `clang++ -fsyntax-only` and `nostall` in turn, N rounds, on three real
files, and compares the medians of user+system time. Only the ratio counts: both
see the same machine in the same minute. Targets: docs and measures, 1.05 with
all checks on, 1.01 for a file without coroutines.
"""

import argparse
import json
import os
import resource
import statistics
import subprocess
import sys
from pathlib import Path

EXAMPLES = Path("/usr/share/doc/libboost1.81-doc/examples/libs")
BEAST = EXAMPLES / "beast/example"
CASES = [
    # name, file, flags beyond -std=c++20, target
    ("no coroutine: <regex>, <iostream>", Path(__file__).with_name("plain.cpp"), [], 1.01),
    ("Asio server", EXAMPLES / "asio/example/cpp20/coroutines/chat_server.cpp", [], 1.05),
    (
        "template-heavy Beast server",
        BEAST / "advanced/server-flex-awaitable/advanced_server_flex_awaitable.cpp",
        # The program forgets an #include that Boost 1.81 no longer gives it.
        ["-include", "list", f"-I{EXAMPLES / 'beast'}"],
        1.05,
    ),
]


def cpu_seconds(command):
    """User and system time of one run. A finding (exit 1) is no failure."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    run = subprocess.run(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    if run.returncode not in (0, 1):
        sys.exit(f"{' '.join(map(str, command))} failed:\n{run.stderr}")
    return after.ru_utime - before.ru_utime + after.ru_stime - before.ru_stime


def measure(nostall, clang, path, flags, rounds):
    compiler, linter = [], []
    flags = ["-std=c++20", *flags]
    for _ in range(rounds):
        compiler.append(cpu_seconds([clang, "-fsyntax-only", *flags, path]))
        linter.append(cpu_seconds([nostall, "--quiet", path, "--", *flags]))
    return compiler, linter


def bar(ratio):
    """Length: the ratio's part above 0.9, two characters a percent."""
    return "#" * max(0, round((ratio - 0.9) * 200))


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--nostall", required=True)
    parser.add_argument("--clang", default="clang++-22")
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--json", default="bench/linter.json")
    options = parser.parse_args()

    results = []
    print(f"{'file':36} {'clang s':>8} {'nostall s':>9} {'ratio':>6} {'target':>6}")
    for name, path, flags, target in CASES:
        if not path.exists():
            sys.exit(f"{path} is missing: apt-get install libboost1.81-doc libboost1.81-dev")
        compiler, linter = measure(options.nostall, options.clang, path, flags, options.rounds)
        ratio = statistics.median(linter) / statistics.median(compiler)
        holds = ratio <= target
        results.append(
            dict(case=name, clang=compiler, nostall=linter, ratio=ratio, target=target, holds=holds)
        )
        print(
            f"{name:36} {statistics.median(compiler):8.2f} {statistics.median(linter):9.2f} "
            f"{ratio:6.3f} {target:6.2f}  {'holds ' if holds else 'missed'} {bar(ratio)}",
            flush=True,
        )
    os.makedirs(os.path.dirname(options.json) or ".", exist_ok=True)
    Path(options.json).write_text(json.dumps(results, indent=1) + "\n")
    print(f"written to {options.json}")


main()
