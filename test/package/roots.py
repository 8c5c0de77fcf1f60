"""Installs and uses the packages in roots of other systems, which have no LLVM.

    roots.py --build DIR --source DIR --work DIR [--root DIR]... [SUITE...]

SUITE is one of Debian's (bookworm, trixie); its root is made by debootstrap, from the
mirror that this machine has in its sources of packages. --root names one that is there
already. In it, with its own g++ and no network, each package is installed as a person
would, and lints a program that this g++ compiles. Then the same where GCC lies as
Fedora, Arch and openSUSE have it, and as one that was unpacked below /opt.

With --image, Buildah makes an image by the recipe among the packages, and it lints. The
first root stands for the base that the recipe names; apt asks this machine's mirror.
"""

import argparse
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
from running import run

parser = argparse.ArgumentParser()
parser.add_argument("--build", type=Path, required=True)
parser.add_argument("--source", type=Path, required=True)
parser.add_argument("--work", type=Path, required=True)
parser.add_argument("--root", type=Path, action="append", default=[])
parser.add_argument("--image", action="store_true")
parser.add_argument("suites", nargs="*")
OPTIONS = parser.parse_args()
PACKAGES = OPTIONS.work / "packages"
INCLUDE = "g++,python3-pip,python3-venv,bash-completion"
PROGRAM = r"""
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
"""

# Each package, and what a machine can lack.
PACKAGED = r"""
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

# $1 is the folder below /usr/lib/gcc, $2 the version as it is named there. Debian's GCC
# finds nothing in this place by itself, so that the g++ of this system tells it.
LAYOUT = r"""
target=$1 version=$2
debian=$(g++ -dumpmachine) number=$(g++ -dumpversion)
mkdir -p /usr/lib/gcc/$target /usr/include/c++/new
mv /usr/lib/gcc/$debian/$number /usr/lib/gcc/$target/$version
rm -r /usr/lib/gcc/$debian
mv /usr/include/c++/$number/* /usr/include/c++/new && rm -rf /usr/include/c++/$number
mv /usr/include/c++/new /usr/include/c++/$version
mv /usr/include/$debian/c++/$number /usr/include/c++/$version/$target
cp -R /usr/include/$debian/. /usr/include && rm -r /usr/include/$debian
mv /usr/bin/$debian-g++-$number /usr/bin/real && rm -f /usr/bin/*g++*
cat > /usr/bin/g++ <<SH
#!/bin/sh
exec /usr/bin/real -B/usr/lib/gcc/$target/$version -nostdinc -isystem /usr/include/c++/$version \
  -isystem /usr/include/c++/$version/$target -isystem /usr/lib/gcc/$target/$version/include -isystem /usr/include "\$@"
SH
chmod +x /usr/bin/g++
g++ -std=c++20 -c server.cpp -o build/server.o
mkdir /opt/x && tar -C /opt/x --strip-components=1 -xf /tmp/nostall.tar
lints /opt/x/bin/nostall --index=none
lints /opt/x/bin/nostall --index=none --ask-compilers=false
echo "used: GCC as in /usr/lib/gcc/$target/$version"
"""

# A GCC that looks beside itself, as all do that are unpacked somewhere.
ELSEWHERE = r"""
debian=$(g++ -dumpmachine) number=$(g++ -dumpversion)
mkdir -p /opt/gcc/bin /opt/gcc/lib /opt/gcc/libexec /opt/gcc/include/$debian
cp /usr/bin/$debian-g++-$number /opt/gcc/bin/g++ && rm -f /usr/bin/*g++*
mv /usr/lib/gcc /opt/gcc/lib
[ ! -d /usr/libexec/gcc ] || mv /usr/libexec/gcc /opt/gcc/libexec
mv /usr/include/c++ /opt/gcc/include && mv /usr/include/$debian/c++ /opt/gcc/include/$debian
/opt/gcc/bin/g++ -std=c++20 -c server.cpp -o build/server.o
sed -i 's#"g++ #"/opt/gcc/bin/g++ #' build/compile_commands.json
mkdir /opt/x && tar -C /opt/x --strip-components=1 -xf /tmp/nostall.tar
lints /opt/x/bin/nostall
echo "used: a GCC below /opt"
"""

# Namespaces of its own: what is installed there is gone with them, an overlay takes it.
ENTER = """set -e
mount --make-rprivate /
mount -t tmpfs none "$2" && mkdir "$2/upper" "$2/work" "$2/root"
mount -t overlay overlay -o "lowerdir=$1,upperdir=$2/upper,workdir=$2/work" "$2/root"
cd "$2/root" && mkdir -p packages
mount --bind "$3" packages && mount -t proc proc proc && mount --rbind /dev dev
cp "$4" tmp/script && cp "$5" tmp/nostall.tar
shift 5 && exec chroot . sh /tmp/script "$@"
"""


def mirror():
    for file in [*Path("/etc/apt/sources.list.d").glob("*.sources"), Path("/etc/apt/sources.list")]:
        if file.exists():
            if found := re.search(r"^(?:URIs: *|deb (?:\[.*?\] )?)(\S+/debian/?)(?=\s)", file.read_text(), re.M):
                return found[1]
    sys.exit("apt's sources name no mirror of Debian")


def made(suite):
    """Its root, from what was made before or by debootstrap."""
    root = OPTIONS.work / suite
    if not (root / "usr/bin/g++").exists():
        log = OPTIONS.work / f"{suite}.log"
        with log.open("w") as out:
            done = subprocess.run(["debootstrap", "--variant=minbase", f"--include={INCLUDE}", suite, root, mirror()],
                                  stdout=out, stderr=out, stdin=subprocess.DEVNULL)
        if done.returncode:
            sys.exit(f"debootstrap cannot make {suite}: {log.read_text()[-2000:]}")
    return root


def inside(root, script, *arguments):
    place = OPTIONS.work / "place"
    place.mkdir(exist_ok=True)
    file, tar = OPTIONS.work / "script", OPTIONS.work / "nostall.tar"
    file.write_text(PROGRAM + script)
    if not tar.exists():  # plain, because the other system may lack zstd
        run("zstd", "-dq", next(PACKAGES.glob("*-x86_64.tar.zst")), "-o", tar)
    print(run("unshare", "-mn", "sh", "-c", ENTER, "sh", root, place, PACKAGES, file, tar, *arguments), end="", flush=True)


def image(base):
    work = OPTIONS.work / "image"
    work.mkdir()
    (work / "storage.conf").write_text(f'[storage]\ndriver = "vfs"\nrunroot = "{work}/run"\ngraphroot = "{work}/graph"\n')
    environment = os.environ | {"CONTAINERS_STORAGE_CONF": f"{work}/storage.conf", "BUILDAH_ISOLATION": "chroot"}

    def buildah(*words):
        return run("buildah", *words, env=environment).strip()

    recipe = (PACKAGES / "Containerfile").read_text()
    container = buildah("from", "scratch")
    buildah("add", "-q", container, base, "/")
    buildah("commit", "-q", "--rm", container, re.search(r"^FROM (\S+)", recipe, re.M)[1])
    buildah("bud", "--pull-never", "--network=host", "-t", "nostall", PACKAGES)
    container = buildah("from", "--pull-never", "nostall")
    buildah("run", container, "--", "sh", "-c", PROGRAM + "lints nostall")
    print("used: the image")


OPTIONS.work.mkdir(parents=True, exist_ok=True)
run(sys.executable, OPTIONS.source / "package/make.py", "--build", OPTIONS.build, "--out", PACKAGES, "--quick",
    "deb", "tar", "wheel", "npm", "oci")
roots = [*OPTIONS.root, *map(made, OPTIONS.suites)]
for root in roots:
    print(f"{root.name}:", flush=True)
    inside(root, PACKAGED)
for target, version in [("x86_64-redhat-linux", "14"), ("x86_64-pc-linux-gnu", "14.2.1"), ("x86_64-suse-linux", "14")]:
    inside(roots[-1], LAYOUT, target, version)
inside(roots[-1], ELSEWHERE)
if OPTIONS.image:
    image(roots[0])
