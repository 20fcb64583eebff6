# SPDX-License-Identifier: Apache-2.0
"""The work behind `callbox upgrade`: expand while the old processes run, contract when none does any more."""

import argparse
import shlex
import shutil
import subprocess
from datetime import UTC, datetime
from pathlib import Path

import psycopg

from callbox.commands._machine import asking_the_machine
from callbox.commands._migrating import CONTRACT, EXPAND
from callbox.commands._setup import apply_migrations, known_database
from callbox.host.backup import back_up
from callbox.host.config import Config, load
from callbox.host.errors import HostError
from callbox.host.provision import APP, Urls
from callbox.host.releases import session_name, version
from callbox.host.schema import is_expanded
from callbox.host.upgrades import Upgrade, check_not_half_run, note_upgrade

SPARE_BYTES = 256 << 20
NOT_EXPANDED = ("backed-up", "expanding")
OTHERS = (
    "SELECT DISTINCT application_name FROM pg_stat_activity"
    " WHERE usename = %s AND datname = current_database() AND application_name <> %s"
)


def run(args: argparse.Namespace) -> int:
    """Do one step. Raises Unavailable with the reason when it cannot be done."""
    config = load()
    with asking_the_machine():
        return _contract(config) if args.contract else _expand(config, args)


def _expand(config: Config, args: argparse.Namespace) -> int:
    going_on = check_not_half_run(config.home, session_name())
    if going_on is not None and going_on.step in ("expanded", "contracting"):
        print("The tables were expanded already. Restart the processes, then: callbox upgrade --contract")
        return 0
    backup = going_on.backup if going_on else _back_up(config, args)
    _check_room(config.home)
    with known_database() as urls:
        _note(config, "expanding", backup)
        apply_migrations(urls, EXPAND)
    _note(config, "expanded", backup)
    print("The tables have what this release needs, and still what the last one needs.")
    if args.restart is None:
        print("Restart the processes with this release, then: callbox upgrade --contract")
        return 0
    subprocess.run(shlex.split(args.restart), check=True)  # noqa: S603 - the operator's own command
    return _contract(config)


def _contract(config: Config) -> int:
    going_on = check_not_half_run(config.home, session_name())
    with known_database() as urls:
        if (going_on and going_on.step in NOT_EXPANDED) or not is_expanded(urls.owner):
            raise HostError("The tables were not expanded yet: callbox upgrade comes first.")
        if older := _older_sessions(urls):
            raise HostError(
                f"Processes of another release use the database ({', '.join(older)}): restart them with this one first."
            )
        if going_on is not None:
            _note(config, "contracting", going_on.backup)
        apply_migrations(urls, CONTRACT)
    if going_on is not None:
        _note(config, "done", going_on.backup)
        print(f"Done. The backup from before is {going_on.backup}: remove it when you no longer need it.")
    else:
        print("Done: nothing of the last release is left in the tables.")
    return 0


def _back_up(config: Config, args: argparse.Namespace) -> str:
    if args.no_backup:
        return "the one you made"
    if config.database_url:
        raise HostError("Back the PostgreSQL of your own up with its tools, then say --no-backup.")
    target: Path = (
        args.backup or config.home.parent / f"{config.home.name}-before-{datetime.now(UTC):%Y%m%dT%H%M%SZ}"
    )
    back_up(config, target, version())
    print(f"Backed up to {target}.")
    _note(config, "backed-up", str(target))
    return str(target)


def _note(config: Config, step: str, backup: str) -> None:
    note_upgrade(config.home, Upgrade(session_name(), step, backup))  # type: ignore[arg-type]  # our own words


def _check_room(home: Path) -> None:
    """An index or a column made anew needs room for a second copy of the largest table, at worst."""
    free = shutil.disk_usage(home).free
    data = home / "postgresql" / "data" / "base"
    needed = SPARE_BYTES + sum(path.stat().st_size for path in data.rglob("*") if path.is_file())
    if free < needed:
        raise HostError(
            f"The upgrade may need {needed >> 20} MiB, {home} has {free >> 20} MiB free: make room there."
        )


def _older_sessions(urls: Urls) -> list[str]:
    with psycopg.connect(urls.owner) as link:
        app = psycopg.conninfo.conninfo_to_dict(urls.app).get("user") or APP
        found = link.execute(OTHERS, [app, session_name()]).fetchall()
    return sorted(name or "an older Callbox" for (name,) in found)
