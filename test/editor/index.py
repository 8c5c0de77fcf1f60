"""Holds the plugin and nostall-clangd to what nostall says of a file whose
findings hang on other files.

    index.py --nostall PATH --clangd PATH --clang-tidy PATH --plugin PATH FOLDER INCLUDE...
"""

import argparse
import difflib
import json
import pathlib
import subprocess
import sys

import findings
import lsp


def run(*command: str, folder: pathlib.Path) -> str:
    return subprocess.run(command, cwd=folder, capture_output=True, text=True).stdout


def main() -> int:
    parser = argparse.ArgumentParser()
    for name in ("--nostall", "--clangd", "--clang-tidy", "--plugin"):
        parser.add_argument(name, required=True)
    parser.add_argument("folder", type=pathlib.Path)
    parser.add_argument("includes", nargs="+")
    options = parser.parse_args()
    folder = options.folder.resolve()
    serve, disk = folder / "serve.cpp", folder / "disk.cpp"
    wrong = []

    (folder / "compile_commands.json").write_text(json.dumps([
        {"directory": str(folder), "file": str(file),
         "arguments": ["clang++", "-std=c++20", *[f"-I{pathlib.Path(path).resolve()}" for path in options.includes], "-c", str(file)]}
        for file in sorted(folder.glob("*.cpp"))]))
    run(options.nostall, "init", folder=folder)

    def clang_tidy() -> str:
        return run(options.clang_tidy, f"-load={options.plugin}", "-p", ".", "--quiet", str(serve), folder=folder)

    alone = clang_tidy()
    if ": warning: " in alone:
        wrong.append(f"without an index clang-tidy says:\n{alone}")
    run(options.nostall, "--quiet", ".", folder=folder)
    said = run(options.nostall, "--quiet", str(serve), folder=folder)
    if said.count(": warning: ") < 7:
        wrong.append(f"nostall says too little to compare:\n{said}")
    wrong += difflib.unified_diff(said.split("\n"), clang_tidy().split("\n"), "nostall", "clang-tidy", lineterm="")

    server = lsp.Server([options.clangd, "--clang-tidy", "--log=error", "--background-index=false"], folder)
    expected = findings.said_by_command(options.nostall, serve)
    wrong += findings.compare(expected, findings.said_by_editor(server, serve, server.diagnose(serve)))
    if status := server.close():
        wrong.append(f"nostall-clangd ended with {status}")

    # What the index says of a file that has changed since is not believed.
    disk.write_text(disk.read_text().replace("fsync(1);", "").replace("sleep(1);", ""))
    stale = clang_tidy()
    if "disk.cpp" in stale:
        wrong.append(f"clang-tidy believes a stale entry:\n{stale}")
    # And of the file itself nothing, changed or not.
    serve.write_text(serve.read_text().replace("static void helper() {}", "void pong(int) {}\nstatic void helper() {}"))
    if "disk.cpp" in clang_tidy():
        wrong.append("clang-tidy takes another file's function for one that is here")
    print("\n".join(wrong))
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
