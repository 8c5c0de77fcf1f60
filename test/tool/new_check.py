"""Makes a check with ./dev new-check in a copy of the tree, and runs the copy's tests of it.

    new_check.py SOURCE BUILD WORK

The copy is configured, to see that the build takes the check up; then its file
and the list of checks are compiled with BUILD's commands and linked with
BUILD's other objects, which are the same: a build from nothing takes minutes.
"""

import json
import pathlib
import shlex
import shutil
import subprocess
import sys

source, build, work = (pathlib.Path(argument).resolve() for argument in sys.argv[1:])
ID, CLASS = "made-by-test", "MadeByTestCheck"


def run(*command, cwd=work, expect=0):
    result = subprocess.run([str(part) for part in command], cwd=cwd, stdout=subprocess.PIPE,
                            stderr=subprocess.STDOUT, text=True)
    if result.returncode != expect:
        sys.exit(f"{' '.join(map(str, command))}\nended with {result.returncode}, not {expect}:\n{result.stdout}")
    return result.stdout


def compile_like(model: str, file: pathlib.Path, output: pathlib.Path, *more) -> None:
    """Compiles the file as BUILD compiles SOURCE/checks/MODEL."""
    entry = next(e for e in json.loads((build / "compile_commands.json").read_text())
                 if e["file"] == str(source / "checks" / model))
    command = shlex.split(entry["command"])
    command[command.index("-o") + 1] = output
    command[command.index("-c") + 1] = file
    run(command[0], *more, *command[1:], cwd=entry["directory"])


shutil.rmtree(work, ignore_errors=True)
tree = work / "tree"
shutil.copytree(source, tree, ignore=shutil.ignore_patterns("build", ".git", ".cache", "__pycache__"))

print(run(tree / "dev", "new-check", ID))
for wrong in ("Busy_Loop", "avoid-loops", ID, "blocking-call"):
    run(tree / "dev", "new-check", wrong, expect=1)

run("cmake", "--preset", "release", "-B", work / "build", "-DNOSTALL_TESTS=OFF", "-DNOSTALL_RUNTIME=OFF", cwd=tree)
if f"{ID}/{CLASS}.cpp.o" not in run("ninja", "-C", work / "build", "-t", "targets", "all"):
    sys.exit("the build does not take up the new check")

pages = ";".join(map(str, sorted((tree / "checks").glob("*/*-*.md"))))
run("cmake", f"-DPAGES={pages}", f"-DOUTPUT={work / 'EmbeddedPages.inc'}", "-P", tree / "cmake" / "EmbedPages.cmake")
compile_like("NostallModule.cpp", tree / "checks" / "NostallModule.cpp", work / "module.o", f"-I{work}")
compile_like("blocking-call/BlockingCallCheck.cpp", tree / "checks" / ID / f"{CLASS}.cpp", work / "check.o")

link = run("ninja", "-C", build, "-t", "commands", "-s", "tool/cli/nostall").strip()
link = shlex.split(link.removeprefix(": && ").removesuffix(" && :"))
link[link.index("-o") + 1] = work / "nostall"
module = next(i for i, word in enumerate(link) if str(word).endswith("NostallModule.cpp.o"))
link[module:module + 1] = [work / "module.o", work / "check.o"]
run(*link, cwd=build)

assert f"nostall-{ID} " in run(work / "nostall", "--list-checks")
assert run(work / "nostall", "explain", ID) == (tree / "checks" / ID / f"{ID}.md").read_text()
for subject in (tree / "test" / "checks" / ID / "first.cpp", tree / "checks" / ID / f"{ID}.md"):
    run(sys.executable, tree / "test" / "expectations.py", "--nostall", work / "nostall", subject)
run(sys.executable, tree / "test" / "conventions" / "conventions.py", tree)
print("the new check is built, found, explained and tested")
