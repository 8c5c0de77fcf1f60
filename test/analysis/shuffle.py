"""shuffle.py NOSTALL SOURCE: lints one program with its definitions in several
orders, and holds it to the same findings.

A finding is what is said and the text of its line. The definitions are those
that depend on each other in all the ways that a fixpoint has to follow.
"""

import random
import re
import subprocess
import sys

DECLARED = """#include "co.h"
#include <nostall/annotations.h>
#include <cerrno>
#include <sys/socket.h>
#include <unistd.h>
void spawn_worker(NOSTALL_RUNS_ON(worker) co::task<>);
static co::task<> walk(int), walk_root(), below(), both(), even(int), odd(int), circle_root();
co::task<> hands_on_both(), reads();
void start(), ping(int), pong(int), low(int), lower(int), conditional(bool), in_order(), in_other_order();
bool middle(int);
struct Base { virtual ~Base() = default; virtual void go() = 0; };
struct Heir : Base { void go() override; };
"""

DEFINITIONS = [
    "static co::task<> walk(int n) { sleep(1); if (n) co_await walk(n - 1); }",
    "static co::task<> walk_root() { co_await walk(3); }",
    "static co::task<> below() { sleep(2); co_return; }",
    "static co::task<> both() { co_await below(); }",
    "static co::task<> even(int n) { sleep(3); co_await odd(n - 1); }",
    "static co::task<> odd(int n) { sleep(4); co_await even(n - 1); }",
    "static co::task<> circle_root() { co_await odd(1); }",
    "co::task<> hands_on_both() { spawn_worker(both()); co_await both(); }",
    "void start() { spawn_worker(walk_root()); spawn_worker(circle_root()); }",
    "void ping(int n) { pong(n); sleep(5); }",
    "void pong(int n) { if (n) ping(n - 1); fsync(n); }",
    "void low(int fd) { char c; recv(fd, &c, 1, 0); lower(fd); }",
    "void lower(int fd) { fsync(fd); }",
    "bool middle(int fd) { low(fd); return errno == EAGAIN; }",
    "void conditional(bool wait) { if (wait) in_order(); else in_other_order(); }",
    "void in_order() { fsync(1); sleep(6); }",
    "void in_other_order() { sleep(7); fsync(2); }",
    "void Heir::go() { ping(1); }",
    "co::task<> reads() { middle(1); pong(1); in_order(); conditional(true); conditional(false); co_return; }",
    "co::task<> dispatches(Base &base) { base.go(); co_return; }",
]


def findings(nostall, source, definitions):
    lines = (DECLARED + "\n".join(definitions)).splitlines()
    with open("shuffled.cpp", "w") as out:
        out.write("\n".join(lines) + "\n")
    run = subprocess.run(
        [nostall, "--quiet", "--index=none", "shuffled.cpp", "--"]
        + ["-std=c++20", f"-I{source}/test/Inputs", f"-I{source}/runtime/include"],
        capture_output=True,
        text=True,
    )
    found = re.findall(r"^\S*shuffled\.cpp:(\d+):(\d+): warning: (.*)$", run.stdout, re.M)
    if not found:
        sys.exit(f"no findings at all:\n{run.stdout}{run.stderr}")
    return sorted((lines[int(line) - 1], column, text) for line, column, text in found)


def main():
    nostall, source = sys.argv[1:]
    first = findings(nostall, source, DEFINITIONS)
    told = " ".join(text for line, _, text in first)
    if "call to 'middle' blocks the event loop: it reaches 'fsync'" not in told or "sleep(2)" not in str(first):
        sys.exit(f"a finding is missing: {first}")
    orders = [DEFINITIONS[::-1]]
    for seed in range(4):
        orders.append(random.Random(seed).sample(DEFINITIONS, len(DEFINITIONS)))
    for order in orders:
        other = findings(nostall, source, order)
        if other != first:
            sys.exit("\n".join(["in this order:", *order, "instead of:", *map(str, first), "this:", *map(str, other)]))


main()
