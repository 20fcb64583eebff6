# SPDX-License-Identifier: Apache-2.0
"""The database for one run of a command or of the tests."""

import logging
import os
import shutil
import tempfile
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from callbox.host.cluster import Cluster
from callbox.host.errors import HostError
from callbox.host.locks import is_used
from callbox.host.provision import Urls, provision

log = logging.getLogger(__name__)

TEMPORARY = "callbox-test-"
LOOK_S = 0.1
AGAIN_S = 2.0
SETTLED_S = 60.0  # a younger folder may just be being made


@contextmanager
def running_database(home: Path, *, temporary: bool = False) -> Iterator[Urls]:
    """A running, provisioned server under `home` for the length of the block.

    Processes that use the same home share one server; the last to leave stops it. With temporary=True
    `home` is not touched: a throw-away server without fsync runs in a folder of its own.
    """
    if temporary:
        with temporary_cluster() as cluster:
            yield provision(cluster, may_create_databases=True)
        return
    cluster = Cluster(home)
    cluster.start()
    try:
        urls = provision(cluster)
        with kept_running(cluster, cluster.start):
            yield urls
    finally:
        cluster.leave()


@contextmanager
def kept_running(cluster: Cluster, start: Callable[[], None]) -> Iterator[None]:
    """For the length of the block, start the server again whenever it is not there."""
    ended = threading.Event()
    keeper = threading.Thread(target=_keep, args=(cluster, start, ended), name="keeper", daemon=True)
    keeper.start()
    try:
        yield
    finally:
        ended.set()
        keeper.join()


def _keep(cluster: Cluster, start: Callable[[], None], ended: threading.Event) -> None:
    while not ended.wait(LOOK_S):
        if cluster.pid is not None:
            continue
        log.error("The database server is gone; it is started again.")
        try:
            start()
        except (HostError, OSError) as error:
            log.critical("The database server does not start: %s", error)
            ended.wait(AGAIN_S)


@contextmanager
def temporary_cluster(
    options: Mapping[str, str] | None = None, *, durable: bool = False
) -> Iterator[Cluster]:
    """A throw-away server, gone after the block; what killed test runs left behind is swept first."""
    _sweep()
    cluster = Cluster(Path(tempfile.mkdtemp(prefix=TEMPORARY, dir=tempfile.gettempdir())))
    try:
        cluster.start({"shared_buffers": "64MB"} | dict(options or {}), durable=durable)
        yield cluster
    finally:
        _throw_away(cluster)


def _throw_away(cluster: Cluster) -> None:
    cluster.kill()
    shutil.rmtree(cluster.layout.sockets, ignore_errors=True)
    shutil.rmtree(cluster.layout.home, ignore_errors=True)


def _sweep() -> None:
    for folder in Path(tempfile.gettempdir()).glob(f"{TEMPORARY}*"):
        try:
            found, lock = folder.lstat(), folder / "users.lock"
        except FileNotFoundError:
            continue  # another test run swept it, or ended
        is_ours = found.st_uid == os.geteuid() and time.time() - found.st_mtime > SETTLED_S
        if is_ours and lock.exists() and not is_used(lock):
            _throw_away(Cluster(folder))
