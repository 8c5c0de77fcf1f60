#!/usr/bin/env python3
"""Runs the runtime's benchmarks beside the floor and the peers, and judges.

usage: run.py BUILD_DIR [--rounds N] [--json FILE] [--cases a,b,...]

Builds the benchmarks there first, optimised, with clang++-22 if it is installed.

Every round calls each contender once, one after the other, so that whatever else
the machine does meets all alike. Figures are medians of CPU nanoseconds an
operation, but for bytes, seconds, and the lateness of timers: that is by the clock, below
zero if a timer was early, and of the best round, since a busy machine makes anybody late.
Cases m, n, q and r have their floor in the same run (edges.cpp): what they shall cost little more than.
The targets were set on another day, on another machine perhaps: a target holds when the
ratio to the floor is within the target's ratio to the floor of that day. The umbrella header
has no floor; there it is the ratio to Boost.Asio's header. What has neither, and bytes,
which are the same everywhere, are held against the figure itself. What the floor leaves out is said in floor.cpp.
"""
import argparse
import json
import os
import shutil
import statistics
import subprocess
import sys
import time

HERE = os.path.dirname(os.path.abspath(__file__))
# case: (letter, what, target, floor of the day on which it was set)
CASES = {
    "await_elided": ("a", "await a leaf, elided", 6, 3.0),
    "await": ("a", "await a leaf", 11, 7.1),
    "chain": ("a2", "chain of awaits, a frame", 12, 7.7),
    "yield": ("b", "100 tasks yield in turn", 8, 3.4),
    "spawn": ("c", "create_task x1000, join", 30, 8.8),
    "spawn_one": ("c1", "create_task, await it", 40, 9.6),
    "sleep": ("d", "100k sleeps over 100 ms", 700, 570),
    "late": ("d", "median lateness (us)", 100, None),
    "echo_1": ("e", "echo 64 B, 1 connection", None, 1.08),
    "echo_100": ("e", "echo 64 B, 100 connections", None, 1.08),
    "thread": ("f", "to_thread and back", None, 1.15),
    "thread_bulk": ("f", "to_thread in bulk, a call", 150, 118),
    "process": ("g", "process pool, there and back", 10_000, 4_600),
    "process_pipelined": ("g", "process pool, pipelined", 4_000, 1_800),
    "process_mebibyte": ("g", "process pool, 1 MiB echoed", 400_000, 222_000),
    "process_death": ("g2", "worker killed, seen after (ns)", 1_000_000, None),
    "parked": ("h", "memory of a parked task (bytes)", 200, None),
    "cancel": ("i", "cancel a parked task, join", 2600, 1840),
    "wait_for": ("j", "wait_for that does not expire", 100, None),
    "watchdog": ("k", "stall watchdog, a step", 1.5, None),
    "yield_idle": ("m", "yield, one idle descriptor", None, 3.0),
    "backlog": ("n", "process pool, 40 000 calls wait", None, 1.5),
    "push_on": ("o", "an idle timeout is pushed on", 20, None),
    "cancel_quiet": ("p", "a wait out of time, no throw", 300, None),
    "uncontended": ("q", "a free lock, co_await", None, 3.0),
    "budget": ("r", "the budget of a step, a wait", None, 1.5),
    "header": ("l", "umbrella header (CPU s)", 1.2, None),
}
# case: a peer that stands in for the floor, and what it took on the day of the target
STAND_INS = {"header": ("asio", 2.1)}
ECHO_MESSAGES = 200_000
# Of programs of their own; the floor of edges.cpp is what its case shall be near to.
PROGRAMS = {"yield_idle": "edges_", "backlog": "edges_", "push_on": "edges_",
            "cancel_quiet": "edges_", "uncontended": "edges_", "budget": "edges_"}
# Threads and processes hand over to each other: both ends on one core, since wake-ups
# across a virtual machine's cores cost whatever the host likes.
PINNED = {"thread": "offload_", "thread_bulk": "offload_", "process": "process_",
          "process_pipelined": "process_", "process_mebibyte": "process_",
          "process_death": "process_"}


def python():
    """Debian's own Python: the one that python3-uvloop belongs to."""
    return "/usr/bin/python3" if os.path.exists("/usr/bin/python3") else None


def value(command):
    try:
        out = subprocess.run(command, capture_output=True, text=True, timeout=300)
        return float(out.stdout.split()[-1]) if out.returncode == 0 else None
    except (OSError, ValueError, IndexError, subprocess.TimeoutExpired):
        return None


def echo(build, server, connections):
    """Server and client on one core, so that no wake-up crosses cores."""
    path = os.path.join(build, "bench-echo_" + server)
    if not os.path.exists(path):
        return None
    pin = ["taskset", "-c", "0"] if shutil.which("taskset") else []
    with subprocess.Popen(pin + [path, str(connections)],
                          stdout=subprocess.PIPE, text=True) as s:
        port = s.stdout.readline().strip()
        subprocess.run(pin + [os.path.join(build, "bench-echo_client"), port,
                              str(connections), str(ECHO_MESSAGES)], timeout=300)
        out = s.communicate(timeout=60)[0]
    return float(out.split()[-1]) if s.returncode == 0 else None


def header(compiler, name):
    """CPU seconds of a file that includes nothing else; None: it is not there."""
    include = os.path.join(HERE, "..", "include")
    before = os.times()
    if subprocess.run([compiler, "-std=c++20", "-I", include, "-fsyntax-only", "-x", "c++",
                       "-"], input=f"#include <{name}>\n", text=True,
                      stderr=subprocess.DEVNULL).returncode:
        return None
    after = os.times()
    return (after.children_user - before.children_user +
            after.children_system - before.children_system)


def prepare(directory):
    compiler = shutil.which("clang++-22") or "c++"
    quiet = {"check": True, "stdout": subprocess.DEVNULL}
    subprocess.run(["cmake", "-S", os.path.join(HERE, ".."), "-B", directory,
                    "-G", "Ninja", "-DCMAKE_BUILD_TYPE=Release",
                    "-DCMAKE_CXX_FLAGS_RELEASE=-O2 -DNDEBUG",
                    "-DCMAKE_CXX_COMPILER=" + compiler,
                    "-DNOSTALL_RUNTIME_TESTS=OFF", "-DNOSTALL_RUNTIME_BENCH=ON"],
                   **quiet)
    subprocess.run(["ninja", "-C", directory], **quiet)
    return os.path.join(directory, "bench")


def contender(build, name, case):
    if case.startswith("echo_"):
        return echo(build, name, int(case[5:]))
    if case == "header":
        what = {"nostall": "nostall/nostall.h", "asio": "boost/asio.hpp"}.get(name)
        return what and header(shutil.which("clang++-22") or "c++", what)
    pin = ["taskset", "-c", "0"] if case in PINNED and shutil.which("taskset") else []
    if name in ("asyncio", "uvloop"):
        return value(pin + [python(), os.path.join(HERE, "python_peer.py"), name, case])
    path = os.path.join(build, "bench-" + PINNED.get(case, PROGRAMS.get(case, "")) + name)
    return value(pin + [path, case]) if os.path.exists(path) else None


def holds(case, figures):
    ours, floor = figures.get("nostall"), figures.get("floor")
    _, _, target, day = CASES[case]
    if case in STAND_INS:
        peer, day = STAND_INS[case]
        floor = figures.get(peer)
    if ours is None:
        return None
    if target is None:
        return floor is not None and ours / floor <= day
    if floor and day:
        return 0 <= ours / floor <= target / day
    return 0 <= ours <= target


def main():
    p = argparse.ArgumentParser()
    p.add_argument("build")
    p.add_argument("--rounds", type=int, default=5)
    p.add_argument("--json")
    p.add_argument("--cases")
    o = p.parse_args()
    build = prepare(o.build)
    cases = o.cases.split(",") if o.cases else list(CASES)
    names = ["floor", "nostall", "asio", "libuv", "asyncio", "uvloop"]
    seen = {c: {n: [] for n in names} for c in cases}
    begin = time.time()
    for r in range(o.rounds):
        for c in cases:
            for n in names:
                # What was not there in the first round is not asked again.
                if r > 0 and not seen[c][n]:
                    continue
                v = contender(build, n, c)
                if v is not None:
                    seen[c][n].append(v)
        print(f"round {r + 1} of {o.rounds}, {time.time() - begin:.0f} s",
              file=sys.stderr)
    load = " ".join(f"{l:.1f}" for l in os.getloadavg())
    print(f"load average {load} on {os.cpu_count()} cores")
    print(f"{'':3} {'CPU ns an operation':32}" +
          "".join(f"{n:>10}" for n in names) + f"{'x floor':>9} {'target':>9}")
    result, missed = {}, []
    for c in cases:
        f = {n: (min if c == "late" else statistics.median)(v)
             for n, v in seen[c].items() if v}
        ok = holds(c, f)
        letter, what, target, day = CASES[c]
        ratio = (f["nostall"] / f["floor"]
                 if "nostall" in f and f.get("floor") else None)
        goal = f"{day}x" if target is None else f"{target:g}"
        print(f"{letter:3} {what:32}" +
              "".join(f"{f[n]:>10.5g}" if n in f else f"{'':>10}" for n in names) +
              (f"{ratio:>8.2f}x" if ratio else f"{'':>9}") +
              f" {goal:>9} {'holds' if ok else 'MISSED'}")
        result[c] = {"median": f, "ratio": ratio, "target": target, "holds": ok}
        if not ok:
            missed.append(f"{letter} ({what})")
    print("all targets hold" if not missed else "missed: " + ", ".join(missed))
    if o.json:
        with open(o.json, "w") as out:
            json.dump(result, out, indent=2)
    return 0


sys.exit(main())
