"""Lints a folder of which a subfolder may not be read: unreadable.py NOSTALL FOLDER

Root may read everything, so as root the command runs as nobody.
"""

import os
import pathlib
import shutil
import subprocess
import sys
import tempfile

NOBODY = 65534

nostall, folder = sys.argv[1], pathlib.Path(sys.argv[2])
with tempfile.TemporaryDirectory(dir=folder.parent.parent) as scratch:
    # A place that nobody may reach, whoever owns the folders above the test's.
    os.chmod(scratch, 0o755)
    copy = pathlib.Path(scratch) / folder.name
    shutil.copytree(folder, copy)
    command = pathlib.Path(scratch) / "nostall"
    shutil.copy(nostall, command)
    copy.chmod(0o755)
    (copy / "sub").chmod(0)
    drop = {"user": NOBODY, "group": NOBODY, "extra_groups": []} if os.geteuid() == 0 else {}
    run = subprocess.run([command, copy], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, cwd=scratch, **drop)
    (copy / "sub").chmod(0o755)
print(run.stdout, end="")
print("status", run.returncode)
