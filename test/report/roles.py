"""Lints the checks' own tests and demands that every note is recognised.

    roles.py NOSTALL FILE... -- FLAGS

Reports know a note's role by its words (tool/report/Chain.cpp). A note that is
an aside by mistake would be missing from chains, so the asides are listed here.
"""

import collections
import json
import re
import subprocess
import sys

ASIDES = [
    r"\d+ more blocking calls? (is|are) reached from here",
    r"\d+ more calls lie between",
    r"expanded from macro '\w+'",  # Clang's own
]

cut = sys.argv.index("--")
done = subprocess.run(
    [sys.argv[1], "--quiet", "--format=jsonl", *sys.argv[2:]], capture_output=True, text=True
)
problems, roles = [], collections.Counter()
for line in done.stdout.splitlines():
    finding = json.loads(line)
    place = f"{finding['file']}:{finding['line']}"
    for note in finding.get("notes", []):
        roles[note["role"]] += 1
        if note["role"] == "aside" and not any(re.fullmatch(aside, note["message"]) for aside in ASIDES):
            problems.append(f"{place}: nobody knows what this note is for: {note['message']}")
    if finding["check"] == "nostall-blocking-call":
        cause = finding.get("cause", {})
        if not cause.get("name") or not cause.get("source") or not re.fullmatch(r"[a-z]+(-[a-z]+)*", cause.get("category", "")):
            problems.append(f"{place}: no cause, or half of one: {cause}; {finding['message']}")
    if finding["check"] == "nostall-await-holding-lock" and finding["notes"][0]["role"] != "before":
        problems.append(f"{place}: the lock is not taken before")
for role in ("before", "hop", "cause", "aside", "offer"):
    if not roles[role]:
        problems.append(f"no note is '{role}'")
print("\n".join(problems) or f"{sum(roles.values())} notes are recognised")
sys.exit(bool(problems))
