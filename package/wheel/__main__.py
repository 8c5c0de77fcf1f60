"""`python -m nostall`: the program, wherever pip has put it."""

import os
import sys
import sysconfig

for scheme in ("", "user"):
    folder = sysconfig.get_path("scripts", f"{os.name}_user") if scheme else sysconfig.get_path("scripts")
    program = os.path.join(folder, "nostall")
    if os.path.exists(program):
        os.execv(program, [program, *sys.argv[1:]])
sys.exit("python -m nostall: the program is not where pip puts scripts; install the package again: pip install --force-reinstall nostall")
