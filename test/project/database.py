"""Writes a compile_commands.json for the sources of the current folder.

    database.py FLAGS...
"""

import json
import pathlib
import sys

here = pathlib.Path.cwd()
commands = [{"directory": str(here), "file": str(source), "arguments": ["clang++", *sys.argv[1:], "-c", str(source)]}
            for source in sorted(here.glob("*.cpp"))]
pathlib.Path("compile_commands.json").write_text(json.dumps(commands))
