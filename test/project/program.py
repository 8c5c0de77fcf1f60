"""Runs over a whole program that do not go straight: a part of it, a unit that never ends, Ctrl-C.

Nothing here waits for time to pass: where a run has to have come some way, the
index says so.
"""

import argparse
import json
import os
import pathlib
import pty
import re
import resource
import shutil
import signal
import sqlite3
import subprocess
import sys
import time
from typing import Iterator

from index import FILES, INPUTS, Program

# Never ends, and takes no memory.
ENDLESS = """constexpr unsigned count() {
  unsigned n = 0;
  for (unsigned i = 0; i != 4000000000u; ++i)
    n += i;
  return n;
}
static_assert(count() == 0);
"""
# Takes more of the stack than there is.
DEEP = "void f(int a) {\n  if (a) ;\n" + "  else if (a) ;\n" * 200_000 + "}\n"
# Never ends, and takes all the memory there is.
BOMB = """template <int Depth, int Path> struct Bomb {
  Bomb<Depth - 1, 2 * Path> left;
  Bomb<Depth - 1, 2 * Path + 1> right;
};
template <int Path> struct Bomb<0, Path> {};
Bomb<30, 0> start;
"""
ENDLESS_FLAGS = ["-fconstexpr-steps=4294967295"]


def fail(what: str):
    sys.exit(what)


def demand(condition: bool, what: str):
    if not condition:
        fail(what)


class Whole(Program):
    def __init__(self, nostall: str, work: pathlib.Path, **more: str):
        super().__init__(nostall, work)
        self.add(**more)

    def add(self, **more: str):
        """Another unit: its name without the suffix, and its text."""
        commands = json.loads((self.work / "compile_commands.json").read_text())
        for name, text in more.items():
            self.write(f"{name}.cpp", text)
            commands.append({**commands[0], "file": f"{name}.cpp",
                             "arguments": commands[0]["arguments"][:-1] + ENDLESS_FLAGS + [f"{name}.cpp"]})
        self.write("compile_commands.json", json.dumps(commands))

    def remove(self, name: str):
        commands = json.loads((self.work / "compile_commands.json").read_text())
        self.write("compile_commands.json", json.dumps([c for c in commands if c["file"] != name]))

    def tell(self, *arguments: str, code: int | None = None, **more) -> subprocess.CompletedProcess:
        run = subprocess.run([self.nostall, *arguments], cwd=self.work, capture_output=True, text=True, **more)
        if code is not None and run.returncode != code:
            fail(f"nostall {' '.join(arguments)} ended with {run.returncode}, not {code}:\n{run.stdout}{run.stderr}")
        demand("Stack dump" not in run.stderr and "#0" not in run.stderr, f"a stack is shown:\n{run.stderr}")
        return run

    def start(self, *arguments: str) -> subprocess.Popen:
        return subprocess.Popen([self.nostall, *arguments], cwd=self.work, stdout=subprocess.PIPE,
                                stderr=subprocess.PIPE, text=True)

    def wait_for_units(self, count: int, run: subprocess.Popen):
        """Until so many units are in the index."""
        path = self.work / ".nostall/index.db"
        while run.poll() is None:
            try:
                db = sqlite3.connect(f"file:{path}?mode=ro", uri=True)
                with db:
                    if db.execute("SELECT count(*) FROM units").fetchone()[0] >= count:
                        return
            except sqlite3.Error:
                pass  # not made yet
            time.sleep(0.01)
        fail(f"the run ended before its time:\n{run.communicate()}")


def start_on_terminal(p: Whole, *arguments: str) -> tuple[subprocess.Popen, Iterator[bytes]]:
    """A run whose standard error is a terminal, and what it writes there, piece by piece."""
    master, slave = pty.openpty()
    run = subprocess.Popen([p.nostall, *arguments], cwd=p.work, stdout=subprocess.PIPE, stderr=slave, text=True)
    os.close(slave)

    def pieces() -> Iterator[bytes]:
        while True:
            try:
                piece = os.read(master, 4096)
            except OSError:  # the other end is closed
                break
            if not piece:
                break
            yield piece
        os.close(master)
    return run, pieces()


def of(file: str, output: str) -> list[str]:
    """The warnings in \\p file."""
    return [line for line in output.splitlines() if re.match(rf"(?:.*/)?{file}:.*warning:", line)]


def a_part(p: Whole):
    """One file is linked with all that the index knows to be true."""
    demand(not of("serve.cpp", p.tell("serve.cpp", code=0).stdout), "nothing is known, and something is said")
    shutil.rmtree(p.work / ".nostall")
    whole = p.tell(".", code=1).stdout
    demand(len(of("serve.cpp", whole)) == 1 and len(of("other.cpp", whole)) == 1, f"the whole program:\n{whole}")
    one = p.tell("serve.cpp", code=1)
    demand(of("serve.cpp", one.stdout) == of("serve.cpp", whole), f"one file says\n{one.stdout}all say\n{whole}")
    demand(not of("other.cpp", one.stdout), "a file that nobody asked for is reported")
    demand("have changed" not in one.stderr, f"nothing is missing:\n{one.stderr}")
    # Another configuration has the same calls.
    other = p.tell("--checks=-*,nostall-blocking-call", "serve.cpp", code=1).stdout
    demand(of("serve.cpp", other) == of("serve.cpp", whole), "other checks, other calls")
    # What is not true any more does not count, and this is said.
    p.write("deep.cpp", FILES["deep.cpp"].replace("usleep(1)", "(void)0"))
    stale = p.tell("serve.cpp", code=0)
    demand("1 of the program's 3 other files have changed since they were last analysed" in stale.stderr, stale.stderr)
    (p.work.parent / "link").symlink_to(p.work)
    linked = p.tell("../link/serve.cpp", code=0)
    (p.work.parent / "link").unlink()
    demand("1 of the program's 3 other files" in linked.stderr, f"through a symbolic link:\n{linked.stderr}")
    p.tell("deep.cpp", code=0)
    demand("have changed" not in p.tell("serve.cpp", code=0).stderr, "it was read")
    p.write("deep.cpp", FILES["deep.cpp"])
    demand("other files" not in p.tell("--index=none", "serve.cpp", code=0).stderr, "no index is wanted")


def changed_since(p: Whole):
    """Findings in what changed, effects from everywhere; parsed, if need be."""
    def git(*arguments: str):
        subprocess.run(["git", "-c", "user.name=n", "-c", "user.email=n@example.org", *arguments], cwd=p.work,
                       check=True, capture_output=True)
    git("init", "-q")
    git("add", *(name for name in FILES), "compile_commands.json")
    git("commit", "-qm", "first")
    demand(p.tell("--changed-since=HEAD", ".", code=0).stdout == "", "nothing changed")
    shutil.rmtree(p.work / ".nostall")
    p.write("serve.cpp", FILES["serve.cpp"].replace("log_line();", "log_line(); // changed"))
    changed = p.tell("--changed-since=HEAD", "--verbose", "serve.cpp", code=1)
    demand(len(of("serve.cpp", changed.stdout)) == 1, f"the chain goes through files that nobody named:\n{changed}")
    demand("4 of 4 files parsed" in changed.stderr, changed.stderr)
    demand("0 of 4 files parsed" in p.tell("--changed-since=HEAD", "--verbose", "serve.cpp").stderr, "they are known now")
    demand(p.tell("--changed-since=HEAD", code=1).stdout == changed.stdout, "no name is all that changed")
    p.write("deep.cpp", "nonsense\n")
    broken = p.tell("--changed-since=HEAD", "serve.cpp", code=0)
    demand("other files could not be parsed" not in broken.stderr, "a file that does not compile is known")


def limits(p: Whole):
    """A unit that crashes, never ends or takes all memory costs itself."""
    quick = p.tell("--index=none", ".", code=1).stdout
    flags = ("--quiet", "--index=none")
    for text, options, said in [
        ("#pragma clang __debug crash\n", (), "clang 22 crashed on it"),
        ("#pragma clang __debug llvm_fatal_error\n", (), "clang 22 crashed on it"),
        (DEEP, (), "clang 22 crashed on it"),
        (BOMB, ("--unit-memory=200",), "it takes more memory than --unit-memory allows; allow more than 200 MiB"),
        # On one thread, so that another has to take over.
        (BOMB, ("--unit-timeout=1", "-j=1"), "it takes longer than --unit-timeout allows; allow more seconds than 1"),
        (ENDLESS, ("--unit-timeout=1", "-j=1"), "it takes longer than --unit-timeout allows"),
    ]:
        p.add(bad=text)
        run = p.tell(*flags, *options, ".", code=3)
        demand(run.stdout == quick, f"{said}: the others say\n{run.stdout}not\n{quick}")
        told = [line for line in run.stderr.splitlines() if line]
        demand(len(told) == 1 and "bad.cpp' was not checked: " + said in told[0], f"not '{said}':\n{run.stderr}")
        p.remove("bad.cpp")
    # It is not remembered: the machine may be another the next time.
    p.add(bad="#pragma clang __debug crash\n")
    p.tell(".", code=3)
    demand("1 of 5 files parsed" in p.tell("--verbose", ".", code=3).stderr, "the crash is taken for a fact")


def interrupted(p: Whole):
    """Ctrl-C keeps what was done."""
    quick = p.tell("--index=none", ".", code=1).stdout
    p.add(bad=ENDLESS)
    for number, code in [(signal.SIGINT, 130), (signal.SIGTERM, 143)]:
        shutil.rmtree(p.work / ".nostall", ignore_errors=True)
        run = p.start("-j=2", "--report=sarif:out.sarif", "--write-baseline=base.json", ".")
        p.wait_for_units(4, run)
        run.send_signal(number)
        if number == signal.SIGTERM:  # as timeout(1) does: to its child, and to the group
            run.send_signal(number)
        out, err = run.communicate(timeout=60)
        demand(run.returncode == code, f"ended with {run.returncode}, not {code}:\n{err}")
        demand(out == quick, f"told\n{out}not\n{quick}")
        demand("nostall: interrupted: 4 of 5 units done\n" in err, err)
        demand(not any((p.work / f).exists() for f in ("out.sarif", "base.json")), "half a report is written")
    p.remove("bad.cpp")
    p.expect("after Ctrl-C", 0)


def changes_meanwhile(p: Whole):
    """A file that is saved while the run goes on."""
    p.add(bad=ENDLESS)
    run = p.start("-j=2", ".")
    p.wait_for_units(4, run)
    p.write("deep.cpp", "// a line more\n" + FILES["deep.cpp"])
    p.write("other.cpp", "// a line more\n" + FILES["other.cpp"])
    run.send_signal(signal.SIGINT)
    out, err = run.communicate(timeout=60)
    demand(out == "", f"what is said is of lines that are not there:\n{out}")
    for name in ("deep.cpp", "other.cpp"):
        demand(f"{name}' was changed while it was read; run nostall again" in err, err)
    p.remove("bad.cpp")
    p.expect("afterwards", 2)


def progress(p: Whole):
    """A terminal gets a line that is gone in the end, a file gets none."""
    plain = p.tell(".", code=1)
    demand(not re.search(r"[\r\x1b]|of 4 units", plain.stderr), f"a short run, not on a terminal:\n{plain.stderr!r}")
    shutil.rmtree(p.work / ".nostall")
    for options, expected in [((), True), (("--quiet",), False)]:
        run, pieces = start_on_terminal(p, "--index=none", *options, ".")
        seen = b"".join(pieces)
        out, _ = run.communicate()
        demand(out == plain.stdout, "findings are garbled")
        text = seen.decode()
        demand(bool(re.search(r"\r\[\d/4\] \S+\.cpp", text)) == expected, f"on a terminal:\n{text!r}")
        # What is left of it on the screen.
        screen = [re.split(r"\x1b\[K", line)[-1].lstrip("\r") for line in text.replace("\r\n", "\n").split("\n")]
        demand(all(line == "" or line.startswith("nostall: ") for line in screen), f"left on the screen:\n{screen}")


def databases(p: Whole):
    """Of several databases, the first that lists a file counts."""
    commands = json.loads((p.work / "compile_commands.json").read_text())
    (p.work / "compile_commands.json").unlink()
    by_name = {c["file"]: c for c in commands}
    p.write("one/compile_commands.json", json.dumps([by_name["serve.cpp"], by_name["util.cpp"]]))
    hidden = {**by_name["serve.cpp"], "arguments": ["clang++", "-DHIDDEN", "-c", "serve.cpp"]}
    p.write("two/compile_commands.json", json.dumps([by_name["deep.cpp"], by_name["other.cpp"], hidden]))
    both = p.tell("-p", "one", "-p", "two", ".", code=1).stdout
    demand(len(of("serve.cpp", both)) == 1 and len(of("other.cpp", both)) == 1, both)
    part = p.tell("-p", "one", "-p", "two", "serve.cpp", code=1).stdout
    demand(of("serve.cpp", part) == of("serve.cpp", both), part)
    p.tell("-p", "two", "-p", "one", "serve.cpp", code=3)  # without its flags
    wrong = p.tell("-p", "one", "-p", "three", ".", code=2).stderr
    demand("there is no folder 'three'" in wrong, wrong)


def workers(p: Whole):
    """The same bytes, however many threads, with the index and without."""
    p.write("lib/both.h", "#pragma once\n" + FILES["other.cpp"].replace("co::task<> other", "inline co::task<> both"))
    p.add(**{f"more{n}": f'#include "both.h"\nco::task<> more{n}() {{ sleep({n}); co_return; }}\n' for n in range(1, 5)})
    for form in ("text", "jsonl", "sarif"):
        first = p.tell("--index=none", f"--format={form}", "--quiet", "-j1", ".", code=1).stdout
        for threads in ("1", "2", "7"):
            shutil.rmtree(p.work / ".nostall", ignore_errors=True)
            for when in ("cold", "warm"):
                said = p.tell(f"--format={form}", "--quiet", "-j", threads, ".", code=1).stdout
                demand(said == first, f"--format={form} -j{threads}, {when}:\n{said}\n-j1, without an index:\n{first}")
    text = p.tell("--quiet", ".", code=1).stdout
    demand(len(of("both.h", text)) == 1, f"a finding in a header that four units read, once:\n{text}")
    demand(len(re.findall(r"more\d\.cpp:2:\d+: warning", text)) == 4, text)


def one_place(p: Whole):
    """A line is one finding, whatever its file is called and whatever types a template has there."""
    p.write("lib/made.h", '#pragma once\n#include <unistd.h>\n#include "co.h"\n'
            "template <class T> struct made { explicit made(T) { sleep(1); } };\n"
            "template <class T> co::task<> make(T value) { made<T> m(value); co_return; }\n")
    p.add(**{f"make_{name}": f'#include "made.h"\nco::task<> {name}_() {{ co_await make({name}(1)); }}\n'
             for name in ("int", "long", "char")})
    text = p.tell("--quiet", ".", code=1).stdout
    demand(len(of("made.h", text)) == 1, f"a line of a template, once:\n{text}")
    os.symlink("lib", p.work / "alias")
    p.add(by_alias='#include "alias/made.h"\nco::task<> aliased() { co_await make(1u); }\n')
    text = p.tell("--quiet", ".", code=1).stdout
    demand(len(of("made.h", text)) == 1, f"a header by two names, once:\n{text}")
    os.symlink("make_int.cpp", p.work / "also.cpp")
    said = p.tell("make_int.cpp", "also.cpp", "--index=none", "--", "-std=c++20", f"-I{INPUTS}", "-Ilib", code=1)
    demand("1 finding in 1 file" in said.stderr, f"a source by two names, once:\n{said.stdout}{said.stderr}")
    # By file and line, with what the link has found at its place.
    places = [(m[1], int(m[2])) for m in re.finditer(r"^(/[^:]+):(\d+):\d+: warning:", text, re.M)]
    demand(len(places) == 3 and places == sorted(places), f"not by file and line:\n{text}")


def odd_inputs(p: Whole):
    """A flag by which Clang writes a database, and a pipe among the sources."""
    commands = json.loads((p.work / "compile_commands.json").read_text())
    commands[0]["arguments"][1:1] = ["-MJ", "part.json"]
    p.write("compile_commands.json", json.dumps(commands))
    p.expect("a command with -MJ", 4)
    demand(not (p.work / "part.json").exists(), "a lint writes what a compiler would")
    os.mkfifo(p.work / "pipe.cpp")
    demand("pipe.cpp' is not a regular file" in p.tell("pipe.cpp", code=2, timeout=60).stderr, "a pipe is read")


def stacks(p: Whole):
    """Clang gets the stack that it counts on, whatever the limit."""
    deep = "template <int N> struct S { static constexpr int v = S<N - 1>::v + 1; };\n"
    deep += "template <> struct S<0> { static constexpr int v = 0; };\nint deep = S<900>::v;\n"
    p.add(nested=deep)
    hard = resource.getrlimit(resource.RLIMIT_STACK)[1]
    for limit in (512 << 10, hard):
        p.tell("--index=none", ".", code=1,
               preexec_fn=lambda limit=limit: resource.setrlimit(resource.RLIMIT_STACK, (limit, hard)))


def chains(p: Whole):
    """Conditions of thousands of parts, which Clang reads in a second: a minute is for a machine that is busy."""
    for name, operator in (("both", " && "), ("either", " || ")):
        condition = operator.join(f"n != {part}" for part in range(6000))
        p.add(**{name: f"#include <unistd.h>\nvoid {name}(int n) {{ if ({condition}) usleep(1); }}\n"})
    p.tell("--unit-timeout=60", "both.cpp", "either.cpp", code=0)


def stale_headers(p: Whole):
    """A baseline's entry in a header is stale when all that read the header were looked at."""
    blocking = '#pragma once\n#include "co.h"\n#include <unistd.h>\ninline co::task<> inside() {\n  sleep(1);\n  co_return;\n}\n'
    p.write("lib/inside.h", blocking)
    p.add(first='#include "inside.h"\n', second='#include "inside.h"\n')
    p.tell("--write-baseline=base.json", ".")
    p.tell("--baseline=base.json", ".", code=0)
    p.write("lib/inside.h", "#pragma once\n")
    part = p.tell("--baseline=base.json", "first.cpp", code=0).stderr
    demand("is gone" not in part, f"second.cpp may still have it:\n{part}")
    whole = p.tell("--baseline=base.json", ".", code=0).stderr
    demand("the baseline's finding in 'lib/inside.h' is gone" in whole or "inside.h' is gone" in whole, whole)


def run_parts(parts):
    """What the command line asks for of them."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--nostall", required=True)
    parser.add_argument("--work", required=True, type=pathlib.Path)
    parser.add_argument("--only")
    args = parser.parse_args()
    for part in parts:
        if args.only in (None, part.__name__):
            started = time.monotonic()
            part(Whole(args.nostall, args.work / part.__name__))
            print(f"{part.__name__}: {time.monotonic() - started:.1f} s")


if __name__ == "__main__":
    run_parts([a_part, changed_since, limits, interrupted, changes_meanwhile, progress, databases, workers, one_place,
               odd_inputs, stacks, chains, stale_headers])
