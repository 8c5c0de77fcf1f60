"""Makes the packages of the build at hand, twice, and uses each where there is no LLVM.

    packages.py --build DIR --source DIR --work DIR

The mount namespace that this runs in has an empty folder where LLVM lies, so that what
works here works on a machine without it. (--slow roots of other systems: roots.py)
"""

import argparse
import gzip
import hashlib
import json
import os
import re
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
from running import holds, run

parser = argparse.ArgumentParser()
parser.add_argument("--build", type=Path, required=True)
parser.add_argument("--source", type=Path, required=True)
parser.add_argument("--work", type=Path, required=True)
parser.add_argument("--inside", action="store_true", help="LLVM is hidden already")
OPTIONS = parser.parse_args()
WORK = OPTIONS.work
OUT = WORK / "first"
SAMPLE = """#include <coroutine>
#include <string>
#include <unistd.h>
struct task {
  struct promise_type {
    task get_return_object() { return {}; }
    std::suspend_always initial_suspend() { return {}; }
    std::suspend_never final_suspend() noexcept { return {}; }
    void return_void() {}
    void unhandled_exception() {}
  };
  bool await_ready() { return false; }
  void await_suspend(std::coroutine_handle<>) {}
  void await_resume() {}
};
task serve(std::string name) {
  usleep(1);
  co_return;
}
"""
WARNING = "sample.cpp:17:3: warning: call to 'usleep' blocks the event loop"


def make(out):
    extension = OPTIONS.build / "vscode"
    more = ["--extension", extension] if (extension / "out/extension.js").exists() else []
    run(sys.executable, OPTIONS.source / "package/make.py", "--build", OPTIONS.build, "--out", out, "--quick", *more)


def two_runs_make_the_same_bytes():
    make(OUT)
    # Nothing of the first run's times, order or folder may show.
    for path in (OPTIONS.source / "package").iterdir():
        os.utime(path)
    make(WORK / "second" / "deeper")
    first, second = ((folder / "SHA256SUMS").read_text() for folder in (OUT, WORK / "second/deeper"))
    holds(first == second, f"two runs differ:\n{first}\n{second}")
    for line in first.splitlines():
        digest, name = line.split("  ")
        holds(hashlib.sha256((OUT / name).read_bytes()).hexdigest() == digest, f"{name} is not what SHA256SUMS says")
    shutil.rmtree(WORK / "second")


def one(pattern):
    found = list(OUT.glob(pattern))
    holds(len(found) == 1, f"{pattern}: {found}")
    return found[0]


def version():
    return re.search(r"^project\(nostall VERSION (\S+)", (OPTIONS.source / "CMakeLists.txt").read_text(), re.M)[1]


def lints(nostall, folder=WORK):
    text = run(nostall, folder / "sample.cpp", "--", "-std=c++20", status=1, cwd=folder)
    holds(WARNING in text, f"{nostall}: {text}")
    holds(re.match(rf"nostall {version()} \(commit ([0-9a-f]{{12}}|unknown), Clang 22\.", run(nostall, "--version")), "--version")


def tar():
    folder = WORK / "tar"
    folder.mkdir()
    run("tar", "-C", folder, "-xf", one("nostall-*-x86_64.tar.zst"))
    first = next(folder.iterdir())
    lints(first / "bin/nostall")
    moved = WORK / "some where else"
    first.rename(moved)
    link = WORK / "link"
    link.symlink_to(moved / "bin/nostall")
    lints(link)
    hardened(moved / "bin/nostall")
    hardened(moved / "bin/nostall-clangd")
    names_no_folder(moved)
    writes_only_the_index(moved / "bin/nostall")
    interfaces(moved / "share")
    editor(moved / "bin/nostall-clangd")
    # Without its headers, it says what is missing and what to do.
    (moved / "lib/nostall").rename(WORK / "headers")
    text = run(moved / "bin/nostall", WORK / "sample.cpp", "--", "-std=c++20", status=3)
    holds("install nostall's package again" in text, text)
    shutil.rmtree(moved)


def hardened(program):
    dynamic = run("readelf", "-Wd", program)
    holds(set(re.findall(r"\[(\S+\.so\S*)\]", dynamic)) <= {"libc.so.6", "libm.so.6", "libdl.so.2", "libpthread.so.0",
                                                            "ld-linux-x86-64.so.2"}, dynamic)
    holds("RUNPATH" not in dynamic and "RPATH" not in dynamic, "a run path")
    holds("BIND_NOW" in dynamic and " PIE" in dynamic, dynamic)
    headers = run("readelf", "-Wlh", program)
    holds("GNU_RELRO" in headers and re.search(r"GNU_STACK .* RW ", headers) and "DYN (" in headers, headers)
    symbols = run("readelf", "-W", "--dyn-syms", program)
    holds("__stack_chk_fail" in symbols and re.search(r"__\w+_chk@", symbols), "neither stack protector nor fortify")
    holds(".symtab" not in run("readelf", "-WS", program), "not stripped")


def names_no_folder(tree):
    """Of the machine that built it, in no file."""
    for path in filter(Path.is_file, tree.rglob("*")):
        data = path.read_bytes()
        for folder in {str(OPTIONS.source), str(OPTIONS.build), str(OPTIONS.source.resolve())}:
            holds(folder.encode() not in data, f"{path} names {folder}")


def writes_only_the_index(nostall):
    """Whatever it or the compiler that it asks makes, changes or removes is the index, or what an option names."""
    folder, calls = WORK / "written", WORK / "calls.txt"
    (folder / "build").mkdir(parents=True)
    (folder / "build/compile_commands.json").write_text(json.dumps([
        {"directory": str(WORK), "file": "sample.cpp", "command": "g++ -std=c++20 --sysroot=/ -c sample.cpp"}]))
    run("strace", "-f", "-o", calls, "-e", "trace=%file", nostall, "-p", "build", "--report=sarif:out.sarif", cwd=folder, status=1)
    looks = {"access", "faccessat", "faccessat2", "stat", "lstat", "newfstatat", "statx", "statfs", "readlink", "readlinkat",
             "execve", "getcwd", "chdir", "+++", "---", "<..."}
    written = set()
    for line in calls.read_text().splitlines():
        call = re.split(r"[( ]", line.split(maxsplit=1)[1])[0]
        if call not in looks and (not call.startswith("open") or re.search("O_WRONLY|O_RDWR|O_CREAT", line)):
            written |= {folder / name for name in re.findall(r'"(.*?)"', line)}
    index = folder / "build/.nostall"
    named = folder / "out.sarif"  # which is written beside itself, and renamed
    strange = {path for path in written if index not in (path, path.parent) and not path.name.startswith(named.name)} - {Path("/dev/null")}
    holds({index / "index.db", named} <= written and not strange, f"{strange} of {written}")


def interfaces(share):
    """The man page and the completions: their own programs read them, and they say what --help says."""
    page = (share / "man/man1/nostall.1").read_text()
    for word in (r"\-\-changed\-since", ".B list\\-checks", ".SH SYNOPSIS"):
        holds(word in page, f"the man page has no {word}")
    if shutil.which("man"):
        text = run("man", "--warnings", "-l", share / "man/man1/nostall.1", env=os.environ | {"MANWIDTH": "100", "LC_ALL": "C.UTF-8"})
        holds("--changed-since=revision" in text and "warning" not in text.replace("warning[", ""), text[-2000:])
    completion = share / "bash-completion/completions/nostall"
    ask = 'source "$0"; COMP_WORDS=(nostall "$@"); COMP_CWORD=$#; _nostall 2>/dev/null; echo "${COMPREPLY[*]}"'
    for words, wanted in [(["--chan"], "--changed-since="), (["explain", "nostall-b"], "nostall-blocking-call"),
                          (["why-"], "why-not"), (["map", "--ro"], "--root=")]:
        text = run("bash", "-c", ask, completion, *words)
        holds(wanted in text.split(), f"bash completes {words} by {text}")
    for shell, file in (("zsh", "zsh/site-functions/_nostall"), ("fish", "fish/vendor_completions.d/nostall.fish")):
        if shutil.which(shell):
            run(shell, "-n", share / file)
        holds("changed-since" in (share / file).read_text(), file)


def editor(clangd):
    from editor import lsp

    folder = WORK / "editor"
    folder.mkdir()
    shutil.copy(WORK / "sample.cpp", folder)
    (folder / "other.cpp").write_text(SAMPLE.replace("  usleep", "  /* \u00e4 \U0001f600 */ usleep"))
    (folder / "compile_flags.txt").write_text("-std=c++20\n")
    run(clangd.parent / "nostall", "init", cwd=folder)
    server = lsp.Server([str(clangd)], folder)
    found = server.diagnose(folder / "sample.cpp")
    server.close()
    holds(any(f.get("code") == "nostall-blocking-call" for f in found), found)


def deb():
    file, root = one("*.deb"), WORK / "deb"
    control = run("dpkg-deb", "--field", file)
    holds("Depends: libc6 (>= 2.34)" in control, control)
    run("dpkg-deb", "--extract", file, root)
    lints(root / "usr/bin/nostall")
    names = run("dpkg-deb", "--contents", file)
    for name in ("usr/lib/libnostall.a", "usr/lib/libnostall-tidy.so", "usr/include/nostall/nostall.h", "usr/lib/pkgconfig/nostall.pc",
                 "usr/lib/cmake/nostall/nostall-config.cmake", "usr/share/man/man1/nostall.1.gz", "usr/bin/nostall-clangd",
                 "usr/share/bash-completion/completions/nostall", "usr/share/zsh/vendor-completions/_nostall",
                 "usr/share/fish/vendor_completions.d/nostall.fish", "usr/share/doc/nostall/copyright"):
        holds(f"./{name}\n" in names, f"the .deb has no {name}")
    holds(all(line.split()[1] == "root/root" for line in names.splitlines()), "owners")
    holds(len({tuple(line.split()[3:5]) for line in names.splitlines()}) == 1, "times of more than the commit")
    gzip.decompress((root / "usr/share/man/man1/nostall.1.gz").read_bytes())
    # The runtime, by pkg-config and by CMake, where its headers' cereal is.
    (WORK / "main.cpp").write_text("#include <nostall/nostall.h>\nnostall::task<int> one() { co_return 1; }\n"
                                   "int main() { return nostall::run(one()) - 1; }\n")
    flags = run("pkg-config", "--cflags", "--libs", "nostall", env=os.environ | {"PKG_CONFIG_PATH": str(root / "usr/lib/pkgconfig")})
    run("g++", "-std=c++20", WORK / "main.cpp", "-o", WORK / "main", *flags.split())
    run(WORK / "main")
    (WORK / "CMakeLists.txt").write_text("cmake_minimum_required(VERSION 3.25)\nproject(use CXX)\nfind_package(nostall REQUIRED)\n"
                                         "add_executable(use main.cpp)\ntarget_link_libraries(use nostall::runtime)\nnostall_lint(use)\n")
    run("cmake", "-S", WORK, "-B", WORK / "use", f"-DCMAKE_PREFIX_PATH={root}/usr", "-DCMAKE_EXPORT_COMPILE_COMMANDS=ON",
        "-DCMAKE_CXX_COMPILER=g++")
    run("cmake", "--build", WORK / "use", "--target", "use", "nostall_lint_use")
    shutil.rmtree(root)


def wheel():
    file = one("*.whl")
    with zipfile.ZipFile(file) as packed:
        holds(packed.testzip() is None, "the wheel is damaged")
    if subprocess.run([sys.executable, "-m", "pip", "--version"], capture_output=True).returncode:
        sys.exit("there is no pip: apt-get install python3-pip")
    run(sys.executable, "-m", "venv", "--without-pip", WORK / "venv")
    run(sys.executable, "-m", "pip", "--python", WORK / "venv/bin/python", "install", "--no-index", "--disable-pip-version-check", file)
    lints(WORK / "venv/bin/nostall")
    text = run(WORK / "venv/bin/python", "-m", "nostall", WORK / "sample.cpp", "--", "-std=c++20", status=1)
    holds(WARNING in text, text)
    run(sys.executable, "-m", "pip", "--python", WORK / "venv/bin/python", "check", "--disable-pip-version-check")
    shutil.rmtree(WORK / "venv")


def npm():
    file = one("nostall-*.tgz")
    if not shutil.which("npm"):
        return
    folder = WORK / "npm"
    folder.mkdir()
    run("npm", "install", "--offline", "--no-audit", "--no-fund", "--prefix", folder, file)
    lints(folder / "node_modules/.bin/nostall")
    shutil.rmtree(folder)


def vsix():
    if not list(OUT.glob("*.vsix")):
        return
    with zipfile.ZipFile(one("*.vsix")) as packed:
        packed.extractall(WORK / "vsix")
    manifest = json.loads((WORK / "vsix/extension/package.json").read_text())
    holds(manifest["version"] == version() and f'Version="{version()}"' in (WORK / "vsix/extension.vsixmanifest").read_text(), manifest)
    import xml.etree.ElementTree as xml

    for name in ("[Content_Types].xml", "extension.vsixmanifest"):
        xml.parse(WORK / "vsix" / name)
    text = run("node", OPTIONS.source / "test/package/extension.js", WORK / "vsix/extension/out/extension.js", WORK / "editor",
               WORK / "runner/nostall/bin/nostall", WORK / "runner/nostall/bin/nostall-clangd")
    for said in ("linted the workspace", "opened a page", "another setting starts the language server, which found it, too",
                 "each finding stands once", "a missing server is said once", "without a folder, nothing is run"):
        holds(said in text, text)


def repository():
    """A copy of the tree, as services clone it, without what is built."""
    folder = WORK / "repository"
    if not folder.exists():
        folder.mkdir()
        for name in ("package", "CMakeLists.txt", "pyproject.toml", ".pre-commit-hooks.yaml", "action.yml"):
            source = OPTIONS.source / name
            (shutil.copytree if source.is_dir() else shutil.copy)(source, folder / name)
        for command in ("init -q -b main .", "add -A", "-c user.name=test -c user.email=test@example.org commit -q -m one", f"tag v{version()}"):
            run("git", *command.split(), cwd=folder)
    return folder


def project():
    """A program that has a compile_commands.json, in git."""
    folder = WORK / "project"
    if not folder.exists():
        (folder / "build").mkdir(parents=True)
        shutil.copy(WORK / "sample.cpp", folder)
        (folder / "build/compile_commands.json").write_text(json.dumps([
            {"directory": str(folder), "file": "sample.cpp", "command": "g++ -std=c++20 -c sample.cpp"}]))
        run("git", "init", "-q", ".", cwd=folder)
        run("git", "add", "sample.cpp", cwd=folder)
    return folder


def action():
    """The steps of action.yml, as a runner runs them."""
    import yaml

    folder, path = WORK / "runner", WORK / "github-path"
    folder.mkdir()
    steps = yaml.safe_load((OPTIONS.source / "action.yml").read_text())
    package = one("nostall-*-x86_64.tar.zst")
    values = {f"inputs.{name}": str(of["default"]) for name, of in steps["inputs"].items()}
    values |= {"github.server_url": WORK.as_uri(), "github.action_repository": "owner/nostall", "inputs.arguments": "-p build --format=github",
               "inputs.sha256": hashlib.sha256(package.read_bytes()).hexdigest()}
    release = WORK / "owner/nostall/releases/download" / f"v{version()}"
    release.parent.mkdir(parents=True)
    release.symlink_to(OUT)
    environment = os.environ | {"RUNNER_TEMP": str(folder), "GITHUB_PATH": str(path), "GITHUB_ACTION_PATH": str(repository())}

    def step(number, status):
        of = steps["runs"]["steps"][number]
        for name, value in of["env"].items():
            environment[name] = re.sub(r"\$\{\{ ([\w.]+) \}\}", lambda found: values[found[1]], value)
        if path.exists():
            environment["PATH"] = f"{path.read_text().strip()}:{os.environ['PATH']}"
        return run(of["shell"], "-eo", "pipefail", "-c", of["run"], env=environment, cwd=project(), status=status)

    holds("Clang 22." in step(0, 0), "the action's nostall does not say its version")
    holds("::warning file=sample.cpp,line=17" in step(1, 1), "the action finds nothing")
    values |= {"inputs.package": str(package), "github.server_url": "file:///nowhere"}
    step(0, 0)
    values["inputs.sha256"] = "0" * 64
    step(0, 1)
    other = WORK / "other-machine"
    other.mkdir()
    (other / "uname").write_text("#!/bin/sh\necho Linux aarch64\n")
    (other / "uname").chmod(0o755)
    path.write_text(f"{other}\n")
    holds("::error::nostall has packages for Linux on x86-64 alone, and this runner is Linux aarch64" in step(0, 2), "another machine")


def gitlab():
    """The template's job, with the inputs' defaults, but for how the program is configured."""
    import yaml

    spec, job = yaml.safe_load_all((OPTIONS.source / "templates/nostall.yml").read_text())
    inputs = {name: (of or {}).get("default") for name, of in spec["spec"]["inputs"].items()} | {"configure": "true"}
    holds(set(re.findall(r"\$\[\[ inputs\.(\w+) \]\]", json.dumps(job))) == set(inputs), f"inputs: {inputs}")
    environment = os.environ | {"PATH": f"{WORK}/runner/nostall/bin:{os.environ['PATH']}"}
    reports = job["nostall"]["artifacts"]
    for line in job["nostall"]["script"]:
        line = re.sub(r"\$\[\[ inputs\.(\w+) \]\]", lambda found: inputs[found[1]], line)
        run("sh", "-c", line, env=environment, cwd=project(), status=None)
    for name in [*reports["paths"], *reports["reports"].values()]:
        holds((project() / name).stat().st_size > 0, name)


def hook():
    """pre-commit installs the wheel by itself, here from a folder, and builds nothing."""
    if not shutil.which("pre-commit"):
        return
    page = (OPTIONS.source / "docs/ci.md").read_text()
    told = next(text for text in re.findall(r"^```yaml\n(.*?)^```", page, re.S | re.M) if text.startswith("repos:"))
    told = told.replace(f"https://github.com/YOUR/nostall/releases/download/v{version()}", OUT.as_uri())
    told = told.replace("https://github.com/YOUR/nostall", str(repository()))
    environment = os.environ | {"PIP_NO_INDEX": "1", "PRE_COMMIT_HOME": str(WORK / "pre-commit"), "PIP_DISABLE_PIP_VERSION_CHECK": "1"}
    # With the wheel that is named, and with the one that pip finds.
    for config, found in [(told, {}), (re.sub(" *additional_dependencies: .*\n", "", told), {"PIP_FIND_LINKS": str(OUT)})]:
        (project() / ".pre-commit-config.yaml").write_text(config)
        run("git", "add", ".pre-commit-config.yaml", cwd=project())
        text = run("pre-commit", "run", "--all-files", env=environment | found, cwd=project(), status=1)
        holds(WARNING in text, text)


def pages():
    """The packages and versions that the documents name are those that are made."""
    # Without the tools of npm there is no extension here; its name is known.
    made = {path.name for path in OUT.iterdir()} | {f"nostall-{version()}.vsix"}
    for page in ("README.md", "docs/install.md", "docs/ci.md"):
        text = (OPTIONS.source / page).read_text()
        named = set(re.findall(r"nostall[_-]\d[\w.-]*\.(?:deb|zst|whl|tgz|vsix|json)", text))
        holds(named and named <= made, f"{page} names {named - made}")
        holds(set(re.findall(r"\bv(\d+\.\d+\.\d+)\b", text)) <= {version()}, f"{page} names another version than {version()}")


def bill():
    document = json.loads(one("*.spdx.json").read_text())
    holds(document["spdxVersion"] == "SPDX-2.3", document)
    for package in document["packages"]:
        holds(package["versionInfo"] != "NOASSERTION", package)
    identifiers = {entry["SPDXID"] for entry in document["packages"] + document["files"]} | {"SPDXRef-DOCUMENT"}
    for relation in document["relationships"]:
        holds({relation["spdxElementId"], relation["relatedSpdxElement"]} <= identifiers, relation)
    recipe = one("Containerfile").read_text()
    holds(set(re.findall(r"nostall_\S+\.deb", recipe)) == {one("*.deb").name}, recipe)


def inside():
    (WORK / "sample.cpp").write_text(SAMPLE)
    holds(not list(Path("/usr/lib/llvm-22").iterdir()), "LLVM is not hidden")
    for check in (tar, deb, wheel, npm, action, gitlab, hook, vsix, bill, pages):
        check()
        print("used:", check.__name__)


if OPTIONS.inside:
    inside()
else:
    shutil.rmtree(WORK, ignore_errors=True)
    WORK.mkdir(parents=True)
    two_runs_make_the_same_bytes()
    print("two runs make the same bytes", flush=True)
    hide = 'mount --make-rprivate / && for f in /usr/lib/llvm-*; do mount -t tmpfs none "$f" || exit; done; exec "$@"'
    again = [sys.executable, *sys.argv, "--inside"]
    sys.exit(subprocess.run(["unshare", "-m", "sh", "-c", hide, "sh", *again]).returncode)
