"""An index that is not to be had costs time, and changes no answer.

No folder for it, a full disk, a tree that cannot be written, a newer nostall's,
one that another process holds.
"""

import os
import pathlib
import resource
import signal
import sqlite3
import subprocess

from index import FILES
from program import Whole, demand, run_parts


def unusable(p: Whole):
    """No folder, a full disk, a newer nostall's."""
    fresh = p.tell("--index=none", ".", code=1).stdout
    nowhere = p.tell("--index=/proc/nowhere", ".", code=1)
    demand(nowhere.stdout == fresh and "results of this run will not be cached" in nowhere.stderr, nowhere.stderr)

    def small_disk():
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (30000, 30000))
    full = p.tell(".", code=1, preexec_fn=small_disk)
    demand(full.stdout == fresh, f"on a full disk:\n{full.stdout}{full.stderr}")
    demand("cached" in full.stderr and "--index" in full.stderr, full.stderr)
    p.expect("after the disk was full", None)

    index = p.work / ".nostall/index.db"
    with sqlite3.connect(index) as db:
        db.execute("PRAGMA user_version=1000000")
    db.close()
    before = index.read_bytes()
    newer = p.tell("--verbose", ".", code=1)
    demand(newer.stdout == fresh and "4 of 4 files parsed" in newer.stderr, newer.stderr)
    demand("index.db' was made by a newer nostall; remove it" in newer.stderr, newer.stderr)
    demand(index.read_bytes() == before, "the index of a newer nostall was changed")


def read_only(p: Whole):
    """A tree in which nothing can be written."""
    fresh = p.tell("--index=none", ".", code=1).stdout

    def without_rights():
        if os.geteuid() == 0:  # whom no permission holds back
            os.setgroups([])
            os.setgid(65534)
            os.setuid(65534)

    def tell(*arguments: str) -> subprocess.CompletedProcess:
        return p.tell(*arguments, code=1, preexec_fn=without_rights)

    def forbid(folder: pathlib.Path):
        for path in [folder, *folder.rglob("*")]:
            path.chmod(0o555 if path.is_dir() else 0o444)

    def allow(folder: pathlib.Path):
        for path in [folder, *folder.rglob("*")]:
            path.chmod(0o755 if path.is_dir() else 0o644)

    above = p.work
    while os.geteuid() == 0 and above != above.parent:  # the other user has to get here
        demand(above == p.work or bool(above.stat().st_mode & 0o001), f"'{above}' is closed to others")
        above = above.parent
    try:
        forbid(p.work)
        run = tell(".")
        demand(run.stdout == fresh, f"in a tree that cannot be written:\n{run.stdout}{run.stderr}")
        demand("results of this run will not be cached" in run.stderr and "--index" in run.stderr, run.stderr)
        allow(p.work)
        p.expect("an index", 4)
        before = (p.work / ".nostall/index.db").read_bytes()
        forbid(p.work)
        run = tell(".")
        demand(run.stdout == fresh, f"with an index that cannot be written:\n{run.stdout}{run.stderr}")
        demand("results of this run will not be cached" in run.stderr and "--index" in run.stderr, run.stderr)
        demand((p.work / ".nostall/index.db").read_bytes() == before, "a file that is not to be written was written")
    finally:
        allow(p.work)
    p.expect("writable again", 0)


def held_up(p: Whole):
    """A process that holds the index, and was stopped while it did so."""
    p.expect("first run", 4)
    other = sqlite3.connect(p.work / ".nostall/index.db")
    other.execute("BEGIN IMMEDIATE")
    fresh = p.tell("--index=none", ".", code=1).stdout
    warm = p.tell("--verbose", ".", code=1)
    demand(warm.stdout == fresh and "0 of 4 files parsed" in warm.stderr, f"nothing is to be written:\n{warm.stderr}")
    p.write("lib/deep.h", FILES["lib/deep.h"] + "// more\n")
    run = p.tell(".", code=1)
    demand(run.stdout == fresh, run.stdout)
    demand("some results of this run were not cached" in run.stderr and "locked" in run.stderr, run.stderr)
    other.close()
    p.expect("it is gone", 2)


def somebodys_folder(p: Whole):
    """An index beside other things hides nothing from git."""
    p.tell("--index=.", ".", code=1)
    demand((p.work / "index.db").exists() and not (p.work / ".gitignore").exists(), "a .gitignore was made in a folder that was there")
    p.tell("--index=new", ".", code=1)
    demand((p.work / "new/.gitignore").read_text() == "*\n", "the index is shown to git")


if __name__ == "__main__":
    run_parts([unusable, read_only, held_up, somebodys_folder])
