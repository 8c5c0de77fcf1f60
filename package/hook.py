"""How pip builds this repository as a hook: a wheel without a file, which requires the
package `nostall` of this version.
"""

from pathlib import Path

import make

NAME = "nostall_hook"


def build_wheel(wheel_directory, config_settings=None, metadata_directory=None):
    version = make.version()
    info = f"{NAME}-{version}.dist-info"
    metadata = f"Metadata-Version: 2.1\nName: {NAME}\nVersion: {version}\nRequires-Dist: nostall=={version}\n"
    wheel = "Wheel-Version: 1.0\nGenerator: nostall\nRoot-Is-Purelib: true\nTag: py3-none-any\n"
    name = f"{NAME}-{version}-py3-none-any.whl"
    contents = [(f"{info}/METADATA", metadata.encode()), (f"{info}/WHEEL", wheel.encode())]
    make.write_wheel(Path(wheel_directory, name), contents, info, 0, 9)
    return name
