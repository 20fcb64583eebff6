# SPDX-License-Identifier: Apache-2.0
"""A database for a bench: a throw-away server with tables, rights and rules as in an installation."""

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg

from callbox.access.protect import protect
from callbox.access.sight import EVERYTHING
from callbox.host.cluster import Cluster
from callbox.host.config import load
from callbox.host.embedded import running_database
from callbox.host.provision import Urls, grant_app, provision, with_part


@contextmanager
def throw_away_database() -> Iterator[Urls]:
    """Its addresses; this process has Django ready for it and works as a part of Callbox.

    It does not wait for the disk.
    """
    with running_database(load().home, temporary=True) as urls:
        _prepare(urls)
        yield urls


@contextmanager
def durable_database(kept: Path | None = None) -> Iterator[Cluster]:
    """A server as an installation has it, which waits for the disk, with keys of its own; else the same.

    kept: the folder in which it stays for the next time, with what is in it; None: it is gone after the block.
    """
    folder = kept or Path(tempfile.mkdtemp(prefix="callbox-bench-"))
    folder.mkdir(mode=0o711, parents=True, exist_ok=True)
    folder.chmod(0o711)  # the server may be another user, who goes through it
    cluster = Cluster(folder)
    try:
        cluster.start()
        os.environ["CALLBOX_KEYS"] = str(folder / "keys")
        _prepare(provision(cluster))
        yield cluster
    finally:
        cluster.leave()
        if kept is None:
            shutil.rmtree(cluster.layout.sockets, ignore_errors=True)
            shutil.rmtree(folder, ignore_errors=True)


def _prepare(urls: Urls) -> None:
    owner = with_part(urls.owner, EVERYTHING)
    env = os.environ | {"DATABASE_URL": owner, "DJANGO_SETTINGS_MODULE": "callbox.settings"}
    subprocess.run([sys.executable, "-m", "callbox.commands._migrating", "expand"], env=env, check=True)
    grant_app(urls.owner)
    protect(urls.owner)
    os.environ |= {"DATABASE_URL": urls.app, "DJANGO_SETTINGS_MODULE": "callbox.settings"}
    begin()


def analyze(owner: str) -> None:
    """Gather the statistics that a server gathers by itself within a minute.

    owner: the database's address for its owner. For anybody else PostgreSQL passes the tables over and says nothing.
    """
    with psycopg.connect(owner, autocommit=True) as link:
        link.execute("ANALYZE")


def begin() -> None:
    """Make this process ready to work with the database that its environment names, as a part of Callbox."""
    import django

    django.setup()
    from callbox.access.seeing import work_as_system

    work_as_system()
