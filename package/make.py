"""Makes the packages of nostall from a finished build.

    make.py --build DIR --out DIR [--quick] [--extension DIR] [FORMAT...]

FORMAT is deb, tar, wheel, npm, vsix, oci; without any, all are made, and SHA256SUMS
and the SBOM besides. All but the extension carry the same tree, which can be moved:

    bin/            nostall and nostall-clangd, with LLVM and Clang in them
    lib/nostall/    Clang's own headers
    lib/, include/  the plugin for clang-tidy, the runtime and its CMake package
    share/          the man page, completions for shells

Two builds of a commit give the same bytes, wherever they lie: nothing that is packed
names their folders, names are sorted, and every time is SOURCE_DATE_EPOCH, or else that
of the commit. --quick packs fast and large, for tests.
"""

import argparse
import base64
import gzip
import hashlib
import json
import os
import re
import shutil
import subprocess
import sys
import time
from pathlib import Path

import archives
import interface
import sbom

ROOT = Path(__file__).resolve().parent.parent
HERE = Path(__file__).resolve().parent
LLVM = Path("/usr/lib/llvm-22")
GLIBC = (2, 34)
SUMMARY = "Finds what stalls a C++20 coroutine program: blocking calls and forgotten co_awaits"
HOME = "https://github.com/YOUR/nostall"
LICENSE = "Apache-2.0 WITH LLVM-exception"
FORMATS = ["deb", "tar", "wheel", "npm", "vsix", "oci"]


def run(*command, **options):
    return subprocess.run([str(word) for word in command], check=True, text=True, **options)


def output(*command):
    return run(*command, stdout=subprocess.PIPE).stdout.strip()


def copy(source, target):
    target.parent.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(source, target)
    shutil.copymode(source, target)


def write(file, text):
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(text)


def version():
    return re.search(r"^project\(nostall VERSION (\S+)", (ROOT / "CMakeLists.txt").read_text(), re.M)[1]


class Packages:
    def __init__(self, build, out, quick, extension):
        self.build, self.out, self.quick, self.extension = build, out, quick, extension
        self.version = version()
        self.epoch = int(os.environ.get("SOURCE_DATE_EPOCH") or output("git", "-C", ROOT, "log", "-1", "--format=%ct"))
        self.date = time.strftime("%Y-%m-%d", time.gmtime(self.epoch))
        self.work = out / "work"
        self.tree = self.work / "tree"
        self.made = []
        shutil.rmtree(self.work, ignore_errors=True)
        self.work.mkdir(parents=True)

    # --- what is packed ----------------------------------------------------

    def lay_tree(self):
        run("cmake", "--install", self.build, "--prefix", self.tree, "--component", "Unspecified", stdout=subprocess.DEVNULL)
        for program in ("nostall", "nostall-clangd"):
            self.strip(self.build / "static/bin" / program, self.tree / "bin" / program)
        self.strip(self.tree / "lib/libnostall-tidy.so", self.tree / "lib/libnostall-tidy.so")
        self.hold_to_glibc()
        shutil.copytree(LLVM / "lib/clang/22/include", self.tree / "lib/nostall/clang/22/include", symlinks=False)
        nostall = interface.Interface(self.tree / "bin/nostall")
        share = self.tree / "share"
        write(share / "man/man1/nostall.1", interface.man_page(nostall, self.version, self.date))
        write(share / "bash-completion/completions/nostall", interface.bash(nostall))
        write(share / "zsh/site-functions/_nostall", interface.zsh(nostall))
        write(share / "fish/vendor_completions.d/nostall.fish", interface.fish(nostall))
        write(share / "doc/nostall/copyright", self.licences())

    def strip(self, source, target):
        """Without symbols; they go into a file that debuggers find by the build's id."""
        tools = LLVM / "bin"
        notes = output(tools / "llvm-readelf", "-n", source)
        build_id = re.search(r"Build ID: ([0-9a-f]+)", notes)
        if build_id:
            debug = self.work / "debug/.build-id" / build_id[1][:2] / f"{build_id[1][2:]}.debug"
            debug.parent.mkdir(parents=True, exist_ok=True)
            run(tools / "llvm-objcopy", "--only-keep-debug", source, debug)
        target.parent.mkdir(parents=True, exist_ok=True)
        run(tools / "llvm-strip", "--strip-all" if target.parent.name == "bin" else "--strip-unneeded", "-o", target, source)
        target.chmod(0o755)

    def hold_to_glibc(self):
        """No symbol newer than what the packages say that they need."""
        for program in ("nostall", "nostall-clangd"):
            symbols = output(LLVM / "bin/llvm-objdump", "-T", self.tree / "bin" / program)
            needed = max(tuple(map(int, found.split("."))) for found in re.findall(r"GLIBC_([0-9.]+)", symbols))
            if needed > GLIBC:
                sys.exit(f"{program} needs glibc {needed}, and packages say {GLIBC}: see tool/static/OlderGlibc.cpp")

    def licences(self):
        parts = [f"nostall {self.version}\n{HOME}\n\n{(ROOT / 'LICENSE.txt').read_text()}"]
        parts += ["The programs contain what follows, with its authors and licences as Debian tells them."]
        for package, linked, licence in sbom.LINKED:
            told = Path("/usr/share/doc", package, "copyright")
            if not told.exists():
                sys.exit(f"{told} is missing, which packages have to carry: apt-get install --reinstall {package}")
            parts += [f"{'=' * 78}\n{linked}: {licence}\n{'=' * 78}\n\n{told.read_text()}"]
        return "\n".join(parts)

    # --- packages ----------------------------------------------------------

    def file(self, name):
        self.made.append(self.out / name)
        return self.made[-1]

    def deb(self):
        root = self.work / "deb"
        shutil.copytree(self.tree, root / "usr", symlinks=True)
        usr = root / "usr"
        (usr / "share/zsh/vendor-completions").parent.mkdir(parents=True, exist_ok=True)
        (usr / "share/zsh/site-functions").rename(usr / "share/zsh/vendor-completions")
        page = usr / "share/man/man1/nostall.1"
        (page.parent / "nostall.1.gz").write_bytes(gzip.compress(page.read_bytes(), 9, mtime=0))
        page.unlink()
        sums = "".join(f"{hashlib.md5(path.read_bytes()).hexdigest()}  {path.relative_to(root)}\n"
                       for path in archives.entries(usr) if path.is_file())
        for path in archives.entries(usr):
            path.chmod(archives.mode_of(path))
        write(root / "DEBIAN/md5sums", sums)
        write(root / "DEBIAN/control", f"""Package: nostall
Version: {self.version}
Architecture: amd64
Maintainer: nostall's developers <nostall@example.invalid>
Installed-Size: {archives.deb_data(usr)}
Depends: libc6 (>= {GLIBC[0]}.{GLIBC[1]})
Recommends: libstdc++-dev
Suggests: clang-tidy-22, libcereal-dev
Section: devel
Priority: optional
Homepage: {HOME}
Description: {SUMMARY}
 The command nostall, nostall-clangd for editors, a plugin for clang-tidy-22, and
 the runtime: an event loop and tasks after the model of Python's asyncio, whose
 headers need libcereal-dev.
""")
        for path in archives.entries(root):  # dpkg-deb itself leaves times that are older
            os.utime(path, (self.epoch, self.epoch), follow_symlinks=False)
        run("dpkg-deb", "--root-owner-group", *(["-Znone"] if self.quick else ["-Zxz", "-z9", "--threads-max=1"]), "--build", root,
            self.file(f"nostall_{self.version}_amd64.deb"), stdout=subprocess.DEVNULL,
            env=os.environ | {"SOURCE_DATE_EPOCH": str(self.epoch)})

    def tar(self):
        name = f"nostall-{self.version}-linux-x86_64"
        level = 1 if self.quick else 19
        archives.tar_zst(self.file(f"{name}.tar.zst"), self.tree, f"{name}/", self.epoch, level)
        archives.tar_zst(self.file(f"{name}-debug.tar.zst"), self.work / "debug", "usr/lib/debug/", self.epoch, level)

    def headers(self):
        """Pairs of where a package has Clang's headers, below its prefix, and the file."""
        folder = self.tree / "lib/nostall"
        return [(f"lib/nostall/{path.relative_to(folder).as_posix()}", path)
                for path in archives.entries(folder) if path.is_file()]

    def wheel(self):
        info, data = f"nostall-{self.version}.dist-info", f"nostall-{self.version}.data"
        tag = f"py3-none-manylinux_{GLIBC[0]}_{GLIBC[1]}_x86_64"
        # The program itself is the script: no Python runs when nostall does.
        contents = [(f"{data}/scripts/nostall", self.tree / "bin/nostall")]
        contents += [(f"{data}/data/{name}", path) for name, path in self.headers()]
        contents += [("nostall/__init__.py", (HERE / "wheel/__init__.py").read_bytes()),
                     ("nostall/__main__.py", (HERE / "wheel/__main__.py").read_bytes()),
                     (f"{info}/licenses/LICENSE.txt", (self.tree / "share/doc/nostall/copyright").read_bytes()),
                     (f"{info}/METADATA", f"Metadata-Version: 2.1\nName: nostall\nVersion: {self.version}\nSummary: {SUMMARY}\n"
                      f"Home-page: {HOME}\nLicense: {LICENSE}\nRequires-Python: >=3.7\n"
                      f"Description-Content-Type: text/markdown\n\n{(HERE / 'README.md').read_text()}".encode()),
                     (f"{info}/WHEEL", f"Wheel-Version: 1.0\nGenerator: nostall\nRoot-Is-Purelib: false\nTag: {tag}\n".encode())]
        write_wheel(self.file(f"nostall-{self.version}-{tag}.whl"), contents, info, self.epoch, 0 if self.quick else 9)

    def npm(self):
        folder = self.work / "npm"
        copy(self.tree / "bin/nostall", folder / "bin/nostall")
        for name, path in self.headers():
            copy(path, folder / name)
        copy(self.tree / "share/doc/nostall/copyright", folder / "LICENSE.txt")
        copy(HERE / "README.md", folder / "README.md")
        write(folder / "package.json", json.dumps({
            "name": "nostall", "version": self.version, "description": SUMMARY, "license": LICENSE,
            "homepage": HOME, "bin": {"nostall": "bin/nostall"},
            "os": ["linux"], "cpu": ["x64"], "libc": ["glibc"]}, indent=2) + "\n")
        archives.tar_gz(self.file(f"nostall-{self.version}.tgz"), folder, "package/", self.epoch, 0 if self.quick else 9)

    def vsix(self):
        """The extension, built by ./dev package; a .vsix is a zip file with two manifests."""
        if not self.extension:
            return
        package = json.loads((self.extension / "package.json").read_text())
        for name in ("devDependencies", "dependencies", "scripts", "private"):
            package.pop(name, None)
        package["version"] = self.version
        contents = [("[Content_Types].xml", (HERE / "vsix/Content_Types.xml").read_bytes()),
                    ("extension.vsixmanifest", (HERE / "vsix/extension.vsixmanifest").read_text()
                     .replace("@VERSION@", self.version).replace("@ENGINE@", package["engines"]["vscode"])
                     .replace("@SUMMARY@", package["description"]).encode()),
                    ("extension/package.json", (json.dumps(package, indent=2) + "\n").encode()),
                    ("extension/README.md", (self.extension / "README.md").read_bytes()),
                    ("extension/LICENSE.txt", (ROOT / "LICENSE.txt").read_bytes()),
                    ("extension/out/extension.js", (self.extension / "out/extension.js").read_bytes())]
        archives.zip_file(self.file(f"nostall-{self.version}.vsix"), contents, self.epoch, 9)

    def oci(self):
        """A recipe: images are built where there is a builder."""
        recipe = (HERE / "Containerfile").read_text().replace("@VERSION@", self.version)
        self.file("Containerfile").write_text(recipe)

    def sums(self):
        packed = [(path, hashlib.sha256(path.read_bytes()).hexdigest()) for path in sorted(self.made)]
        bom = self.file(f"nostall-{self.version}.spdx.json")
        bom.write_text(sbom.document(self.version, self.epoch, HOME, LICENSE, packed))
        packed.append((bom, hashlib.sha256(bom.read_bytes()).hexdigest()))
        self.file("SHA256SUMS").write_text("".join(f"{digest}  {path.name}\n" for path, digest in packed))


def write_wheel(file, contents, info, epoch, level):
    record = ""
    for name, data in contents:
        data = data.read_bytes() if isinstance(data, Path) else data
        digest = base64.urlsafe_b64encode(hashlib.sha256(data).digest()).rstrip(b"=").decode()
        record += f"{name},sha256={digest},{len(data)}\n"
    contents = [*contents, (f"{info}/RECORD", f"{record}{info}/RECORD,,\n".encode())]
    archives.zip_file(file, contents, epoch, level)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--build", type=Path, required=True)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--extension", type=Path)
    parser.add_argument("--quick", action="store_true")
    parser.add_argument("formats", nargs="*", metavar="FORMAT")
    options = parser.parse_args()
    if unknown := set(options.formats) - set(FORMATS):
        sys.exit(f"there is no format {', '.join(sorted(unknown))}; the formats are {', '.join(FORMATS)}")
    packages = Packages(options.build.resolve(), options.out.resolve(), options.quick,
                        options.extension and options.extension.resolve())
    packages.lay_tree()
    for name in options.formats or FORMATS:
        getattr(packages, name)()
    packages.sums()
    shutil.rmtree(packages.work)
    for path in packages.made:
        print(f"{path.stat().st_size / 1e6:8.1f} MB  {path.name}")


if __name__ == "__main__":
    main()
