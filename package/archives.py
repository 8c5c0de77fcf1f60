"""Archives whose bytes depend on their contents alone: sorted names, one time, one
owner, modes 755 and 644.
"""

import gzip
import stat
import subprocess
import tarfile
import time
import zipfile
from pathlib import Path


def entries(folder):
    """Every file, link and folder below, by name."""
    return sorted(Path(folder).rglob("*"), key=lambda path: path.relative_to(folder).as_posix())


def mode_of(path):
    return 0o755 if path.is_dir() or path.stat().st_mode & stat.S_IXUSR else 0o644


def write_tar(out, folder, prefix, epoch):
    with tarfile.open(fileobj=out, mode="w|", format=tarfile.GNU_FORMAT) as tar:
        for path in entries(folder):
            name = f"{prefix}{path.relative_to(folder).as_posix()}"
            info = tarfile.TarInfo(name)
            info.mtime = epoch
            info.uname = info.gname = "root"
            if path.is_symlink():
                info.type, info.linkname, info.mode = tarfile.SYMTYPE, path.readlink().as_posix(), 0o777
                tar.addfile(info)
            elif path.is_dir():
                info.type, info.mode = tarfile.DIRTYPE, 0o755
                tar.addfile(info)
            else:
                info.mode, info.size = mode_of(path), path.stat().st_size
                with path.open("rb") as data:
                    tar.addfile(info, data)


def tar_zst(file, folder, prefix, epoch, level):
    with file.open("wb") as out:
        # One thread: the number of threads shows in the bytes.
        zstd = subprocess.Popen(["zstd", f"-{level}", "--single-thread", *(["--long=27"] if level > 9 else []), "-q", "-c"],
                                stdin=subprocess.PIPE, stdout=out)
        write_tar(zstd.stdin, folder, prefix, epoch)
        zstd.stdin.close()
        if zstd.wait():
            raise SystemExit(f"zstd failed on {file}")


def tar_gz(file, folder, prefix, epoch, level):
    with file.open("wb") as out, gzip.GzipFile(fileobj=out, mode="wb", mtime=epoch, filename="", compresslevel=level) as packed:
        write_tar(packed, folder, prefix, epoch)


def zip_file(file, contents, epoch, level):
    """contents: pairs of a name in the archive, and a Path or bytes."""
    when = max(time.gmtime(epoch)[:6], (1980, 1, 1, 0, 0, 0))
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED, compresslevel=level) as out:
        for name, data in contents:
            info = zipfile.ZipInfo(name, when)
            info.create_system = 3
            info.compress_type = zipfile.ZIP_DEFLATED
            mode = mode_of(data) if isinstance(data, Path) else 0o644
            info.external_attr = (stat.S_IFREG | mode) << 16
            out.writestr(info, data.read_bytes() if isinstance(data, Path) else data, compresslevel=level)


def deb_data(folder):
    """Bytes of all files, in KiB, as a control file says them."""
    return sum((path.lstat().st_size + 1023) // 1024 for path in entries(folder) if not path.is_dir())
