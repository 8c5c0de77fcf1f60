"""Hits the worker of a run at any moment, also inside of malloc: the run ends, and says what was not checked.

    crashes.py NOSTALL FILE -- FLAGS
"""

import ctypes
import os
import pathlib
import signal
import subprocess
import sys
import time

TGKILL = {"x86_64": 234, "aarch64": 131}[os.uname().machine]
RUNS = 25


def tasks(pid: int) -> list[int]:
    return [int(task.name) for task in pathlib.Path(f"/proc/{pid}/task").iterdir()]


def hang(nostall: str, *arguments: str):
    """Every run has one worker; where it is hit differs from run to run."""
    libc = ctypes.CDLL(None)
    began = time.monotonic()
    subprocess.run([nostall, "--index=none", *arguments], capture_output=True)
    whole = time.monotonic() - began
    for number in range(RUNS):
        run = subprocess.Popen([nostall, "--index=none", *arguments], stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
        time.sleep(whole * (0.1 + 0.8 * number / RUNS))
        workers = [task for task in tasks(run.pid) if task != run.pid] if run.poll() is None else []
        for worker in workers:
            libc.syscall(TGKILL, run.pid, worker, int(signal.SIGSEGV))
        try:
            _, said = run.communicate(timeout=60)
        except subprocess.TimeoutExpired:
            run.kill()
            sys.exit(f"run {number} hangs")
        if run.returncode == 3 and b"was not checked" not in said:
            sys.exit(f"run {number} does not say what crashed: {said}")
        if run.returncode not in (1, 3):
            sys.exit(f"run {number} ended with {run.returncode}: {said}")


if __name__ == "__main__":
    hang(*sys.argv[1:])
