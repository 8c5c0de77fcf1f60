"""What nostall costs on whole programs, which are generated.

    program.py --nostall PATH --json FILE [--units N] [--sizes N,N,...] [--only WORD] [--work DIR]

- cold: N units of the standard library's headers, two at a time, against
  `clang++-22 -fsyntax-only` on the same files under `xargs -P2`;
- warm: the same again, nothing changed;
- header: one header changed, which five units include;
- memory: the peak of the run, by worker, against the compiler's on one unit;
- index: bytes a unit;
- growth: 100, 1000 and 10000 small units, each calling the next: CPU time a
  unit, the warm run, and `nostall link` on what `nostall map` wrote of them;
- chains of 10 to 100000 calls through ten units, one function with 50 to 200000
  calls, and one with 10 to 8000 tasks: CPU time, and how it grows.

Wall time is what users wait; it is as good as the machine is quiet. CPU time is
given beside it. Of 500 units, at 0.9 s of a processor each, the cold run and the
compiler's take some eight minutes each on two quiet cores.
"""

import argparse
import json
import math
import os
import pathlib
import random
import resource
import shutil
import subprocess
import sys
import tempfile
import time

HEADERS = [
    ["string", "vector", "map", "memory"],
    ["functional", "future", "thread", "mutex"],
    ["iostream", "sstream", "fstream"],
    ["algorithm", "unordered_map", "set", "deque"],
    ["chrono", "optional", "variant", "tuple"],
    ["filesystem", "regex"],
    ["random", "numeric", "complex"],
    ["coroutine", "span", "ranges", "string_view"],
]

TASK = """#pragma once
#include <coroutine>
struct task {
  struct promise_type {
    task get_return_object() { return {}; }
    std::suspend_always initial_suspend() { return {}; }
    std::suspend_always final_suspend() noexcept { return {}; }
    void return_void() {}
    void unhandled_exception() {}
  };
  bool await_ready() { return false; }
  void await_suspend(std::coroutine_handle<>) {}
  void await_resume() {}
};
"""

FLAGS = ["-std=c++20", "-I."]


class Run:
    """A command: its times, its peak memory in KiB, what it printed."""

    def __init__(self, command, folder, codes=(0, 1)):
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        began = time.monotonic()
        with tempfile.TemporaryFile("w+") as output:
            process = subprocess.Popen(command, cwd=folder, stdout=output, stderr=subprocess.STDOUT)
            _, status, usage = os.wait4(process.pid, 0)
            self.wall = time.monotonic() - began
            output.seek(0)
            self.output = output.read()
        if os.waitstatus_to_exitcode(status) not in codes:
            sys.exit(f"bench: {command}\nended with {status}:\n{self.output[-3000:]}")
        self.cpu = usage.ru_utime + usage.ru_stime
        self.memory = usage.ru_maxrss


def write_commands(folder, names):
    commands = [{"directory": str(folder), "file": n, "arguments": ["clang++-22", *FLAGS, "-c", n]} for n in names]
    (folder / "compile_commands.json").write_text(json.dumps(commands))


def write_real(folder, count):
    """Units of real headers; each has helpers, and a coroutine that calls another unit's."""
    choose = random.Random(1)
    (folder / "task.h").write_text(TASK)
    (folder / "five.h").write_text("#pragma once\ninline int five() { return 5; }\n")
    names = []
    for number in range(count):
        lines = ['#include "task.h"', "#include <unistd.h>"]
        lines += [f"#include <{h}>" for group in choose.sample(HEADERS, 3) for h in group]
        if number < 5:
            lines.append('#include "five.h"')
        following = (number + 1) % count
        lines.append(f"void helper{following}(int);")
        for part in range(20):
            lines.append(f"static int part{part}(int n) {{ int s = 0; for (int i = 0; i < n; ++i) s += i * {part + 1}; return s; }}")
        body = f"if (n) helper{following}(n - 1);" if number % 10 else "fsync(n);"
        lines.append(f"void helper{number}(int n) {{ {body} }}")
        lines.append(f"task serve{number}(int n) {{ part{number % 20}(n); helper{following}(n); co_return; }}")
        names.append(f"unit{number}.cpp")
        (folder / names[-1]).write_text("\n".join(lines) + "\n")
    write_commands(folder, names)
    return names


def write_small(folder, count):
    names = []
    for number in range(count):
        calls = "".join(f"void f{(number + step) % count}();" for step in (1, 7, 31))
        block = "void sleep_here();" if number else 'extern "C" unsigned sleep(unsigned); void sleep_here() { sleep(1); }'
        body = "".join(f" f{(number + step) % count}();" for step in (1, 7, 31))
        names.append(f"s{number}.cpp")
        text = f"{calls}\n{block}\nvoid f{number}() {{{body}{' sleep_here();' if number % 100 == 0 else ''} }}\n"
        (folder / names[-1]).write_text(text)
    write_commands(folder, names)
    return names


def write_chain(folder, length, units=10):
    """Function n calls n + 1, which is in the next unit."""
    parts = [[] for _ in range(units)]
    for n in range(length):
        last = 'extern "C" unsigned sleep(unsigned);\n' if n + 1 == length else f"void c{n + 1}();\n"
        call = "sleep(1);" if n + 1 == length else f"c{n + 1}();"
        parts[n % units].append(f"{last}void c{n}() {{ {call} }}")
    (folder / "task.h").write_text(TASK)
    parts[0].append('#include "task.h"\ntask serve() { c0(); co_return; }')
    names = []
    for number, part in enumerate(parts):
        names.append(f"chain{number}.cpp")
        (folder / names[-1]).write_text("\n".join(part) + "\n")
    write_commands(folder, names)
    return names


def write_calls(folder, count):
    (folder / "task.h").write_text(TASK)
    calls = "\n".join(f"  g{(n + 99) % 100}();" for n in range(count))
    declared = "\n".join(f"void g{n}();" for n in range(100))
    (folder / "calls.cpp").write_text(f'#include "task.h"\n{declared}\ntask serve() {{\n{calls}\n  co_return;\n}}\n')
    bodies = "\n".join(f"void g{n}() {{}}" for n in range(99))
    (folder / "bodies.cpp").write_text(f'extern "C" unsigned sleep(unsigned);\n{bodies}\nvoid g99() {{ sleep(1); }}\n')
    write_commands(folder, ["calls.cpp", "bodies.cpp"])
    return ["calls.cpp", "bodies.cpp"]


def write_statements(folder, count):
    """Calls that each ask of the whole function: errors, what made an object, whether anything fills a container."""
    (folder / "task.h").write_text(TASK)
    reads = "  recv(fd, to, 1, 0);\n" * (count // 3)
    others = "  log->flush();\n  none.clear();\n" * (count // 3)
    (folder / "statements.cpp").write_text(f'''#include "task.h"
#include <memory>
#include <sys/socket.h>
#include <unistd.h>
#include <vector>
struct slow {{ ~slow() {{ fsync(1); }} }};
struct journal {{
  explicit journal(bool quick) : quick(quick) {{}}
  void flush() {{ if (!quick) fsync(1); }}
  bool quick;
}};
void receive(int fd, char *to) {{
{reads}}}
task serve(int fd, char *to) {{
  auto log = std::make_unique<journal>(true);
  std::vector<slow> none;
{others}  receive(fd, to);
  co_return;
}}
''')
    write_commands(folder, ["statements.cpp"])
    return ["statements.cpp"]


def write_tasks(folder, count):
    """Tasks that are all alive over as many branches, some of them given another task there."""
    (folder / "task.h").write_text(TASK.replace("struct task {", "struct [[nodiscard]] task {"))
    made = "\n".join(f"  task t{n} = save();\n  if (ask({n})) {'t0 = save()' if n % 2 else 'log()'};" for n in range(count))
    awaited = "\n".join(f"  co_await t{n};" for n in range(count))
    (folder / "tasks.cpp").write_text(f'''#include "task.h"
extern "C" unsigned sleep(unsigned);
task save();
bool ask(int);
void log();
task serve() {{
{made}
{awaited}
  sleep(1);
}}
''')
    write_commands(folder, ["tasks.cpp"])
    return ["tasks.cpp"]


# What grows with the size is linear if a piece of the largest program costs no
# more than this, of what it costs in one of medium size.
LINEAR = 1.25
# Or, where sizes differ by more, if its cost grows with no higher power of them:
# n log n has 1.1 here, and n squared has 2.
EXPONENT = 1.1


class Bench:
    def __init__(self, options):
        self.options = options
        self.results = {}

    def folder(self, name):
        folder = pathlib.Path(self.options.work) / name
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)
        return folder.resolve()

    def lint(self, folder, *extra):
        return Run([self.options.nostall, "-p", ".", "-j", "2", "--verbose", "--config={}", *extra, "."], folder)

    def compile(self, folder, names):
        (folder / "names").write_text("\n".join(names))
        command = f"xargs -a names -P2 -n1 clang++-22 -fsyntax-only {' '.join(FLAGS)}"
        return Run(["sh", "-c", command], folder)

    def tell(self, what, got, target=None, unit="", **more):
        holds = target is None or got <= target
        self.results[what] = {"value": round(got, 4), "target": target, "holds": holds, **more}
        verdict = "" if target is None else f"{'holds' if holds else 'MISSED':>7} (<= {target:g}{unit})"
        beside = "  ".join(f"{name} {value:.6g}" for name, value in more.items())
        print(f"{what:44} {got:10.4g}{unit:4}{verdict:20} {beside}", flush=True)

    def real(self):
        folder, count = self.folder("real"), self.options.units
        names = write_real(folder, count)
        Run(["clang++-22", "-fsyntax-only", *FLAGS, names[0]], folder)  # into the page cache
        # One half each in turn, so that both see the same machine.
        halves = [names[: count // 2], names[count // 2 :]]
        clang = [self.compile(folder, halves[0])]
        cold = self.lint(folder)
        clang.append(self.compile(folder, halves[1]))
        wall, cpu = sum(c.wall for c in clang), sum(c.cpu for c in clang)
        self.tell("cold: wall time over the compiler's", cold.wall / wall, 1.05, "x", clang=wall, nostall=cold.wall)
        self.tell("cold: CPU time over the compiler's", cold.cpu / cpu, None, "x", clang=cpu, nostall=cold.cpu)
        warm = min((self.lint(folder) for _ in range(5)), key=lambda r: r.wall)
        assert f"0 of {count} files parsed" in warm.output, warm.output[-500:]
        self.tell("warm: nothing changed, wall", warm.wall, 0.5, "s", cpu=warm.cpu)
        (folder / "five.h").write_text("#pragma once\ninline int five() { return 6; }\n")
        header = self.lint(folder)
        read = int(header.output.split(f" of {count} files parsed")[0].split()[-1])
        assert read >= 5, "a unit that has changed is not read"
        self.tell("header: units read of five that include it", read, 5, "", wall=header.wall)
        peak = max(Run(["clang++-22", "-fsyntax-only", *FLAGS, n], folder).memory for n in names[:8])
        self.tell("memory: peak by worker over the compiler's", cold.memory / 2 / peak, 1.15, "x", mib=cold.memory / 1024)
        size = sum(f.stat().st_size for f in (folder / ".nostall").iterdir() if f.is_file())
        self.tell("index: KiB a unit", size / 1024 / count, 50, "KiB")

    def growth(self):
        each = {"cold": [], "warm": [], "link": []}
        for count in self.options.sizes:
            folder = self.folder(f"small{count}")
            names = write_small(folder, count)
            cold, warm = self.lint(folder), self.lint(folder)
            each["cold"].append(cold.cpu / count)
            each["warm"].append(warm.cpu / count)
            self.tell(f"growth, {count} units: cold, CPU ms a unit", cold.cpu / count * 1000, None, "ms", wall=cold.wall, mib=cold.memory / 1024)
            self.tell(f"growth, {count} units: warm, wall ms a unit", warm.wall / count * 1000, 1, "ms", wall=warm.wall, mib=warm.memory / 1024)
            maps = folder / "maps"
            maps.mkdir()
            (folder / "names").write_text("\n".join(n[:-4] for n in names))
            command = f"xargs -a names -P2 -I% '{self.options.nostall}' map --root=. -o maps/%.map %.cpp -- {' '.join(FLAGS)}"
            mapped = Run(["sh", "-c", command], folder)
            (folder / "params").write_text("\n".join(f"maps/{n[:-4]}.map" for n in names))
            linked = Run([self.options.nostall, "link", "--root=.", "@params"], folder)
            each["link"].append(linked.cpu / count)
            size = sum(f.stat().st_size for f in maps.iterdir())
            self.tell(f"growth, {count} units: map, CPU ms a unit", mapped.cpu / count * 1000, None, "ms", bytes=size / count)
            self.tell(f"growth, {count} units: link, CPU us a unit", linked.cpu / count * 1e6, None, "us", seconds=linked.cpu, mib=linked.memory / 1024)
        for what, costs in each.items():
            self.tell_growth(f"{what}, a unit", costs)

    def shapes(self):
        for what, write, sizes in (("a chain of", write_chain, (10, 1000, 10000, 100000)), ("calls in one function:", write_calls, (50, 5000, 50000, 200000)),
                                   ("calls that ask of their function:", write_statements, (60, 6000, 30000, 120000)),
                                   ("tasks alive at once:", write_tasks, (10, 500, 2000, 8000))):
            costs = []
            for size in sizes:
                folder = self.folder(f"{write.__name__}{size}")
                names = write(folder, size)
                clang = self.compile(folder, names)
                cold = min((self.lint_anew(folder) for _ in range(3)), key=lambda r: r.cpu)
                assert "warning: call to" in cold.output, cold.output[-500:]
                costs.append(cold.cpu)
                self.tell(f"{what} {size}: CPU time over the compiler's", cold.cpu / clang.cpu, None, "x", clang=clang.cpu, nostall=cold.cpu, us_each=cold.cpu / size * 1e6)
            # Without what the smallest costs, which is to start at all.
            larger = math.log((costs[-1] - costs[0]) / (costs[-2] - costs[0]), sizes[-1] / sizes[-2])
            self.tell(f"growth, {what.rstrip(':')}: the power of the size", larger, EXPONENT)

    def lint_anew(self, folder):
        shutil.rmtree(folder / ".nostall", ignore_errors=True)
        return self.lint(folder)

    def tell_growth(self, what, costs):
        if len(costs) > 1:
            self.tell(f"growth, {what}: the largest over the medium", costs[-1] / costs[-2], LINEAR, "x")


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--nostall", required=True)
    parser.add_argument("--json", required=True, type=pathlib.Path)
    parser.add_argument("--units", type=int, default=500)
    parser.add_argument("--sizes", default="100,1000,10000", help="numbers of small units")
    parser.add_argument("--only", default="", help="real, growth or shapes")
    parser.add_argument("--work", default="")
    options = parser.parse_args()
    options.sizes = [int(size) for size in options.sizes.split(",")]
    with tempfile.TemporaryDirectory() as work:
        options.work = options.work or work
        options.nostall = str(pathlib.Path(options.nostall).resolve())
        bench = Bench(options)
        for part in (bench.real, bench.growth, bench.shapes):
            if options.only in part.__name__:
                part()
    missed = [what for what, result in bench.results.items() if not result["holds"]]
    targets = sum(result["target"] is not None for result in bench.results.values())
    print(f"\n{targets - len(missed)} of {targets} targets hold" + "".join(f"\n  missed: {what}" for what in missed))
    options.json.parent.mkdir(parents=True, exist_ok=True)
    known = json.loads(options.json.read_text()) if options.json.exists() else {}
    options.json.write_text(json.dumps(known | {"programs": bench.results}, indent=2) + "\n")


if __name__ == "__main__":
    main()
