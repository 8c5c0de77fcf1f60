"""Installs and uses the packages in roots of other systems, which have no LLVM.

    roots.py --build DIR --source DIR --work DIR [--root DIR]... [SUITE...]

SUITE is one of Debian's (bookworm, trixie); its root is made by debootstrap, from the
mirror that this machine has in its sources of packages. --root names one that is there
already. In it, with its own g++ and no network, each package is installed as a person
would, and lints a program that this g++ compiles.
"""

import argparse
import re
import shutil
import subprocess
import sys
from pathlib import Path

parser = argparse.ArgumentParser()
parser.add_argument("--build", type=Path, required=True)
parser.add_argument("--source", type=Path, required=True)
parser.add_argument("--work", type=Path, required=True)
parser.add_argument("--root", type=Path, action="append", default=[])
parser.add_argument("suites", nargs="*")
OPTIONS = parser.parse_args()
INCLUDE = "g++,python3-pip,python3-venv,bash-completion"
SCRIPT = r"""
set -eu
export PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin HOME=/tmp/home LC_ALL=C.UTF-8 PIP_DISABLE_PIP_VERSION_CHECK=1
mkdir -p $HOME /tmp/project/build && cd /tmp/project
cat > server.cpp <<'CPP'
#include <chrono>
#include <coroutine>
#include <fstream>
#include <iostream>
#include <map>
#include <string>
#include <thread>
struct task {
  struct promise_type {
    task get_return_object() { return {}; }
    std::suspend_never initial_suspend() { return {}; }
    std::suspend_never final_suspend() noexcept { return {}; }
    void return_void() {}
    void unhandled_exception() {}
  };
  bool await_ready() { return true; }
  void await_suspend(std::coroutine_handle<>) {}
  void await_resume() {}
};
std::map<std::string, int> seen;
bool known(const std::string &name) { return std::ifstream(name).good(); }
task serve(std::string name) {
  if (known(name)) ++seen[name];
  co_return;
}
int main() { serve("x"); }
CPP
g++ -std=c++20 -c server.cpp -o build/server.o
printf '[{"directory": "%s/build", "file": "../server.cpp", "command": "g++ -std=c++20 -c ../server.cpp"}]' $PWD > build/compile_commands.json
lints() {
  "$@" -p build server.cpp > out.txt 2>&1 && exit 1 || [ $? = 1 ] || { cat out.txt; exit 1; }
  grep -q "server.cpp:23:7: warning: call to 'known' blocks the event loop: it reaches 'std::basic_ifstream'" out.txt || { cat out.txt; exit 1; }
  if grep -q error: out.txt; then cat out.txt; exit 1; fi
}
! ls /usr/lib/llvm-* 2> /dev/null || { echo "there is an LLVM here"; exit 1; }
dpkg -i /packages/*.deb > /dev/null
lints nostall
nostall --version
# What it writes: the index, and nothing else.
find / -xdev -newer out.txt -type f ! -path '/proc/*' ! -path '/sys/*' > /tmp/before
nostall -p build --index=none server.cpp > /dev/null 2>&1 || true
find / -xdev -newer out.txt -type f ! -path '/proc/*' ! -path '/sys/*' | diff /tmp/before - || exit 1
ls -d build/.nostall
printf '\n' | nostall-clangd --check=server.cpp --compile-commands-dir=build 2>&1 | grep -q "All checks completed, 0 errors"
dpkg -r nostall > /dev/null && hash -r
[ ! -e /usr/bin/nostall ] && [ ! -e /usr/lib/nostall ]
echo "used: deb"
mkdir /opt/x && tar -C /opt/x -xf /tmp/nostall.tar && ln -s /opt/x/nostall-*/bin/nostall /usr/local/bin/nostall
lints nostall
rm -r /opt/x /usr/local/bin/nostall && hash -r
echo "used: tar"
python3 -m venv /tmp/venv
/tmp/venv/bin/pip install -q --no-index /packages/*.whl
lints /tmp/venv/bin/nostall
lints /tmp/venv/bin/python -m nostall
echo "used: wheel"
if command -v npm > /dev/null; then
  npm install --silent --offline --no-audit --no-fund --prefix /tmp/npm /packages/nostall-*.tgz
  lints /tmp/npm/node_modules/.bin/nostall
  echo "used: npm"
fi
# A home and a build folder that cannot be written.
mount -t tmpfs -o ro none $HOME && mount --bind build build && mount -o remount,ro,bind build
dpkg -i /packages/*.deb > /dev/null 2>&1
rm -f out.txt
lints nostall --quiet
nostall -p build server.cpp 2>&1 | grep "results of this run will not be cached"
umount build $HOME
# A compiler that is not there.
sed -i 's#"g++ #"/opt/gcc-99/bin/g++ #' build/compile_commands.json
nostall -p build server.cpp 2>&1 | grep "the compiler '/opt/gcc-99/bin/g++', which the compile commands name, is not on this machine"
# No C++ library at all.
sed -i 's#"/opt/gcc-99/bin/g++ #"clang++ #' build/compile_commands.json
mv /usr/include/c++ /tmp/c++
nostall -p build server.cpp 2>&1 | grep "there is no C++ library for .* on this machine; install a C++ compiler"
mv /tmp/c++ /usr/include/c++
echo "used: without"
"""


def mirror():
    for file in [*Path("/etc/apt/sources.list.d").glob("*.sources"), Path("/etc/apt/sources.list")]:
        if file.exists():
            if found := re.search(r"^(?:URIs: *|deb (?:\[.*?\] )?)(\S+/debian/?)(?=\s)", file.read_text(), re.M):
                return found[1]
    sys.exit("apt's sources name no mirror of Debian")


def made(suite):
    root = OPTIONS.work / suite
    if not (root / "usr/bin/g++").exists():
        log = OPTIONS.work / f"{suite}.log"
        with log.open("w") as out:
            done = subprocess.run(["debootstrap", "--variant=minbase", f"--include={INCLUDE}", suite, root, mirror()],
                                  stdout=out, stderr=out, stdin=subprocess.DEVNULL)
        if done.returncode:
            sys.exit(f"debootstrap cannot make {suite}: {log.read_text()[-2000:]}")
    return root


OPTIONS.work.mkdir(parents=True, exist_ok=True)
packages = OPTIONS.work / "packages"
subprocess.run([sys.executable, OPTIONS.source / "package/make.py", "--build", OPTIONS.build, "--out", packages, "--quick",
                "deb", "tar", "wheel", "npm"], check=True, stdout=subprocess.DEVNULL)
for root in [*OPTIONS.root, *map(made, OPTIONS.suites)]:
    # What is installed there is gone with the namespace: an overlay takes it.
    over = OPTIONS.work / "over"
    shutil.rmtree(over, ignore_errors=True)
    # Plain tar: the other system may lack zstd.
    over.mkdir()
    with (over / "nostall.tar").open("wb") as out:
        subprocess.run(["zstd", "-dqc", next(packages.glob("*-x86_64.tar.zst"))], stdout=out, check=True)
    (over / "script").write_text(SCRIPT)
    enter = """set -e
mount --make-rprivate /
mount -t tmpfs none "$2" && mkdir "$2/upper" "$2/work" "$2/root"
mount -t overlay overlay -o "lowerdir=$1,upperdir=$2/upper,workdir=$2/work" "$2/root"
cd "$2/root" && mkdir -p packages
mount --bind "$3" packages && mount -t proc proc proc && mount --rbind /dev dev
cp "$4" tmp/script && cp "$5" tmp/nostall.tar
exec chroot . sh /tmp/script"""
    place = OPTIONS.work / "place"
    place.mkdir(exist_ok=True)
    done = subprocess.run(["unshare", "-mn", "sh", "-c", enter, "sh", root, place, packages, over / "script", over / "nostall.tar"],
                          text=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, stdin=subprocess.DEVNULL)
    print(f"{root.name}:\n{done.stdout}", flush=True)
    if done.returncode:
        sys.exit(f"{root.name}: {done.returncode}")
