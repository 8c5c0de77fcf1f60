"""tool/bazel in Debian's Bazel: what it finds, and what it does again.

    bazel.py --nostall PROGRAM --rules FOLDER --work EMPTY_FOLDER

Without a network: the rules for Java come from Debian's package; of those for
C++ only the names are needed, because Bazel has the rules themselves; and of the
tools for coverage, which every test depends on, only that they are there.
"""

import argparse
import json
import pathlib
import subprocess
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent))
from running import expect, failures

OPTIONS = argparse.ArgumentParser()
OPTIONS.add_argument("--nostall", required=True)
OPTIONS.add_argument("--rules", required=True)
OPTIONS.add_argument("--work", required=True)
OPTIONS = OPTIONS.parse_args()

WORK = pathlib.Path(OPTIONS.work).resolve()
PROGRAM = WORK / "program"

RULES = ["cc_binary", "cc_import", "cc_library", "cc_proto_library", "cc_test", "cc_toolchain", "cc_toolchain_suite", "objc_library"]

FILES = {
    "rules_cc/WORKSPACE": "",
    "rules_cc/cc/BUILD": "",
    "rules_cc/cc/defs.bzl": "".join(f"{name} = native.{name}\n" for name in RULES),
    "coverage/WORKSPACE": "",
    "coverage/BUILD": 'filegroup(name = "coverage_report_generator", visibility = ["//visibility:public"])\n',
    "program/WORKSPACE": f"""
local_repository(name = "rules_cc", path = "{WORK}/rules_cc")
local_repository(name = "remote_coverage_tools", path = "{WORK}/coverage")
local_repository(name = "rules_java", path = "/usr/share/bazel/rules/java")
local_repository(name = "rules_nostall", path = "{OPTIONS.rules}")
load("@rules_nostall//:repositories.bzl", "nostall_local")
nostall_local(path = "{OPTIONS.nostall}")
""",
    "program/.bazelrc": "build --cxxopt=-std=c++20 --spawn_strategy=linux-sandbox --host_force_python=PY3\n"
    "build --@rules_nostall//:config=//:lint_config\n",
    "program/BUILD": 'filegroup(name = "lint_config", srcs = [".nostall.yaml"], visibility = ["//visibility:public"])\n',
    "program/.nostall.yaml": "functions:\n  - name: disk::crunch\n    blocks: cpu\n",
    # disk <- log <- server; tools depends on disk alone.
    "program/disk/BUILD": 'cc_library(name = "disk", srcs = ["disk.cc"], hdrs = ["disk.h"], visibility = ["//visibility:public"])\n',
    "program/disk/disk.h": "#pragma once\nnamespace disk { void write_down(); void crunch(); }\n",
    "program/disk/disk.cc": '#include "disk/disk.h"\n#include <unistd.h>\nvoid disk::write_down() { fsync(1); }\nvoid disk::crunch() {}\n',
    "program/log/BUILD": "cc_library(name = \"log\", srcs = [\"log.cc\", \"flush.c\"], hdrs = [\"public/log.h\"], includes = [\"public\"],\n"
    '    local_defines = ["LINES=3"], deps = ["//disk"], visibility = ["//visibility:public"])\n',
    "program/log/public/log.h": "#pragma once\nvoid log_line();\n",
    "program/log/log.cc": '#include "disk/disk.h"\n#include <log.h>\nstatic_assert(LINES == 3);\nvoid log_line() { disk::write_down(); }\n',
    "program/log/flush.c": "#include <unistd.h>\nvoid raw_flush(void) { int new = fdatasync(1); (void)new; }\n",
    "program/tools/BUILD": 'cc_binary(name = "tool", srcs = ["tool.cc", "local.h"], deps = ["//disk"], visibility = ["//visibility:public"])\n',
    "program/tools/local.h": "#pragma once\n",
    "program/tools/tool.cc": '#include "disk/disk.h"\n#include "local.h"\nint main() { disk::write_down(); }\n',
    "program/server/BUILD": """
load("@rules_nostall//:nostall.bzl", "nostall_report", "nostall_test")
cc_binary(name = "server", srcs = ["server.cc", "main.cc"], deps = ["//log"], copts = ["-DPORT=80"])
nostall_test(name = "stalls", deps = [":server", "//tools:tool"], formats = ["sarif", "jsonl"])
nostall_test(name = "tools_stall", deps = ["//tools:tool"])
nostall_report(name = "report", deps = [":server"], formats = ["html"])
""",
    "program/server/server.cc": """#include "log.h"
#include "disk/disk.h"
#include <coroutine>
extern "C" void raw_flush(void);
struct task {
  struct promise_type {
    task get_return_object() { return {}; }
    std::suspend_always initial_suspend() { return {}; }
    std::suspend_always final_suspend() noexcept { return {}; }
    void return_void() {}
    void unhandled_exception() {}
  };
  bool await_ready() { return false; }
  void await_suspend(std::coroutine_handle<>) {}
  void await_resume() {}
};
task serve() {
  static_assert(PORT == 80);
  log_line();
  disk::crunch();
  raw_flush();
  co_return;
}
""",
    "program/server/main.cc": "int main() {}\n",
}

ALL = ["disk.cc", "flush.c", "log.cc", "main.cc", "server.cc", "tool.cc"]

def bazel(*args):
    done = subprocess.run(
        ["bazel", f"--output_user_root={WORK}/bazel", "--max_idle_secs=60", *args],
        cwd=PROGRAM,
        capture_output=True,
        text=True,
    )
    lines = (done.stdout + done.stderr).splitlines(keepends=True)
    return done.returncode, "".join(line for line in lines if "linux-sandbox" not in line)


def run(command, *targets, options=()):
    """The exit code, the output, and what was executed: (mnemonic, output)."""
    log = WORK / "executed.json"
    log.unlink(missing_ok=True)
    code, text = bazel(command, *options, "--test_output=all", f"--execution_log_json_file={log}", *targets)
    executed = []
    if log.exists():
        rest = log.read_text()
        decode = json.JSONDecoder()
        while rest := rest.lstrip():
            spawn, end = decode.raw_decode(rest)
            rest = rest[end:]
            executed += [(spawn.get("mnemonic"), pathlib.PurePath(name).name) for name in spawn.get("listedOutputs", [])[:1]]
            expect("sandbox" in spawn.get("runner", "") or spawn.get("mnemonic") == "TestRunner", f"in the sandbox: {spawn.get('runner')}")
    return code, text, sorted(executed)


def edit(name, old, new):
    path = PROGRAM / name
    text = path.read_text()
    assert old in text
    path.write_text(text.replace(old, new))


def nostalls(executed):
    return [(m, o) for m, o in executed if m in ("NostallMap", "NostallLink")]


def test():
    # All sources are read, the chain leads through three libraries.
    code, text, executed = run("test", "//server:stalls")
    expect(code == 3, f"findings fail the test: {code} {text}")
    expect(
        nostalls(executed)
        == [("NostallLink", "stalls.jsonl")] + [("NostallMap", f"{n}.map") for n in ALL],
        f"one map a source, one link: {executed}",
    )
    for line in (
        "server/server.cc:19:3: warning: call to 'log_line' blocks the event loop: it reaches 'fsync' (file-io)",
        "   19 |   log_line();",
        "log/log.cc:4:19: note: 'log_line' calls 'disk::write_down' here",
        "disk/disk.cc:3:27: note: 'disk::write_down' calls 'fsync' here",
        "server/server.cc:20:3: warning: call to 'disk::crunch' blocks the event loop (cpu)",
        "server/server.cc:21:3: warning: call to 'raw_flush' blocks the event loop: it reaches 'fdatasync' (file-io)",
    ):
        expect(line in text, f"{line}: {text}")
    results = PROGRAM / "bazel-bin/server"
    expect(json.load((results / "stalls.sarif").open())["runs"][0]["results"], "SARIF")
    for name in ("stalls.txt", "stalls.sarif", "stalls.jsonl"):
        expect(str(WORK) not in (results / name).read_text(), f"{name} names the machine")
    first = {name: (results / name).read_bytes() for name in ("stalls.txt", "stalls.sarif", "stalls.jsonl")}

    # What did not change is not done again.
    code, text, executed = run("test", "//server:stalls")
    expect(nostalls(executed) == [], f"nothing is done again: {executed}")

    # A changed source is read, and the program linked.
    edit("disk/disk.cc", "crunch() {}", "crunch() { int i = 0; (void)i; }")
    code, text, executed = run("test", "//server:stalls")
    expect(nostalls(executed) == [("NostallLink", "stalls.jsonl"), ("NostallMap", "disk.cc.map")], f"a leaf: {executed}")
    expect(first["stalls.sarif"] == (results / "stalls.sarif").read_bytes(), "the same findings, the same bytes")

    # A header changes the targets that may include it.
    edit("disk/disk.h", "void crunch();", "void crunch(); void more();")
    _, _, executed = run("test", "//server:stalls")
    expect([o for m, o in nostalls(executed) if m == "NostallMap"] == [f"{n}.map" for n in ALL], f"a header: {executed}")

    # Configuration is an input.
    edit(".nostall.yaml", "cpu", "sleep")
    _, text, executed = run("test", "//server:stalls")
    expect("disk::crunch' blocks the event loop (sleep)" in text, f"configuration: {text}")

    # Nothing on the loop: the test passes. A report is no test.
    code, text, _ = run("test", "//server:tools_stall")
    expect(code == 0, f"no findings: {text}")
    code, text, executed = run("build", "//server:report")
    expect(code == 0 and (results / "report.html").exists(), f"a report: {text}")
    expect([m for m, _ in nostalls(executed)] == ["NostallLink"], f"reads nothing again: {executed}")

    # Fixed.
    edit("server/server.cc", "  log_line();\n  disk::crunch();\n  raw_flush();\n", "")
    code, text, executed = run("test", "//server:stalls")
    expect(code == 0, f"fixed: {text}")
    # What does not parse fails the test, though all actions succeed.
    edit("tools/tool.cc", "int main", "nonsense main")
    code, text, executed = run("test", "//server:stalls")
    expect(code == 3 and "unknown type name 'nonsense'" in text, f"a source that does not parse: {code} {text}")


for name, text in FILES.items():
    path = WORK / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
try:
    test()
finally:
    bazel("clean", "--expunge")  # ends the server, too
print("FAILED" if failures else "the Bazel rules hold")
raise SystemExit(bool(failures))
