# SPDX-License-Identifier: Apache-2.0
"""`python -m callbox.commands._migrating expand|contract`: bring the tables up to date, in a process of its own."""

import os
import sys

EXPAND, CONTRACT = "expand", "contract"
HELD_UP = (
    "can only be applied after what the release before this one takes away: finish that upgrade first, "
    "with that release (callbox upgrade --contract)."
)


def targets(pending: dict[str, list[str]]) -> dict[str, str | None]:
    """How far each app may go while older processes run: None for all the way.

    pending: the names of each app's migrations that were not applied, in order. An app whose next one contracts
    is left out.
    """
    from callbox.host.releases import contracts

    far: dict[str, str | None] = {}
    for app, names in pending.items():
        first = next((index for index, name in enumerate(names) if contracts(name)), None)
        if first is None:
            far[app] = None
        elif first > 0:
            far[app] = names[first - 1]
    return far


def held_up(pending: dict[str, list[str]]) -> list[str]:
    """Those that only add but come after one that takes away: an earlier release's, which was never contracted."""
    from callbox.host.releases import contracts

    found = []
    for app, names in pending.items():
        first = next((index for index, name in enumerate(names) if contracts(name)), len(names))
        found += [f"{app} {name}" for name in names[first:] if not contracts(name)]
    return found


def main(step: str) -> None:
    """Apply what the step asks for, and have every table watched. An empty database gets everything."""
    import django
    from django.utils import timezone

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "callbox.settings")
    django.setup()
    from callbox.journal.watching import watch_tables

    _apply(step)
    watch_tables(at=timezone.now())


def _apply(step: str) -> None:
    from django.core.management import call_command
    from django.db import connection
    from django.db.migrations.executor import MigrationExecutor

    executor = MigrationExecutor(connection)
    quiet = {"interactive": False, "verbosity": 0, "skip_checks": True}
    if step == CONTRACT or not executor.loader.applied_migrations:
        call_command("migrate", **quiet)
        return
    pending: dict[str, list[str]] = {}
    for migration, _backwards in executor.migration_plan(executor.loader.graph.leaf_nodes()):
        pending.setdefault(migration.app_label, []).append(migration.name)
    if late := held_up(pending):
        raise SystemExit(f"{', '.join(late)} {HELD_UP}")
    for app, name in targets(pending).items():
        call_command("migrate", app, *([name] if name else []), **quiet)


if __name__ == "__main__":
    main(sys.argv[1])
