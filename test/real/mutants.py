"""Forgets every `co_await` of the real programs, one at a time, and lints.

    mutants.py --nostall PATH [--clang PATH] [--only SUBSTRING] [--all]

A variant is a program with one `co_await` deleted. Many no longer compile, and
those are the compiler's to report. Each of the others is the mistake that
nostall-forgotten-co-await is about, made in code that somebody wrote for other
reasons, so each must be found, on the lines of its statement.

The same run applies the fix. A fix that puts back what was deleted gives the
original program, token for token, and that one is known to compile and to be
silent; anything else is linted again, and must then parse and be silent. Some
variants have no fix: where the deleted `co_await` was all that made the function
a coroutine, nothing can be awaited there any more. They are counted.

A second way to forget: the task is kept in a variable that nothing awaits
(`auto kept = f();`). The compiler says nothing of those, so they are what nostall
is for. They are made all at once, one variant a program, from every `co_await`
that is a statement by itself; each function keeps one, so that it stays a
coroutine.

One nostall run serves as compile filter, lint, fix and as a measure of what the
compiler's own -Wall -Wextra finds. A program's headers are precompiled. Of a program
that takes long all the same (`long` in expected.toml), one variant of each form of
statement is tried; --all tries each.
"""

import argparse
import re
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

sys.path.append(str(Path(__file__).resolve().parent.parent))
from cpptext import line_of, opens_block, same_program, statement_lines, tokens
from programs import UNPARSED, Finding, Program, in_parallel, lint, programs
from precompile import precompile

CHECK = "nostall-forgotten-co-await"
SELECTION = "--checks=-*,clang-diagnostic-*," + CHECK
# Errors past the first tell nothing more about a variant that does not compile.
EXTRA_FLAGS = ["-Wall", "-Wextra", "-ferror-limit=1"]


@dataclass
class Variant:
    program: Program
    source: str
    line: int
    lines: range
    only_await: bool


@dataclass
class Outcome:
    compiles: bool = False
    found: bool = False
    by_compiler: bool = False
    fixed: str = ""  # "original", "other" or "" for no fix
    wrong: str = ""


def function_around(all_tokens, index: int) -> tuple[int, int]:
    """The outermost function body, or member's, around `index`, as token indices."""
    depths, opened = [], []
    for position, token in enumerate(all_tokens):
        if token.text == "{":
            opened.append(position)
        elif token.text == "}" and opened:
            depths.append((opened.pop(), position))
    around = sorted(pair for pair in depths if pair[0] < index < pair[1])
    for start, end in around:
        if all_tokens[start - 1].text in (")", "const", "noexcept"):
            return start, end
    return 0, len(all_tokens)


def suspensions(all_tokens, index: int) -> int:
    """How many words make the function around `index` a coroutine."""
    start, end = function_around(all_tokens, index)
    return sum(t.text in ("co_await", "co_return", "co_yield") for t in all_tokens[start:end])


def variants(program: Program) -> list[Variant]:
    source = program.text
    found = tokens(source)
    result = []
    for index, token in enumerate(found):
        if token.text != "co_await":
            continue
        changed = source[: token.offset] + re.sub(
            r"^ ", "", source[token.offset + len("co_await") :]
        )
        result.append(
            Variant(
                program,
                changed,
                line_of(source, token.offset),
                statement_lines(source, found, index),
                suspensions(found, index) == 1,
            )
        )
    return result


def keep_all(program: Program) -> tuple[str, list[int]]:
    """The program with its awaited statements kept in variables, and their lines."""
    source = program.text
    found = tokens(source)
    left: dict[tuple[int, int], int] = {}
    edits = []
    for index, token in enumerate(found):
        before = found[index - 1].text
        if token.text != "co_await" or before not in ("{", "}", ";", ")", "else"):
            continue
        if before == "{" and not opens_block(found, index - 1):
            continue
        body = function_around(found, index)
        left.setdefault(body, suspensions(found, index))
        if left[body] > 1:
            left[body] -= 1
            edits.append(token.offset)
    for number, offset in reversed(list(enumerate(edits))):
        source = f"{source[:offset]}auto kept{number} ={source[offset + len('co_await'):]}"
    return source, [line_of(program.text, offset) for offset in edits]


def one_a_kind(found: list[Variant]) -> list[Variant]:
    """Of each form of statement (`co_await x;`, `auto [x, x] = co_await x;`, ...) the first."""
    by_form = {}
    for variant in found:
        before = variant.program.text.splitlines()[variant.line - 1].split("co_await")[0]
        by_form.setdefault(re.sub(r"\w+", "x", before).strip(), variant)
    return list(by_form.values())


def try_kept(program: Program, nostall: str, headers: list[str]) -> tuple[int, int, list[str]]:
    """How many tasks were kept, how many of them the compiler saw, and what is wrong."""
    source, lines = keep_all(program)
    with tempfile.TemporaryDirectory(prefix="nostall-mutant-") as folder:
        file = Path(folder) / program.file.name
        file.write_text(source)
        report = lint(nostall, file, program.flags_for(file) + EXTRA_FLAGS + headers, SELECTION)
    if report.code == UNPARSED:
        return len(lines), 0, [f"{program.path}: does not parse with its tasks kept\n{report.text}"]
    found = {f.line for f in report.findings if f.check == CHECK}
    by_compiler = {
        f.line for f in report.findings if f.check.startswith("clang-diagnostic-unused")
    }
    wrong = [f"{program.path}:{line}: kept in a variable, not found" for line in lines if line not in found]
    return len(lines), sum(line in by_compiler for line in lines), wrong


def key(finding: Finding) -> tuple:
    return finding.line, finding.check, finding.message


def try_variant(variant: Variant, nostall: str, headers: list[str], before: set) -> Outcome:
    program = variant.program
    with tempfile.TemporaryDirectory(prefix="nostall-mutant-") as folder:
        file = Path(folder) / program.file.name
        file.write_text(variant.source)
        flags = program.flags_for(file) + EXTRA_FLAGS + headers
        report = lint(nostall, file, flags, SELECTION, "--fix")
        if report.code == UNPARSED:
            return Outcome()
        here = [
            f for f in report.findings if f.line in variant.lines and key(f) not in before
        ]
        outcome = Outcome(
            compiles=True,
            found=any(f.check == CHECK for f in here),
            by_compiler=any(f.check.startswith("clang-diagnostic") for f in here),
        )
        fixed = file.read_text()
        if not outcome.found:
            outcome.wrong = "not found:\n" + report.text
        elif fixed == variant.source:
            if not variant.only_await:
                outcome.wrong = "found, but there is no fix:\n" + report.text
        elif same_program(fixed, program.text):
            outcome.fixed = "original"
        else:
            outcome.fixed = "other"
            again = lint(nostall, file, flags, SELECTION)
            left = [f for f in again.findings if f.check == CHECK]
            if again.code == UNPARSED or left:
                outcome.wrong = f"the fix is wrong:\n{again.text}\n{fixed}"
        return outcome


def main() -> int:
    parser = argparse.ArgumentParser()
    parser.add_argument("--nostall", required=True)
    parser.add_argument("--clang", default="clang++-22")
    parser.add_argument("--only", default="")
    parser.add_argument("--all", action="store_true")
    options = parser.parse_args()

    chosen = [p for p in programs(coroutines_only=True) if options.only in p.path]
    with tempfile.TemporaryDirectory(prefix="nostall-headers-") as folder:
        headers = dict(zip((p.path for p in chosen), in_parallel(
            lambda p: precompile(options.clang, p.text, p.flags_for(p.file) + EXTRA_FLAGS,
                                 Path(folder) / (p.path.replace("/", "-") + ".pch")), chosen)))
        return judge(options, chosen, headers)


def judge(options, chosen: list[Program], headers: dict[str, list[str]]) -> int:
    # Without the precompiled headers: what they change would be new in each variant.
    baselines = in_parallel(
        lambda p: lint(options.nostall, p.file, p.flags_for(p.file) + EXTRA_FLAGS, SELECTION),
        chosen,
    )
    before = {p.path: {key(f) for f in report.findings} for p, report in zip(chosen, baselines)}
    # Slow programs first, so that the last core to finish does so soon.
    queue = []
    for program in reversed(chosen):
        found = variants(program)
        queue += one_a_kind(found) if program.long and not options.all else found
    outcomes = in_parallel(
        lambda v: try_variant(v, options.nostall, headers[v.program.path], before[v.program.path]), queue
    )

    keeping = [p for p in reversed(chosen) if keep_all(p)[1]]
    kept = in_parallel(lambda p: try_kept(p, options.nostall, headers[p.path]), keeping)

    for complaint in (complaint for _, _, wrong in kept for complaint in wrong):
        print(complaint)
    for variant, outcome in zip(queue, outcomes):
        if outcome.wrong:
            print(f"{variant.program.path}:{variant.line}: {outcome.wrong}")
    compiling = [o for o in outcomes if o.compiles]
    print(f"{len(chosen)} programs, {len(outcomes)} variants, {len(compiling)} compile")
    print(f"nostall finds {sum(o.found for o in compiling)} of {len(compiling)}")
    print(f"-Wall -Wextra finds {sum(o.by_compiler for o in compiling)} of {len(compiling)}")
    print(
        f"fixed: {sum(o.fixed == 'original' for o in compiling)} to the original program,"
        f" {sum(o.fixed == 'other' for o in compiling)} to another that compiles and is silent;"
        f" {sum(not o.fixed for o in compiling)} have no fix"
    )
    count, missed = sum(k[0] for k in kept), sum(len(k[2]) for k in kept)
    print(f"kept in a variable: nostall finds {count - missed} of {count},"
          f" -Wall -Wextra {sum(k[1] for k in kept)}")
    failed = missed or any(o.wrong for o in outcomes)
    return 1 if failed or not compiling or not count else 0


if __name__ == "__main__":
    sys.exit(main())
