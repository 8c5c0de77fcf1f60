"""For tests that are programs: run a command, hold what it says to something."""

import subprocess
import sys

failures = []


def run(*command, status=0, **options):
    """What the command prints, on both outputs. Another exit code than `status` ends the test; None: any will do."""
    words = [str(word) for word in command]
    done = subprocess.run(words, text=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, stdin=subprocess.DEVNULL, **options)
    if status is not None and done.returncode != status:
        sys.exit(f"{' '.join(words)}: {done.returncode}\n{done.stdout}")
    return done.stdout


def holds(condition, what):
    """Ends the test if it does not."""
    if not condition:
        sys.exit(str(what))


def expect(condition, what):
    """Goes on if it does not hold, and leaves it in `failures`."""
    if not condition:
        failures.append(what)
        print("FAILED:", what[-3000:])
