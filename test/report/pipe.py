"""Keeps what a command writes into a named pipe: pipe.py PIPE FILE COMMAND..."""

import shutil
import subprocess
import sys

writer = subprocess.Popen(sys.argv[3:], stdout=subprocess.DEVNULL)
with open(sys.argv[1], "rb") as pipe, open(sys.argv[2], "wb") as file:
    shutil.copyfileobj(pipe, file)
sys.exit(writer.wait() != 1)
