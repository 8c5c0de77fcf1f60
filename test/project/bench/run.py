"""What nostall costs: one file, against the compiler's own parse of it.

    run.py --nostall PATH --json FILE [--rounds N] [--only WORD]

Compared are `clang++-22 -fsyntax-only` and `nostall` with all checks, with the
same flags; nothing is cached by either. Two figures for each file:

- instructions of both, counted once: what a target is set on, because other work
  on the machine does not change it. `perf stat` counts them where the processor
  lets it, else Valgrind (a hundred times slower than the program);
- user and system time, N times in turn: the median of the ratios of neighbours,
  and the range that holds the middle half of them. What a user waits for, and
  what instructions leave out: memory, caches, the kernel.
"""

import argparse
import json
import os
import pathlib
import re
import resource
import shutil
import statistics
import subprocess
import sys
import tempfile

HERE = pathlib.Path(__file__).resolve().parent
EXAMPLES = pathlib.Path("/usr/share/doc/libboost1.81-doc/examples/libs")
BEAST = EXAMPLES / "beast/example/advanced/server-flex-awaitable/advanced_server_flex_awaitable.cpp"

# (what it stands for, file, flags, target for the ratio of instructions)
CASES = [
    ("an empty file: the start", HERE / "empty.cpp", [], 1.2),
    ("an Asio server", EXAMPLES / "asio/example/cpp20/coroutines/chat_server.cpp", [], 0.5),
    ("no coroutine, <regex> and <iostream>", HERE / "plain.cpp", [], 0.45),
    ("templates: Beast, SSL, WebSocket", BEAST, ["-I", str(EXAMPLES / "beast"), "-include", "list"], 0.15),
]


def cpu_seconds(command: list[str]) -> float:
    """User and system time of a command that must not fail."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    run = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    if run.returncode not in (0, 1):
        sys.exit(f"bench: {' '.join(command)}\nended with {run.returncode}:\n{run.stdout}")
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def perf_instructions(command: list[str]) -> int | None:
    """As the processor counts them; None where it does not, as in most virtual machines."""
    if not shutil.which("perf"):
        return None
    with tempfile.NamedTemporaryFile("r") as out:
        subprocess.run(["perf", "stat", "-x,", "-e", "instructions:u", "-o", out.name, *command],
                       stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        found = re.search(r"^(\d+),,instructions", out.read(), re.M)
    return int(found[1]) if found else None


def instructions(command: list[str]) -> int:
    """Instructions that a command and its children execute outside of the kernel."""
    if counted := perf_instructions(command):
        return counted
    run = subprocess.run(["valgrind", "--tool=cachegrind", "--cache-sim=no", "--trace-children=yes",
                          "--cachegrind-out-file=/dev/null", *command],
                         stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
    counts = re.findall(r"^==\d+== I +refs: +([\d,]+)$", run.stderr, re.M)
    if not counts:
        sys.exit(f"bench: valgrind cannot run {' '.join(command)}:\n{run.stderr}")
    return sum(int(count.replace(",", "")) for count in counts)


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
    clang_count, nostall_count = instructions(compiler), instructions(linter)
    return {
        "clang_instructions": clang_count,
        "nostall_instructions": nostall_count,
        "instruction_ratio": round(nostall_count / clang_count, 4),
        "clang_seconds": round(statistics.median(c for c, _ in pairs), 3),
        "nostall_seconds": round(statistics.median(n for _, n in pairs), 3),
        "ratio": round(statistics.median(ratios), 4),
        "middle_half": [round(ratios[len(ratios) // 4], 4), round(ratios[-len(ratios) // 4], 4)],
        "rounds": rounds,
        "memory_ratio": round(peak_memory(linter) / peak_memory(compiler), 3),
    }


def main() -> int:
    parser = argparse.ArgumentParser()
    parser.add_argument("--nostall", required=True)
    parser.add_argument("--json", required=True, type=pathlib.Path)
    parser.add_argument("--rounds", type=int, default=15)
    parser.add_argument("--only", default="")
    options = parser.parse_args()

    results = {}
    print(f"nostall over clang++-22 -fsyntax-only: instructions, CPU time (median of {options.rounds} pairs), memory\n")
    print(f"{'file':38} {'instructions':>12} {'target':>7}        {'CPU time':>8} {'middle half':>15} {'memory':>7}")
    for what, file, flags, target in CASES:
        if options.only not in what:
            continue
        if not file.exists():
            sys.exit(f"bench: {file} is missing; apt-get install libboost1.81-doc")
        got = results[what] = measure(options.nostall, file, flags, options.rounds) | {"target": target}
        got["holds"] = got["instruction_ratio"] <= target
        low, high = got["middle_half"]
        print(f"{what:38} {got['instruction_ratio']:12.3f} {target:7.2f} {'holds ' if got['holds'] else 'MISSED'} "
              f"{got['ratio']:8.3f} {low:8.3f}-{high:.3f} {got['memory_ratio']:7.2f}", flush=True)
    options.json.parent.mkdir(parents=True, exist_ok=True)
    known = json.loads(options.json.read_text()) if options.json.exists() else {}
    options.json.write_text(json.dumps(known | {"one file": results}, indent=2) + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
