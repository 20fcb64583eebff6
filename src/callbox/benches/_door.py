# SPDX-License-Identifier: Apache-2.0
"""A real door before a real server, for measuring."""

import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from callbox.drills.result import Skipped
from callbox.drills.shim import FaultyDisk
from callbox.host.cluster import Cluster
from callbox.host.errors import HostError
from callbox.host.provision import Urls, grant_app, provision

ROOMS = ("journal", "access", "door")
MIGRATE = (
    "import django; django.setup(); from django.core.management import call_command\n"
    f"for room in {ROOMS}: call_command('migrate', room, skip_checks=True, verbosity=0)"
)


def migrated(cluster: Cluster) -> Urls:
    """The server with the tables that the door needs."""
    urls = provision(cluster)
    env = os.environ | {"DATABASE_URL": urls.owner, "DJANGO_SETTINGS_MODULE": "callbox.settings"}
    subprocess.run([sys.executable, "-c", MIGRATE], env=env, check=True)
    grant_app(urls.owner)
    return urls


@contextmanager
def open_door(app_url: str, home: Path, **more: str) -> Iterator[int]:
    """A door process on a free port, until the block ends; yields the port."""
    port = free_port()
    env = os.environ | {
        "DATABASE_URL": app_url,
        "CALLBOX_HOME": str(home),
        "CALLBOX_DOOR_PORT": str(port),
        "CALLBOX_WEB_PORT": str(free_port()),
        "CALLBOX_SPOOL_MIB": "8",
    }
    door = subprocess.Popen([sys.executable, "-m", "callbox.door"], env=env | more)
    try:
        _wait_for(door, port)
        yield port
    finally:
        door.terminate()
        door.wait()


def free_port() -> int:
    """A TCP port that nobody listens on at the moment."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _wait_for(door: subprocess.Popen[bytes], port: int) -> None:
    while door.poll() is None:
        try:
            urllib.request.urlopen(f"http://127.0.0.1:{port}/door/health", timeout=5).close()
        except OSError:
            time.sleep(0.05)
        else:
            return
    raise HostError("The door did not start: its log says why.")


@contextmanager
def scratch() -> Iterator[Path]:
    """A folder for the door's spool and secret."""
    folder = Path(tempfile.mkdtemp(prefix="callbox-bench-"))
    try:
        yield folder
    finally:
        shutil.rmtree(folder)


def slow_disk(folder: Path) -> dict[str, str]:
    """The environment of a server on a disk whose every flush takes 10 ms more. Raises HostError without a compiler."""
    try:
        disk = FaultyDisk(folder)
    except Skipped as why:
        raise HostError(str(why)) from None
    disk.order(delay_us=10_000)
    disk.close()  # the orders stay
    return disk.environment
