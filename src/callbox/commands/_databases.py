# SPDX-License-Identifier: Apache-2.0
"""Databases beside the installation's own: the one that a replay makes, kept until the next replay."""

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from callbox.commands._demo import demo_database
from callbox.commands._options import DEMO, OWN
from callbox.commands._setup import database, migrate
from callbox.host.cluster import Cluster
from callbox.host.config import load
from callbox.host.embedded import running_database
from callbox.host.locks import is_used
from callbox.host.provision import Urls
from callbox.kernel.errors import Conflict, NotFound
from callbox.kernel.text import gettext_noop as _


@contextmanager
def chosen_database(name: str) -> Iterator[Urls]:
    """The database of that name, running and migrated. Raises NotFound when nothing was replayed yet."""
    if name == OWN:
        with database() as urls:
            yield urls
        return
    if name == DEMO:
        with demo_database(load().city):
            yield Urls(owner=os.environ["CALLBOX_OWNER_URL"], app=os.environ["DATABASE_URL"])
        return
    if not replay_home().exists():
        raise NotFound(_("Nothing was replayed yet. Replay a file first: callbox replay sffd FILE --city sf"))
    with _replay() as urls:
        yield urls


@contextmanager
def fresh_replay_database() -> Iterator[Urls]:
    """An empty database for a replay; that of the last one is thrown away. Raises Conflict when it is in use."""
    home = replay_home()
    if is_used(home / "users.lock"):
        raise Conflict(
            _("The database of the last replay is in use. Wait until that has ended, then replay.")
        )
    server = Cluster(home)
    server.stop("immediate")  # it may have outlived a replay that was killed
    shutil.rmtree(server.layout.sockets, ignore_errors=True)
    shutil.rmtree(home, ignore_errors=True)
    with _replay() as urls:
        yield urls


def replay_home() -> Path:
    """The folder of the replay's own server, under the installation's home."""
    return load().home / "replay"


@contextmanager
def _replay() -> Iterator[Urls]:
    os.environ["CALLBOX_KEYS"] = str(replay_home() / "keys")
    with running_database(replay_home()) as urls:
        migrate(urls)
        os.environ["DATABASE_URL"], os.environ["CALLBOX_OWNER_URL"] = urls.app, urls.owner
        yield urls
