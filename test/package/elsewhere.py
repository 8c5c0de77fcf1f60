"""Objects are the same bytes, wherever the tree lies that they are compiled in.

    elsewhere.py --build DIR --source DIR --work DIR

Some of the build's sources are compiled again in a copy of the tree with a longer path,
by the build's own commands, and compared with what the build has: some that name
themselves, and some that use the precompiled header. Archives have no time and no owner.
"""

import argparse
import json
import shlex
import shutil
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
from running import holds, run

parser = argparse.ArgumentParser()
for name in ("--build", "--source", "--work"):
    parser.add_argument(name, type=lambda word: Path(word).resolve(), required=True)
OPTIONS = parser.parse_args()
PRECOMPILED = "CMakeFiles/nostall-pch.dir/cmake_pch.hxx.cxx"
COMPILED = ["runtime/src/io/async_fd.cpp", "runtime/src/ipc/ipc.cpp", "tool/static/OlderGlibc.cpp", "tool/project/ClangHeaders.cpp",
            "tool/project/Version.cpp"]
SOURCE, BUILD = OPTIONS.work / "another folder/of another length", OPTIONS.work / "built there"


def moved(text):
    # The build folder may lie in the tree.
    return text.replace(str(OPTIONS.build), str(BUILD)).replace(str(OPTIONS.source), str(SOURCE))


for part in ("checks", "cmake", "runtime", "tool"):
    shutil.copytree(OPTIONS.source / part, SOURCE / part)
for generated in ("CMakeFiles/nostall-pch.dir/cmake_pch.hxx", "CMakeFiles/nostall-pch.dir/cmake_pch.hxx.cxx", "tool/cli/text/commit.inc"):
    (BUILD / generated).parent.mkdir(parents=True, exist_ok=True)
    (BUILD / generated).write_text(moved((OPTIONS.build / generated).read_text()))

commands = {}
for entry in json.loads((OPTIONS.build / "compile_commands.json").read_text()):
    # The first is the programs': tests compile some of the sources, too.
    commands.setdefault(entry["file"], entry["command"])
for file in [OPTIONS.build / PRECOMPILED, *(OPTIONS.source / name for name in COMPILED)]:
    words = shlex.split(commands[str(file)])
    output = words[words.index("-o") + 1]
    (BUILD / output).parent.mkdir(parents=True, exist_ok=True)
    run(*map(moved, words), cwd=BUILD)
    if file.suffix == ".cpp":
        here, there = (OPTIONS.build / output).read_bytes(), (BUILD / output).read_bytes()
        holds(here == there, f"{output} differs where the tree lies elsewhere")
        print("the same:", file.name)

for member in run("ar", "tv", OPTIONS.build / "runtime/libnostall.a").splitlines():
    holds(" 0/0 " in member and "1970" in member, member)
print("the archive has no time and no owner")
