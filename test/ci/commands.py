"""Runs what docs/ci.md tells its readers to copy.

    commands.py PAGE FOLDER BIN PLUGIN CLANG

In FOLDER it makes a program with two commits, the second with a finding. Every
YAML block has to parse; every command of a job, and of the blocks for a shell,
is run in that program, with the variables that the services set, and has to end
with 0 or 1. The files that jobs collect afterwards have to be there.
"""

import os
import re
import subprocess
import sys
from pathlib import Path

import yaml

PAGE, FOLDER, BIN, PLUGIN, CLANG = sys.argv[1:]
ENVIRONMENT = os.environ | {
    "PATH": f"{BIN}:{os.environ['PATH']}",
    "CXX": CLANG,
    "GITHUB_WORKSPACE": FOLDER,
    "GITHUB_BASE_REF": "main",
    "HOME": FOLDER,
    "GIT_AUTHOR_NAME": "test",
    "GIT_AUTHOR_EMAIL": "test@example.org",
    "GIT_COMMITTER_NAME": "test",
    "GIT_COMMITTER_EMAIL": "test@example.org",
}
CMAKE = "cmake_minimum_required(VERSION 3.25)\nproject(sample CXX)\nadd_library(sample OBJECT src/main.cpp)\ntarget_compile_features(sample PUBLIC cxx_std_20)\n"
BEFORE = "#include <unistd.h>\nvoid rest() {}\n"
AFTER = "#include <unistd.h>\nvoid rest() { usleep(1); }\n"


def sh(command):
    return subprocess.run(command, shell=True, cwd=FOLDER, env=ENVIRONMENT, text=True, capture_output=True)


def must(command):
    done = sh(command)
    if done.returncode:
        sys.exit(f"{command}: {done.stderr}")
    return done.stdout.strip()


def commit(source, name):
    Path(FOLDER, "src/main.cpp").write_text(source)
    must(f"git add -A && git commit -q -m {name}")


def strings(node, key=""):
    """Every string below node with the key that it stands under."""
    if isinstance(node, dict):
        for name, value in node.items():
            yield from strings(value, str(name))
    elif isinstance(node, list):
        for value in node:
            yield from strings(value, key)
    elif isinstance(node, str):
        yield key, node


Path(FOLDER, "src").mkdir(parents=True)
Path(FOLDER, "CMakeLists.txt").write_text(CMAKE)
must("git init -q -b main .")
commit(BEFORE, "one")
must("git update-ref refs/remotes/origin/main HEAD")
commit(AFTER, "two")
ENVIRONMENT["CI_MERGE_REQUEST_DIFF_BASE_SHA"] = must("git rev-parse HEAD~")

blocks = re.findall(r"^```(\w+)\n(.*?)^```", Path(PAGE).read_text(), re.S | re.M)
commands, wanted = [], []
for language, text in blocks:
    if language == "sh":
        commands += text.splitlines()
    if language == "yaml":
        for key, value in strings(yaml.safe_load(text)):
            if key in ("run", "script"):
                commands.append(value)
            if key in ("sarif_file", "path", "codequality", "junit", "paths"):
                wanted.append(value)
# A build folder first: the page's first commands already name it.
must("cmake -B build -DCMAKE_EXPORT_COMPILE_COMMANDS=ON")
lints = 0
for command in commands:
    command = command.replace("/usr/local/lib/libnostall-tidy.so", PLUGIN)
    done = sh(command)
    lints += command.startswith("nostall ")
    if done.returncode not in (0, 1) or "Unknown command line argument" in done.stderr:
        sys.exit(f"{command}: {done.returncode}: {done.stdout}{done.stderr}")
missing = [name for name in wanted if not Path(FOLDER, name).exists()]
if missing or lints < 6:
    sys.exit(f"missing {missing}; {lints} commands of nostall were run")
print(f"{lints} commands of nostall were run")
