"""What nostall costs: one file, against the compiler's own parse of it.

    run.py --nostall PATH --json FILE [--rounds N] [--only WORD]

For each file the two commands run in turn, N times: `clang++-22 -fsyntax-only`
and `nostall` with all checks, with the same flags. Compared are user and system
time together, which other work on the machine disturbs least; the figure is the
median of the ratios of neighbours, and with it the range that holds the middle
half of them. Nothing is cached by either.
"""

import argparse
import json
import os
import pathlib
import resource
import statistics
import subprocess
import sys

HERE = pathlib.Path(__file__).resolve().parent
EXAMPLES = pathlib.Path("/usr/share/doc/libboost1.81-doc/examples/libs")
BEAST = EXAMPLES / "beast/example/advanced/server-flex-awaitable/advanced_server_flex_awaitable.cpp"

# (what it stands for, file, flags, target)
CASES = [
    ("an Asio server", EXAMPLES / "asio/example/cpp20/coroutines/chat_server.cpp", [], 1.05),
    ("no coroutine, <regex> and <iostream>", HERE / "plain.cpp", [], 1.01),
    ("templates: Beast, SSL, WebSocket", BEAST, ["-I", str(EXAMPLES / "beast"), "-include", "list"], 1.05),
]


def cpu_seconds(command: list[str]) -> float:
    """User and system time of a command that must not fail."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    run = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    if run.returncode not in (0, 1):
        sys.exit(f"bench: {' '.join(command)}\nended with {run.returncode}:\n{run.stdout}")
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def peak_memory(command: list[str]) -> int:
    """Peak resident size in KiB."""
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    return os.wait4(process.pid, 0)[2].ru_maxrss


def measure(nostall: str, file: pathlib.Path, flags: list[str], rounds: int) -> dict:
    flags = ["-std=c++20", *flags]
    compiler = ["clang++-22", "-fsyntax-only", *flags, str(file)]
    linter = [nostall, "--quiet", "--config={}", str(file), "--", *flags]
    for command in (compiler, linter):
        cpu_seconds(command)  # the files into the page cache
    pairs = []
    for turn in range(rounds):
        # Who goes first changes: the second finds a warmer or a busier machine.
        first, second = (compiler, linter) if turn % 2 else (linter, compiler)
        times = {id(first): cpu_seconds(first), id(second): cpu_seconds(second)}
        pairs.append((times[id(compiler)], times[id(linter)]))
    ratios = sorted(theirs / ours for ours, theirs in pairs)
    return {
        "clang_seconds": round(statistics.median(c for c, _ in pairs), 3),
        "nostall_seconds": round(statistics.median(n for _, n in pairs), 3),
        "ratio": round(statistics.median(ratios), 4),
        "middle_half": [round(ratios[len(ratios) // 4], 4), round(ratios[-len(ratios) // 4], 4)],
        "rounds": rounds,
        "memory_ratio": round(peak_memory(linter) / peak_memory(compiler), 3),
    }


def bar(ratio: float) -> str:
    """The ratio from 0.90 to 1.10, with a mark at 1."""
    cells = [" "] * 41
    cells[20] = "|"
    cells[max(0, min(40, round((ratio - 0.9) * 200)))] = "#"
    return "".join(cells)


def main() -> int:
    parser = argparse.ArgumentParser()
    parser.add_argument("--nostall", required=True)
    parser.add_argument("--json", required=True, type=pathlib.Path)
    parser.add_argument("--rounds", type=int, default=15)
    parser.add_argument("--only", default="")
    options = parser.parse_args()

    results = {}
    print(f"CPU time of nostall over clang++-22 -fsyntax-only, median of {options.rounds} pairs; memory beside it\n")
    print(f"{'file':38} {'clang':>7} {'nostall':>8} {'ratio':>7} {'target':>7}         {'memory':>6}  0.90 {' ' * 11}1.00{' ' * 13}1.10")
    for what, file, flags, target in CASES:
        if options.only not in what:
            continue
        if not file.exists():
            sys.exit(f"bench: {file} is missing; apt-get install libboost1.81-doc")
        got = results[what] = measure(options.nostall, file, flags, options.rounds) | {"target": target}
        got["holds"] = got["ratio"] <= target
        print(f"{what:38} {got['clang_seconds']:6.2f}s {got['nostall_seconds']:7.2f}s {got['ratio']:7.3f} {target:7.2f} "
              f"{'holds ' if got['holds'] else 'MISSED'} {got['memory_ratio']:7.2f}  [{bar(got['ratio'])}]", flush=True)
    options.json.parent.mkdir(parents=True, exist_ok=True)
    known = json.loads(options.json.read_text()) if options.json.exists() else {}
    options.json.write_text(json.dumps(known | {"one file": results}, indent=2) + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
