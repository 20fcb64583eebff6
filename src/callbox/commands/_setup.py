# SPDX-License-Identifier: Apache-2.0
"""What commands share: a database that runs and is migrated, and Django made ready for it."""

import json
import logging
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

from callbox.access.protect import is_from_before, is_protected, protect
from callbox.access.sight import EVERYTHING
from callbox.commands._migrating import CONTRACT, EXPAND
from callbox.host.config import CHECKOUT, load
from callbox.host.embedded import running_database
from callbox.host.errors import ConfigError
from callbox.host.provision import Urls, grant_app, with_part
from callbox.host.releases import contracts
from callbox.host.schema import APPLIED, known_migrations, newer
from callbox.kernel.errors import Invalid
from callbox.kernel.tables import TableError
from callbox.kernel.text import gettext_noop as _

if TYPE_CHECKING:
    import psycopg

log = logging.getLogger(__name__)

UNREADABLE = _("This cannot be loaded: %(problem)s")
PROTECTS = "callbox upgrade --contract"
PARTS = {
    "django.contrib": ("admin", "auth", "contenttypes", "sessions"),
    "allauth": ("account", "mfa", "socialaccount"),
}
MIGRATING = 0x63616C6C  # the number of the lock that one who migrates holds


@contextmanager
def known_database() -> Iterator[Urls]:
    """The database of this installation as it is: nothing is brought up to date."""
    config = load()
    if config.database_url:
        yield Urls(owner=config.owner_url or config.database_url, app=config.database_url)
        return
    with running_database(config.home) as urls:
        yield urls


@contextmanager
def database(*, temporary: bool = False) -> Iterator[Urls]:
    """The database of this installation (or a throw-away one), migrated, its addresses in the environment."""
    config = load()
    if config.database_url and not temporary:
        yield _ready(Urls(owner=config.owner_url or config.database_url, app=config.database_url))
        return
    with running_database(config.home, temporary=temporary) as urls:
        yield _ready(urls)


def _ready(urls: Urls) -> Urls:
    migrate(urls)
    if is_from_before(urls.owner):
        log.warning("The database does not protect its rows yet. When nothing older runs: %s", PROTECTS)
    os.environ["DATABASE_URL"] = urls.app
    os.environ["CALLBOX_OWNER_URL"] = urls.owner
    return urls


def migrate(urls: Urls) -> None:
    """Bring the tables up to date, but for what an older process may still use: `callbox upgrade --contract`.

    A second starter waits. An earlier run may have been ended at any point: what it left out is done now, the
    rights included. Raises ConfigError when a newer release took away what this one needs.
    """
    import psycopg

    with psycopg.connect(urls.owner, autocommit=True) as link:
        link.execute("SELECT pg_advisory_lock(%s)", [MIGRATING])
        applied = _applied(link)
        if problem := newer(applied):
            raise ConfigError(problem)
        if _needed() <= applied and (is_protected(urls.owner) or is_from_before(urls.owner)):
            grant_app(urls.owner)
        else:
            apply_migrations(urls, EXPAND)


def apply_migrations(urls: Urls, step: str) -> None:
    """Apply migrations as the owner, then give the application its rights. In a process of its own.

    A database of a release that did not say who asks gets its row-level security when that release is gone.
    """
    import subprocess
    import sys

    hides_nothing = step == CONTRACT or not is_from_before(urls.owner)
    owner = with_part(urls.owner, EVERYTHING)  # a migration moves rows too
    environment = {**os.environ, "DATABASE_URL": owner, "DJANGO_SETTINGS_MODULE": "callbox.settings"}
    done = subprocess.run(  # noqa: S603 - our own words
        [sys.executable, "-m", "callbox.commands._migrating", step],
        env=environment,
        check=False,
        capture_output=True,
        text=True,
    )
    if done.returncode:
        raise SystemExit(f"callbox: the tables could not be brought up to date:\n{done.stderr[-3000:]}")
    grant_app(urls.owner)
    if hides_nothing:
        protect(urls.owner)


def _applied(link: "psycopg.Connection") -> set[tuple[str, str]]:
    if link.execute("SELECT to_regclass('django_migrations')").fetchone() == (None,):
        return set()
    return set(link.execute(APPLIED).fetchall())


def _needed() -> frozenset[tuple[str, str]]:
    """Ours and those of our parts, from the files: a second start need not load Django to see that all is done."""
    paths = [
        path
        for part, apps in PARTS.items()
        for folder in _folders(part)
        for app in apps
        for path in Path(folder, app).glob("migrations/[0-9]*.py")
    ]
    found = known_migrations() | {(path.parts[-3], path.stem) for path in paths}
    return frozenset((app, name) for app, name in found if not contracts(name))


def _folders(package: str) -> list[str]:
    found = find_spec(package)
    return list(found.submodule_search_locations or ()) if found else []


def use_django() -> None:
    """Make Django ready in this process, as a part of Callbox itself, on the database named in the environment."""
    import django

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "callbox.settings")
    django.setup()
    from callbox.access.seeing import work_as_system

    work_as_system()


def print_loaded(load_folder: Callable[[], object]) -> int:
    """Print what loading a folder answers, as a JSON line. Raises Invalid for a file that cannot be read."""
    with database():
        use_django()
        try:
            print(json.dumps(load_folder()))
        except TableError as problem:
            raise Invalid(UNREADABLE, problem=str(problem)) from problem
    return 0


def prepare() -> None:
    """Make what the pages need: browser packages and compiled translations. A no-op when they are there."""
    from callbox.web.assets import compile_messages, ensure_front_end

    ensure_front_end()
    compile_messages(CHECKOUT / "src")
