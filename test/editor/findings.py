"""Opens files in nostall-clangd and holds what it says to what nostall says.

    findings.py --nostall PATH --clangd PATH --clang PATH FILE...

For every file: the same findings on the same lines with the same words and the
same notes; a note that offers a fix is a quick fix in the editor; and all quick
fixes of the findings themselves make of the file what --fix makes of it. The
files are copied to a folder that `nostall init` prepares.
"""

import argparse
import difflib
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile

import lsp

TEST = pathlib.Path(__file__).resolve().parent.parent
FLAGS = ["-std=c++20"]
MESSAGE = re.compile(r"^(.+?):(\d+):(\d+): (warning|error|note): (.*?)(?: \[([\w-]+)\])?$")


def said_by_command(nostall: str, file: pathlib.Path, *options: str):
    """[(line, column, message, check, [(line, column, note)])] in the file's order."""
    run = subprocess.run([nostall, "--quiet", *options, str(file)], capture_output=True, text=True)
    if run.returncode > 1:
        raise SystemExit(f"nostall ended with {run.returncode}:\n{run.stdout}{run.stderr}")
    findings = []
    for line in run.stdout.split("\n"):
        if match := MESSAGE.match(line):
            _, row, column, kind, text, check = match.groups()
            place = (int(row), int(column))
            if kind == "note" and text.startswith("expanded from macro"):
                continue  # said by the printer, not by the check
            if kind == "note":
                findings[-1][4].append((*place, text))
            else:
                findings.append((*place, text, check, []))
    return sorted(findings)


def said_by_editor(server: lsp.Server, file: pathlib.Path, diagnostics: list[dict]):
    """The same, with each finding's quick fixes behind it: [(title, edits)]."""
    findings = []
    for item in diagnostics:
        if not is_ours(item):
            continue
        # clangd writes a capital letter and says when it has a fix.
        text = re.sub(r" \(fix(es)? available\)$", "", item["message"].split("\n")[0])
        start = item["range"]["start"]
        notes = [lower(note["message"]) for note in item.get("relatedInformation", [])]
        actions = [(lower(action["title"]), action["edit"]["changes"][file.as_uri()])
                   for action in server.quick_fixes(file, item)]
        findings.append((start["line"] + 1, lower(text), item["code"], notes, actions))
    return findings


def is_ours(diagnostic: dict) -> bool:
    """Not one of the compiler's warnings, which the command leaves out."""
    return str(diagnostic.get("code", "")).startswith("nostall-")


def lower(text: str) -> str:
    return text[:1].lower() + text[1:]


def same_finding(command, editor) -> bool:
    # clangd's range begins where the token or expression begins: the line has to do.
    line, _, text, check, notes = command
    if (line, lower(text), check) != editor[:3]:
        return False
    titles = [title for title, _ in editor[4]]
    shown = list(editor[3])
    for _, _, note in notes:
        if lower(note) in shown:
            shown.remove(lower(note))
        elif lower(note) not in titles:
            return False
    return not shown


def compare(command, editor) -> list[str]:
    differences = []
    left = list(editor)
    for finding in command:
        match = next((other for other in left if same_finding(finding, other)), None)
        if match:
            left.remove(match)
        else:
            differences.append(f"  only nostall says {finding}")
    return differences + [f"  only nostall-clangd says {finding}" for finding in left]


def after_quick_fixes(text: str, command, editor) -> tuple[str, int]:
    """The text after the quick fix of every finding that has one, leaving out those that notes offer."""
    offered = {lower(note) for finding in command for _, _, note in finding[4]}
    edits, found = [], 0
    for finding in editor:
        for title, changes in finding[4]:
            if title not in offered:
                found += 1
                edits += [change for change in changes if change not in edits]
                break
    return lsp.apply(text, edits), found


def main() -> int:
    parser = argparse.ArgumentParser()
    for name in ("--nostall", "--clangd"):
        parser.add_argument(name, required=True)
    parser.add_argument("files", nargs="+", type=pathlib.Path)
    options = parser.parse_args()
    wrong, count, fixes = [], 0, 0
    with tempfile.TemporaryDirectory() as scratch:
        folder = pathlib.Path(scratch).resolve()
        subprocess.run([options.nostall, "init"], cwd=folder, check=True, stdout=subprocess.DEVNULL)
        shutil.copytree(TEST / "Inputs", folder / "Inputs")
        flags = FLAGS + [f"-I{folder / 'Inputs'}", f"-I{TEST.parent / 'runtime' / 'include'}"]
        (folder / "compile_flags.txt").write_text("\n".join(flags) + "\n")
        server = lsp.Server([options.clangd, "--clang-tidy", "--log=error", "--background-index=false"], folder)
        for source in options.files:
            file = folder / f"{source.parent.name}-{source.name}"  # each name once
            shutil.copy(source, file)
            expected = said_by_command(options.nostall, file)
            got = said_by_editor(server, file, server.diagnose(file))
            count += len(expected)
            if differences := compare(expected, got):
                wrong += [f"{source.name}:", *differences]
                continue
            fixed_by_editor, found = after_quick_fixes(file.read_text(), expected, got)
            fixes += found
            subprocess.run([options.nostall, "--quiet", "--fix", str(file)], capture_output=True)
            if file.read_text() != fixed_by_editor:
                wrong += difflib.unified_diff(file.read_text().split("\n"), fixed_by_editor.split("\n"),
                                              f"{source.name} after --fix", "after all quick fixes", lineterm="")
        status = server.close()
        if status:
            wrong.append(f"nostall-clangd ended with {status}")
    print("\n".join(wrong))
    print(f"{len(options.files)} files, {count} findings, {fixes} quick fixes")
    return 1 if wrong or not count or not fixes else 0


if __name__ == "__main__":
    sys.exit(main())
