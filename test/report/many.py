"""Writes 23 sources with ten findings each: many.py FOLDER"""

import sys
from pathlib import Path

folder = Path(sys.argv[1])
folder.mkdir()
for file in range(23):
    drops = "".join(
        f"co::task<> last_{i}();\nco::task<> first_{i}() {{ last_{i}(); co_return; }}\n\n\n" for i in range(10)
    )
    Path(folder, f"file{file}.cpp").write_text('#include "co.h"\n' + drops)
