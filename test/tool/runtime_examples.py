"""Lints runtime/examples: exactly the lines that say `// warning: TEXT` must warn so."""

import argparse
import re
import subprocess
import sys
from pathlib import Path

parser = argparse.ArgumentParser()
parser.add_argument("--nostall", required=True)
parser.add_argument("--source", required=True, type=Path)
options = parser.parse_args()

bad = 0
examples = sorted((options.source / "runtime/examples").glob("*.cpp"))
for example in examples:
    wanted = {
        number: found[1].strip()
        for number, line in enumerate(example.read_text().splitlines(), 1)
        if (found := re.search(r"// warning: (.*)", line))
    }
    if example.stem.endswith("_mistake") != bool(wanted):
        print(f"{example.name}: a twin, and only a twin, marks its mistake")
        bad += 1
    run = subprocess.run(
        [options.nostall, "--quiet", example, "--", "-std=c++20", f"-I{options.source}/runtime/include"],
        capture_output=True,
        text=True,
    )
    found = dict()
    for place in re.finditer(r"^[^\n:]*:(\d+):\d+: (?:warning|error): (.*)$", run.stdout, re.M):
        found[int(place[1])] = place[2]
    if run.returncode != (1 if wanted else 0) or {n: wanted[n] in found.get(n, "") for n in wanted} != {
        n: True for n in wanted
    } or set(found) != set(wanted):
        print(f"{example.name}: wanted {wanted}, found {found} (exit {run.returncode})\n{run.stderr}")
        bad += 1
print(f"{len(examples)} programs, {bad} wrong")
sys.exit(bool(bad) or not examples)
