"""Asks `nostall why-not` about the lines of a program that say what it answers.

    why_not.py NOSTALL SOURCE FILE...

A line's comment is `// word: sentence | sentence ...`: each is part of the
answer, with the check in brackets if that matters. A sentence about a check
that is not nostall-blocking-call says so in brackets, and then the answer has
no more lines about such checks than the comment has sentences: that is what is
held against noise. The first FILE is asked about with other options, too.
"""

import concurrent.futures
import json
import os
import re
import subprocess
import sys

nostall, source, *files = sys.argv[1:]
flags = [f"-I{source}/test/Inputs", f"-I{source}/runtime/include"]
units = [name for name in os.listdir() if name.endswith(".cpp")]
with open("compile_commands.json", "w") as database:
    json.dump([{"directory": os.getcwd(), "file": f, "arguments": ["c++", "-std=c++20", *flags, "-c", f]} for f in units], database)
wrong = 0


def ask(place, *options, code=0):
    done = subprocess.run([nostall, "why-not", place, *options], capture_output=True, text=True)
    answer = done.stdout + done.stderr
    if done.returncode != code:
        expect(answer, f"exit code {code}, not {done.returncode}", place)
    return answer


def expect(answer, sentence, what):
    global wrong
    if sentence not in answer:
        wrong += 1
        print(f"{what}: expected {sentence!r}\n{answer}")


def check(file, number, word, sentences):
    # A header is asked about as a source of its own.
    options = ["--header-filter=nothing"] if file.endswith(".h") else []
    answer = ask(f"{file}:{number}", *options)
    for sentence in sentences:
        expect(answer, sentence, word)
    others = [a for a in answer.splitlines() if not a.endswith("[nostall-blocking-call]")]
    if sentences[0].endswith("]") and len(others) != len(sentences):
        expect(answer, f"{len(sentences)} sentences", word)


asked = [
    (file, number, found[1], found[2].split(" | "))
    for file in files
    for number, line in enumerate(open(file), 1)
    if (found := re.search(r"// (?:NOLINT\S* )?([a-z-]+): (.*)$", line))
]
# The first fills the index that the others read.
check(*asked[0])
with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
    list(pool.map(lambda a: check(*a), asked[1:]))

first = files[0]
place = next(f"{first}:{n}" for n, line in enumerate(open(first), 1) if "it is a finding" in line)
found = re.search(r"it is a finding.*\[(nostall-[a-z-]+)\]", ask(place))[1]
expect(ask(place, f"--checks=-{found}", f"--check={found}"), f"the check {found} is off [{found}]\n", "off")
expect(ask(first, code=2), "is not of the form FILE:LINE", "form")
expect(ask("absent.cpp:3", code=2), "there is no file or folder 'absent.cpp'", "absent")
expect(ask(f"{first}:9999", code=2), " lines", "behind the end")
expect(ask(f"{first}:1"), f"{first}:1: nothing that is run here is anything that a check asks about", "nothing")
expect(ask(place, "--check=nonsense", code=2), "no check is called 'nonsense'", "unknown check")
listed = subprocess.run([nostall, "list-checks"], capture_output=True, text=True).stdout
for known in re.findall(r"^nostall-\S+", listed, re.M):
    answer = ask(f"{first}:1", f"--check={known}")
    expect(answer, f"{known} asks about ", "a check of its own")
sys.exit(wrong > 0)
