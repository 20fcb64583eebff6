# SPDX-License-Identifier: Apache-2.0
"""Disks made of files: loop devices on files of a folder of their own, swept also after a drill that was killed.

Every device is given back by the kernel when it is no longer mounted (autoclear), so a sweep only has to unmount.
"""

import fcntl
import os
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psutil

from callbox.drills.result import Skipped
from callbox.host.locks import Presence, is_used

PREFIX = "callbox-disks-"
SETTLED_S = 60.0  # a younger folder may just be being made
FICLONE = 0x40049409  # linux/fs.h: share all blocks of another file; atomic against writers of either
NEEDED = {"losetup": "mount", "mount": "mount", "mkfs.ext4": "e2fsprogs", "mkfs.xfs": "xfsprogs"}
MAKE = {
    "ext4": ("mkfs.ext4", "-q", "-F", "-m", "0", "-E", "lazy_itable_init=0,lazy_journal_init=0"),
    "xfs": ("mkfs.xfs", "-q", "-f", "-m", "reflink=1"),
}
PATH = "/usr/sbin:/usr/bin:/sbin:/bin"


@contextmanager
def disks() -> Iterator[Path]:
    """A folder for disks; everything mounted below it is unmounted afterwards. Raises Skipped where it is refused."""
    _check_machine()
    sweep()
    folder = Path(tempfile.mkdtemp(prefix=PREFIX))
    folder.chmod(0o711)  # the database's own user passes through
    presence = Presence(folder / "users.lock")
    presence.enter()
    try:
        yield folder
    finally:
        release(folder)
        presence.leave()
        shutil.rmtree(folder, ignore_errors=True)


def made_disk(image: Path, place: Path, mib: int, kind: str = "ext4") -> Path:
    """A fresh file system of that size in a file, mounted at `place`. Raises Skipped."""
    with image.open("wb") as file:
        file.truncate(mib << 20)
    _run(*MAKE[kind], str(image))
    return mounted(image, place, "-o", "discard" if kind == "xfs" else "defaults")


def mounted(image: Path, place: Path, *options: str) -> Path:
    """The file system in a file, mounted at `place`. Raises Skipped.

    Written straight through (direct-io): what its file system has not handed to the device is not in the file.
    """
    place.mkdir(exist_ok=True)
    device = _run("losetup", "--find", "--show", "--direct-io=on", str(image)).strip()
    try:
        _run("mount", *options, device, str(place))
    finally:
        _run("losetup", "--detach", device)  # once it is unmounted
    return place


def unmounted(place: Path) -> None:
    """Unmount, whoever may still look at it."""
    for command in (["umount", str(place)], ["umount", "--lazy", str(place)]):
        if subprocess.run(command, capture_output=True, env={"PATH": PATH}, check=False).returncode == 0:  # noqa: S603
            return


def cut(image: Path, copy: Path) -> None:
    """What is in a file at this moment, as a file of its own; no write falls half in. On xfs and its like."""
    with image.open("rb") as source, copy.open("wb") as target:
        fcntl.ioctl(target.fileno(), FICLONE, source.fileno())


def sweep() -> None:
    """Take down what drills left that were killed."""
    for folder in Path(tempfile.gettempdir()).glob(f"{PREFIX}*"):
        found, lock = folder.lstat(), folder / "users.lock"
        old = found.st_uid == os.geteuid() and time.time() - found.st_mtime > SETTLED_S
        if old and not is_used(lock):
            release(folder)
            shutil.rmtree(folder, ignore_errors=True)


def release(folder: Path) -> None:
    """End the processes that work in disks below that folder, and unmount them, the innermost first."""
    workers = [process for process in psutil.process_iter() if _works_in(process, folder)]
    for process in workers:
        process.kill()
    psutil.wait_procs(workers, timeout=10)
    for place in reversed(_mounts_below(folder)):
        unmounted(place)


def _works_in(process: psutil.Process, folder: Path) -> bool:
    try:
        return Path(process.cwd()).is_relative_to(folder)
    except (psutil.NoSuchProcess, psutil.AccessDenied):
        return False


def _mounts_below(folder: Path) -> list[Path]:
    lines = Path("/proc/self/mounts").read_text().splitlines()
    places = [Path(line.split()[1].encode().decode("unicode_escape")) for line in lines]
    return [place for place in places if place.is_relative_to(folder)]


def _check_machine() -> None:
    if os.geteuid() != 0:
        raise Skipped("disks of its own: only root may make loop devices and mount them")
    for program, package in NEEDED.items():
        if shutil.which(program, path=PATH) is None:
            raise Skipped(f"disks of its own need {program} (on Debian: apt-get install {package})")
    if not Path("/dev/loop-control").exists():
        raise Skipped("disks of its own: this machine has no loop devices")


def _run(*command: str) -> str:
    done = subprocess.run(command, capture_output=True, text=True, env={"PATH": PATH}, check=False)  # noqa: S603
    if done.returncode:
        raise Skipped(f"disks of its own: {' '.join(command)}: {done.stderr.strip()}")
    return done.stdout
