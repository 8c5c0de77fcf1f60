"""Runs a command and demands its exit code: exits.py CODE COMMAND..."""

import subprocess
import sys

run = subprocess.run(sys.argv[2:], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
print(run.stdout, end="")
if "Stack dump" in run.stdout:
    sys.exit("the command crashed")
if run.returncode != int(sys.argv[1]):
    sys.exit(f"exit code {run.returncode}, not {sys.argv[1]}")
