# SPDX-License-Identifier: Apache-2.0
"""A database for a bench: a throw-away server with tables, rights and rules as in an installation."""

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager

from callbox.access.protect import protect
from callbox.access.sight import EVERYTHING
from callbox.host.config import load
from callbox.host.embedded import running_database
from callbox.host.provision import Urls, grant_app, with_part


@contextmanager
def throw_away_database() -> Iterator[Urls]:
    """Its addresses; this process has Django ready for it and works as a part of Callbox."""
    with running_database(load().home, temporary=True) as urls:
        _prepare(urls)
        yield urls


def _prepare(urls: Urls) -> None:
    owner = with_part(urls.owner, EVERYTHING)
    env = os.environ | {"DATABASE_URL": owner, "DJANGO_SETTINGS_MODULE": "callbox.settings"}
    subprocess.run([sys.executable, "-m", "callbox.commands._migrating", "expand"], env=env, check=True)
    grant_app(urls.owner)
    protect(urls.owner)
    os.environ |= {"DATABASE_URL": urls.app, "DJANGO_SETTINGS_MODULE": "callbox.settings"}
    import django

    django.setup()
    from callbox.access.seeing import work_as_system

    work_as_system()
