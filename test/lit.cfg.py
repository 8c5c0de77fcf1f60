"""The lit suites: what a test file is, and the words it may use.

    %nostall-verify FILE [options] [-- flags]   hold nostall to the comments (expectations.py)
    %nostall, %clang-tidy, %plugin, %nostall-clangd, %clang, %python
    FileCheck, split-file, not                  LLVM's test tools
    %build, %source                             the two trees
    %away                                       a folder (to be made) with no database above it

A test is a `.test` or `.cpp` file with RUN lines; *Test.cpp is GoogleTest's.
"""

import hashlib
import os
import shutil
import sys
import tempfile

import lit.formats

config.name = "nostall"
config.test_format = lit.formats.ShTest(execute_external=False)
config.test_source_root = os.path.dirname(__file__)
config.test_exec_root = os.path.join(config.build_dir, "test")
config.suffixes = [".test", ".cpp"]
config.excludes = ["Inputs", "CMakeLists.txt"] + [
    name
    for _, _, names in os.walk(config.test_source_root)
    for name in names
    if name.endswith("Test.cpp")
]
# runtime/ has GoogleTest and CTest of its own; the others are programs and inputs.
config.excludes += ["runtime", "bench", "survive.cpp"]

nostall = os.path.join(config.build_dir, "tool", "cli", "nostall")
# %t lies in the build folder, below a compile_commands.json.
away = os.path.join(tempfile.gettempdir(), "nostall-" + hashlib.md5(config.build_dir.encode()).hexdigest()[:12])
clang = os.path.join(config.llvm_tools_dir, "clang++")
expectations = os.path.join(config.test_source_root, "expectations.py")
config.substitutions += [
    # Longer words first: lit replaces one after the other.
    ("%nostall-verify\\b", f"{sys.executable} {expectations} --nostall {nostall} --clang {clang}"),
    ("%clang-tidy\\b", os.path.join(config.llvm_tools_dir, "clang-tidy")),
    ("%nostall-clangd\\b", os.path.join(config.build_dir, "tool", "clangd", "nostall-clangd")),
    ("%clang\\b", clang),
    ("%plugin\\b", os.path.join(config.build_dir, "tool", "plugin", "libnostall-tidy.so")),
    ("%nostall\\b", nostall),
    ("%python\\b", sys.executable),
    ("%build\\b", config.build_dir),
    ("%away\\b", away),
    ("%{path}", config.environment["PATH"]),
    ("%source\\b", os.path.dirname(config.test_source_root)),
    ("\\bFileCheck\\b", os.path.join(config.llvm_tools_dir, "FileCheck")),
    ("\\bsplit-file\\b", os.path.join(config.llvm_tools_dir, "split-file")),
]

# Tests of user configuration must not see this machine's.
for name in ("HOME", "XDG_CONFIG_HOME", "XDG_CACHE_HOME"):
    config.environment[name] = os.path.join(config.test_exec_root, "home")
os.makedirs(config.environment["HOME"], exist_ok=True)
# Nor this tree's own: the build folder may lie below its .clang-tidy.
with open(os.path.join(config.test_exec_root, ".clang-tidy"), "w") as nearest:
    nearest.write("{}\n")

if shutil.which("chromium") and shutil.which("chromedriver"):
    config.available_features.add("browser")
if shutil.which("node") and os.path.isdir(os.path.join(config.build_dir, "schema", "node_modules")):
    config.available_features.add("sarif-schema")
if shutil.which("pre-commit"):
    config.available_features.add("pre-commit")
# Debian's Bazel, with the rules that it needs besides.
if shutil.which("bazel") and os.path.isdir("/usr/share/bazel/rules/java"):
    config.available_features.add("bazel")
# Packages are made of programs that are linked besides, and used where LLVM is hidden.
if os.path.exists(os.path.join(config.build_dir, "static", "bin", "nostall-clangd")) and hasattr(os, "geteuid") and os.geteuid() == 0:
    config.available_features.add("packages")
if config.slow:
    config.available_features.add("slow")
