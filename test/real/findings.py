"""Lints the real programs as they stand and holds nostall to expected.toml.

    findings.py --nostall PATH [--only SUBSTRING]

Fails on a finding that is not expected, on one that is missing, on one that
lacks the words that make it right for the right reason, on a program that does
not parse, and on a known miss that is missed no longer (then the expectation
has to move). Prints one line for each program and a sum.
"""

import argparse
import sys

from programs import UNPARSED, Program, in_parallel, lint, programs


def complaints(program: Program, nostall: str) -> tuple[int, list[str]]:
    report = lint(nostall, program.file, program.flags_for(program.file))
    if report.code == UNPARSED:
        return 0, ["does not parse:\n" + report.text]
    wrong = []
    unexpected = list(report.findings)
    for row in program.findings:
        place = (row["line"], row["check"])
        match = next((f for f in unexpected if (f.line, f.check) == place), None)
        if match is None:
            wrong.append(f"missing: line {row['line']} {row['check']}: {row['why']}")
            continue
        unexpected.remove(match)
        wrong += [f"no {word!r} in: {match.words}" for word in row["says"] if word not in match.words]
    for finding in unexpected:
        known = any((finding.line, finding.check) == (m["line"], m["check"]) for m in program.misses)
        wrong.append(f"{'no longer a miss' if known else 'unexpected'}: {finding}\n{finding.words}")
    return len(report.findings), wrong


def main() -> int:
    parser = argparse.ArgumentParser()
    parser.add_argument("--nostall", required=True)
    parser.add_argument("--only", default="")
    options = parser.parse_args()
    chosen = [p for p in programs() if options.only in p.path]
    results = in_parallel(lambda program: complaints(program, options.nostall), chosen)
    failed = 0
    for program, (count, wrong) in zip(chosen, results):
        print(f"{program.path}: {count} findings{', WRONG' if wrong else ''}")
        for complaint in wrong:
            print("  " + complaint.replace("\n", "\n    "))
        failed += bool(wrong)
    expected = sum(len(p.findings) for p in chosen)
    print(f"{len(chosen)} programs, {sum(n for n, _ in results)} findings, {expected} expected")
    return 1 if failed or not chosen else 0


if __name__ == "__main__":
    sys.exit(main())
