"""Everything that an entry of the index is true of, changed where it is easily overlooked.

The files themselves are in index.py. Here: what the commands name, where names
lead, what the compiler's driver looks for, times that lie.
"""

import argparse
import json
import os
import pathlib
import subprocess

from index import FILES
from program import ENDLESS, Whole, demand, of, start_on_terminal

BLOCKING = '#include <unistd.h>\n#include "co.h"\nco::task<> serve() {\n  SLEEP(1);\n  co_return;\n}\n'
SLEEPS, SILENT = "#pragma once\n#define SLEEP sleep\n", "#pragma once\n#define SLEEP(n)\n"


def times_that_lie(p: Whole):
    """Another content of the same size, and the time of change set back: cp -p, tar, touch -r."""
    last_year = 1_700_000_000
    os.utime(p.work / "deep.cpp", (last_year, last_year))
    p.expect("first run", 4)
    p.write("deep.cpp", FILES["deep.cpp"].replace("usleep(1)", "(void)(1)"))
    os.utime(p.work / "deep.cpp", (last_year, last_year))
    p.expect("another content, the same size and time", 1)


def folders(p: Whole):
    """The folder of a command, and those on the include path."""
    p.write("a/x.h", "")
    p.write("c/choice.h", SLEEPS)
    (p.work / "b").symlink_to("a")
    p.add(choice=BLOCKING.replace("#include", '#include "choice.h"\n#include', 1))
    commands = json.loads((p.work / "compile_commands.json").read_text())
    commands[-1]["arguments"][1:1] = ["-Ia", "-Ib", "-Ic"]
    commands[-1]["file"] = commands[-1]["arguments"][-1] = str(p.work / "choice.cpp")
    p.write("compile_commands.json", json.dumps(commands))
    p.expect("first run", 5)
    # Clang leaves out a folder that it has already: what is not in b was never asked for.
    (p.work / "b").unlink()
    p.write("b/choice.h", SILENT)
    p.expect("a link to a folder has become a folder", None)
    demand(not of("choice.cpp", p.run()[0]), "b/choice.h is not read")

    commands[-1]["directory"] = str(p.work / "later")
    p.write("compile_commands.json", json.dumps(commands))
    p.expect("the command's folder is not there", 1)
    p.write("later/c/choice.h", SLEEPS)
    p.expect("and is made", 1)
    demand(len(of("choice.cpp", p.run()[0])) == 1, "the folder is there, and the file is not checked")


def one_file_or_two(p: Whole):
    """A link that becomes a copy, and back: the bytes are the same, but Clang reads a file once and a copy again."""
    p.write("lib/real.h", "#pragma once\nstruct only_once {};\n")
    link = p.work / "lib" / "alias.h"
    link.symlink_to("real.h")
    p.add(linked='#include "real.h"\n#include "alias.h"\n' + BLOCKING.replace("SLEEP", "sleep"))
    p.expect("first run", 5)
    link.unlink()
    link.write_text((p.work / "lib/real.h").read_text())
    p.expect("a link has become a copy", 1)
    demand("redefinition" in p.run()[0], "the copy is not read")
    link.unlink()
    link.symlink_to("real.h")
    p.expect("and a link again", None)
    demand(len(of("linked.cpp", p.run()[0])) == 1, "the copy is still read")


def compilers(p: Whole):
    """Another release of GCC brings other headers: the driver takes the newest that it finds."""
    def gcc(release: int, header: str):
        p.write(f"tree/usr/lib/gcc/x86_64-linux-gnu/{release}/crtbegin.o", "")
        p.write(f"tree/usr/include/c++/{release}/choice", header)
    gcc(9, "")
    p.add(choice="#include <choice>\n#ifdef CONFIGURED\n#error configured\n#endif\n")
    commands = json.loads((p.work / "compile_commands.json").read_text())
    commands[-1]["arguments"][1:1] = ["--target=x86_64-linux-gnu", f"--gcc-toolchain={p.work}/tree/usr"]
    p.write("compile_commands.json", json.dumps(commands))
    p.tell(".", code=1)
    gcc(10, "#error the headers of GCC 10\n")
    p.expect("a newer GCC was installed", 1)
    demand("error: the headers of GCC 10" in p.tell(".", code=3).stdout, "the headers of GCC 10 are not read")
    gcc(10, "")
    # What Clang reads beside the compiler that a command names.
    commands[-1]["arguments"][0] = str(p.work / "bin/clang++")
    p.write("compile_commands.json", json.dumps(commands))
    p.tell(".", code=1)
    p.write("bin/clang++.cfg", "-DCONFIGURED\n")
    p.expect("a configuration file of Clang", 1)
    demand("error: configured" in p.tell(".", code=3).stdout, "Clang's configuration file is not read")
    os.environ["CLANG_NO_DEFAULT_CONFIG"] = "1"
    p.expect("which the environment says not to read", 5)
    p.tell(".", code=1)
    del os.environ["CLANG_NO_DEFAULT_CONFIG"]


def commands_that_differ(p: Whole):
    """Two commands of one file; one that names its folder by halves; one without a word."""
    p.add(twice=BLOCKING)
    commands = json.loads((p.work / "compile_commands.json").read_text())
    arguments = commands[-1]["arguments"]
    commands[-1]["arguments"] = [*arguments[:-1], "-DSLEEP(n)", "twice.cpp"]
    commands.append({**commands[-1], "arguments": [*arguments[:-1], "-DSLEEP=sleep", "twice.cpp"]})
    p.write("compile_commands.json", json.dumps(commands))
    p.expect("both commands count", 6)
    demand(len(of("twice.cpp", p.run()[0])) == 1, "the second command has a finding")
    commands.append(commands[-1])
    p.write("compile_commands.json", json.dumps(commands))
    demand(len(of("twice.cpp", p.run()[0])) == 1, "the same command twice")
    commands[-2:] = [commands[-3]]
    p.write("compile_commands.json", json.dumps(commands))
    p.expect("another second command", None)
    demand(not of("twice.cpp", p.run()[0]), "the command with a finding is gone")

    # A folder that is named from the database's.
    for command in commands:
        command["directory"] = "."
    p.write("compile_commands.json", json.dumps(commands))
    here = p.tell(".").stdout
    (p.work.parent / "elsewhere").mkdir(exist_ok=True)
    there = subprocess.run([p.nostall, "--index=none", "-p", str(p.work), str(p.work)], cwd=p.work.parent / "elsewhere",
                           capture_output=True, text=True)
    demand(here == there.stdout and here, f"from another folder:\n{there.stdout}{there.stderr}not\n{here}")

    p.write("compile_commands.json", json.dumps([{**commands[0], "directory": str(p.work), "arguments": []}]))
    p.tell(".", code=3)


def filters(p: Whole):
    """What is shown of a unit is no fact about it."""
    everything = p.run("--index=none")[0]
    none = p.run('--line-filter=[{"name":"serve.cpp","lines":[[1,1]]}]')[0]
    demand(not of("serve.cpp", none) and not of("other.cpp", none), f"lines were left out:\n{none}")
    demand(p.run()[0] == everything, "what --line-filter hid once stays hidden")


def configured_from_elsewhere(p: Whole):
    """The configuration is that of the file, whatever the folder of the run."""
    p.write(".clang-tidy", "Checks: -nostall-blocking-call\n")
    away = p.work.parent / "elsewhere"
    away.mkdir(exist_ok=True)
    run = subprocess.run([p.nostall, "--index=none", "-p", str(p.work), str(p.work / "other.cpp")], cwd=away,
                         capture_output=True, text=True)
    demand(run.returncode == 0, f"another .clang-tidy than the file's is read:\n{run.stdout}{run.stderr}")


def configured_meanwhile(p: Whole):
    """A configuration that is saved while the run goes on: what is kept is kept as what it is."""
    p.add(bad=ENDLESS)
    p.write("sub/.clang-tidy", "Checks: -nostall-blocking-call\n")
    commands = json.loads((p.work / "compile_commands.json").read_text())
    p.write("sub/late.cpp", FILES["other.cpp"])
    late = {**commands[0], "file": "sub/late.cpp", "arguments": commands[0]["arguments"][:-1] + ["sub/late.cpp"]}
    p.write("compile_commands.json", json.dumps([commands[-1], late]))
    # On one thread, the larger first: the small one's configuration is not read by then.
    p.write("bad.cpp", ENDLESS + "//" + 5000 * "-" + "\n")
    run, seen = start_on_terminal(p, "--unit-timeout=1", "-j1", ".")
    for piece in seen:
        if b"[0/2]" in piece:
            p.write("sub/.clang-tidy", "Checks: nostall-*\n")
    run.communicate()
    p.write("sub/.clang-tidy", "Checks: -nostall-blocking-call\n")
    p.remove("bad.cpp")
    p.expect("the first configuration again", 1)


def for_readers(p: Whole, clang_tidy: str, plugin: str):
    """The plugin knows no commands: it believes what the last run has used."""
    def said() -> list[str]:
        run = subprocess.run([clang_tidy, f"-load={plugin}", "-p", ".", "--quiet", "--checks=-*,nostall-*", "serve.cpp"],
                             cwd=p.work, capture_output=True, text=True)
        return of("serve.cpp", run.stdout)
    p.write("deep.cpp", FILES["deep.cpp"].replace("usleep(1)", "WAIT"))
    for flags, findings in [(["-DWAIT=usleep(1)"], 1), (["-DWAIT=(void)0"], 0), (["-DWAIT=usleep(1)"], 1)]:
        p.configure(flags)
        p.expect(f"{flags}", None)
        demand(len(said()) == findings, f"with {flags} clang-tidy says {said()}")


def same_chain(p: Whole, clang_tidy: str, plugin: str):
    """Of two chains that are equally short, the plugin tells the one that the command tells."""
    p.write("way.h", "#pragma once\nstruct Way { virtual void go(); };\n")
    for name in ("zoo", "ape"):  # the index has the later name first
        p.add(**{name: f'#include "way.h"\n#include <unistd.h>\nstruct {name} : Way {{ void go() override; }};\n'
                       f"void {name}::go() {{ sleep(1); }}\n"})
        p.tell("--quiet", f"{name}.cpp")
    p.add(many='#include "way.h"\n#include "co.h"\nco::task<> many(Way &w) {\n  w.go();\n  co_return;\n}\n')
    told = p.tell("--quiet", "many.cpp", code=1).stdout
    run = subprocess.run([clang_tidy, f"-load={plugin}", "-p", ".", "--quiet", "--checks=-*,nostall-*", str(p.work / "many.cpp")],
                         cwd=p.work, capture_output=True, text=True)
    demand("ape.cpp" in told and run.stdout.replace(f"{p.work}/", "") == told.replace(f"{p.work}/", ""), f"the command:\n{told}\nthe plugin:\n{run.stdout}")


PARTS = [times_that_lie, folders, one_file_or_two, compilers, commands_that_differ, filters, configured_from_elsewhere,
         configured_meanwhile]


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--nostall", required=True)
    parser.add_argument("--work", required=True, type=pathlib.Path)
    parser.add_argument("--only")
    parser.add_argument("--clang-tidy", required=True)
    parser.add_argument("--plugin", required=True)
    args = parser.parse_args()
    for part in PARTS:
        if args.only in (None, part.__name__):
            part(Whole(args.nostall, args.work / part.__name__))
            print(part.__name__)
    if args.only in (None, "for_readers"):
        for_readers(Whole(args.nostall, args.work / "for_readers"), args.clang_tidy, args.plugin)
    if args.only in (None, "same_chain"):
        same_chain(Whole(args.nostall, args.work / "same_chain"), args.clang_tidy, args.plugin)


if __name__ == "__main__":
    main()
