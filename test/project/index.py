"""The index of a small program, changed in every way that counts.

After each change, the answer with the index must be the answer of `--index=none`;
and how many units were parsed is read off `--verbose`'s last line.
"""

import argparse
import json
import os
import pathlib
import random
import re
import shutil
import signal
import sqlite3
import subprocess
import sys
import time

FILES = {
    "lib/util.h": "#pragma once\nvoid log_line();\n",
    "lib/deep.h": "#pragma once\nvoid write_down();\n",
    "util.cpp": '#include "util.h"\n#include "deep.h"\nvoid log_line() { write_down(); }\n',
    "deep.cpp": '#include "deep.h"\n#include <unistd.h>\nvoid write_down() { usleep(1); }\n',
    "serve.cpp": '#include "util.h"\n#include "co.h"\nco::task<> serve() {\n  log_line();\n  co_return;\n}\n',
    "other.cpp": '#include "co.h"\n#include <unistd.h>\nco::task<> other() {\n  sleep(1);\n  co_return;\n}\n',
}
INPUTS = pathlib.Path(__file__).resolve().parents[1] / "Inputs"


class Program:
    def __init__(self, nostall: str, work: pathlib.Path):
        self.nostall, self.work = nostall, work
        shutil.rmtree(work, ignore_errors=True)
        for name, text in FILES.items():
            self.write(name, text)
        self.configure([])

    def write(self, name: str, text: str):
        path = self.work / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)

    def configure(self, flags: list[str]):
        commands = [{"directory": str(self.work), "file": name,
                     "arguments": ["clang++", "-std=c++20", "-Ifirst", "-Ilib", f"-I{INPUTS}", *flags, "-c", name]}
                    for name in FILES if name.endswith(".cpp")]
        self.write("compile_commands.json", json.dumps(commands))

    def run(self, *options: str) -> tuple[str, int | None]:
        """What is printed, and how many units were parsed."""
        run = subprocess.run([self.nostall, *options, "."], cwd=self.work, capture_output=True, text=True)
        if run.returncode not in (0, 1, 3):
            sys.exit(f"nostall {' '.join(options)} ended with {run.returncode}:\n{run.stdout}{run.stderr}")
        parsed = re.search(r"(\d+) of \d+ files parsed", run.stderr)
        return run.stdout, int(parsed[1]) if parsed else None

    def expect(self, what: str, parsed: int | None):
        """The answer is that of a fresh parse, and took so many."""
        fresh, _ = self.run("--index=none")
        known, read = self.run("--verbose")
        if known != fresh:
            sys.exit(f"{what}: with the index\n{known}without\n{fresh}")
        if parsed is not None and read != parsed:
            sys.exit(f"{what}: {read} units were parsed, expected {parsed}")
        again, read = self.run("--verbose")
        if again != fresh or read != 0:
            sys.exit(f"{what}: the run after it parsed {read} units and said\n{again}")


# Each relation that a condition may have is written, and read again.
CONDITIONS = '''#include "co.h"
#include <iostream>
#include <string>
#include <unistd.h>
enum class Mode { off, soft, hard, full };
void by_value(int n, unsigned flags, Mode m, bool a, bool b) {
  if (n == 3) usleep(1);
  if (n != 3) usleep(2);
  if (n < 3) usleep(3);
  if (n >= 3) usleep(4);
  if (n > 3) usleep(5);
  if (n <= 3) usleep(6);
  if (flags & 2) usleep(7);
  if (!(flags & 2)) usleep(8);
  if (m == Mode::soft || m == Mode::full) usleep(9);
  switch (m) { case Mode::off: case Mode::hard: break; default: usleep(10); }
  if (a || b) usleep(11);
  if (!(a && b)) usleep(12);
}
std::string by_stream(std::istream &in, std::ostream &out) {
  std::string line;
  std::getline(in, line);
  out << line << std::flush;
  return line;
}
co::task<> calls() {
  by_value(3, 2, Mode::soft, true, false);
  by_stream(std::cin, std::cout);
  co_return;
}
'''


def changes(p: Program):
    p.expect("first run", 4)
    p.expect("nothing changed", 0)
    os.utime(p.work / "serve.cpp")
    p.expect("a file touched, its content the same", 0)
    p.write("other.cpp", CONDITIONS)
    p.expect("conditions of all kinds", 1)
    p.write("other.cpp", FILES["other.cpp"])
    p.expect("and without them", None)
    p.write("lib/deep.h", FILES["lib/deep.h"] + "// more\n")
    p.expect("a header changed", 2)
    p.write("deep.cpp", FILES["deep.cpp"].replace("usleep(1)", "(void)0"))
    p.expect("the call that blocked is gone", 1)
    p.write("deep.cpp", FILES["deep.cpp"])
    p.expect("it is back", 1)
    # Same size, same second: the time of change alone would not tell.
    p.write("deep.cpp", FILES["deep.cpp"].replace("usleep(1)", "usleep(2)"))
    p.expect("changed at once after it was read", 1)
    p.write("first/util.h", "#pragma once\ninline void log_line() {}\n")
    p.expect("a header appeared in front of another", None)
    (p.work / "first/util.h").unlink()
    p.expect("and is gone", None)
    p.configure(["-DMORE"])
    p.expect("another command", 4)
    p.write(".nostall.yaml", "functions:\n  - {name: log_line, blocks: db}\n")
    p.expect("a model", 4)
    (p.work / ".nostall.yaml").unlink()
    p.expect("no model", 0)
    p.write(".clang-tidy", "Checks: -nostall-blocking-call\n")
    p.expect("another configuration", 4)
    (p.work / ".clang-tidy").unlink()
    p.expect("as before", 0)
    (p.work / "other.cpp").rename(p.work / "away.txt")
    p.write("other.cpp", "void nothing();\n")
    p.expect("another file of that name", 1)


def kept_small(p: Program):
    """What nobody needs any more is swept out."""
    def count(table: str) -> int:
        db = sqlite3.connect(p.work / ".nostall/index.db")
        number = db.execute(f"SELECT count(*) FROM {table}").fetchone()[0]
        db.close()
        return number
    p.run()
    answers, units = count("answers"), count("units")
    # As if the files had been changed a thousand times.
    db = sqlite3.connect(p.work / ".nostall/index.db")
    with db:
        for number in range(5000):
            db.execute("INSERT INTO answers(path, kind, low, high, size, time) VALUES('x', 3, ?, 0, 0, 0)", (number,))
    db.close()
    p.write("lib/deep.h", FILES["lib/deep.h"] + "// swept\n")
    p.expect("a header changed", 2)
    if count("answers") > answers + 10:
        sys.exit(f"{count('answers')} answers are kept, {answers} are needed")
    for number in range(10):
        p.write(".clang-tidy", f"CheckOptions: {{other-check.Option: {number}}}\n")
        p.run()
    if count("units") > 6 * units:
        sys.exit(f"{count('units')} reports of {units} units are kept")
    (p.work / ".clang-tidy").unlink()
    p.expect("after the sweep", None)


def broken(p: Program):
    p.expect("first run", 4)
    db = p.work / ".nostall/index.db"
    whole = db.read_bytes()
    for what, content in [("garbage", b"no database"), ("empty", b""), ("cut short", whole[: len(whole) // 2]),
                          ("a hole", whole[:5000] + bytes(8000) + whole[13000:])]:
        for name in ("index.db-wal", "index.db-shm"):
            (db.parent / name).unlink(missing_ok=True)
        db.write_bytes(content)
        p.expect(f"the index is {what}", None)
    shutil.rmtree(db.parent)
    db.parent.write_text("a file where the folder should be\n")
    fresh, _ = p.run("--index=none")
    known, _ = p.run()
    if known != fresh:
        sys.exit(f"no index can be made: {known}")
    db.parent.unlink()


def together(p: Program):
    """Runs at once on one index, which is new, up to date, or damaged."""
    fresh, _ = p.run("--index=none")
    db = p.work / ".nostall/index.db"
    for what in ("new", "up to date", "damaged", "damaged again"):
        if what.startswith("damaged"):
            db.write_bytes(db.read_bytes()[:6000] + bytes(4000) + db.read_bytes()[10000:])
        runs = [subprocess.Popen([p.nostall, "."], cwd=p.work, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
                for _ in range(3)]
        for run in runs:
            if run.communicate()[0] != fresh:
                sys.exit(f"a run beside others said something else; the index was {what}")
        p.expect(f"after runs at once; the index was {what}", None)


def killed(p: Program, kills: int):
    """Whatever is left of a killed run, the next says what a fresh one says."""
    fresh, _ = p.run("--index=none")
    start = time.monotonic()
    p.run()
    whole = time.monotonic() - start
    moments = random.Random(1)
    for number in range(kills):
        p.write("lib/deep.h", f"#pragma once\nvoid write_down(); // {number}\n")
        p.write("serve.cpp", FILES["serve.cpp"] + f"// {number}\n")
        run = subprocess.Popen([p.nostall, "."], cwd=p.work, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        time.sleep(moments.uniform(0, whole))
        run.send_signal(signal.SIGKILL)
        run.wait()
        if p.run()[0] != fresh:
            sys.exit(f"after kill {number} the answer is another")
    print(f"{kills} runs killed, each next run said the same as a fresh one")


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--nostall", required=True)
    parser.add_argument("--work", required=True, type=pathlib.Path)
    parser.add_argument("--only")
    parser.add_argument("--kills", type=int, default=5)
    args = parser.parse_args()
    for part in (changes, kept_small, broken, together):
        if args.only in (None, part.__name__):
            part(Program(args.nostall, args.work / part.__name__))
    if args.only == "killed":
        killed(Program(args.nostall, args.work / "killed"), args.kills)


if __name__ == "__main__":
    main()
