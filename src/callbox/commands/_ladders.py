# SPDX-License-Identifier: Apache-2.0
"""The work behind `callbox ladders`."""

import json
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from callbox.commands._setup import database, use_django
from callbox.kernel.errors import Invalid
from callbox.kernel.text import gettext_noop as _

NAMES = ("ladders.tsv", "quiet_hours.tsv")
UNREADABLE = _(
    "The folder %(folder)s has no readable ladders.tsv and quiet_hours.tsv. Write those in force with --write."
)
UNWRITABLE = _(
    "The folder %(folder)s cannot be written, or has ladders.tsv or quiet_hours.tsv already: %(why)s"
)


def write(folder: Path) -> int:
    """Write the tables in force as they were loaded; what is there already is left alone. Raises Invalid."""
    with database():
        use_django()
        from callbox.matters.queries import ladders_in_force

        now = ladders_in_force()
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for name, text in zip(NAMES, (now.text, now.quiet_text), strict=True):
            with (folder / name).open("x", encoding="utf-8") as file:
                file.write(text)
    except OSError as problem:
        raise Invalid(UNWRITABLE, folder=str(folder), why=str(problem)) from problem
    print(json.dumps({"edition": now.edition, "written": [str(folder / name) for name in NAMES]}))
    return 0


def load(folder: Path, *, apply: bool) -> int:
    """Print which steps these tables would move, and put them in force if asked to. Raises Invalid, Conflict."""
    try:
        text, quiet = ((folder / name).read_text(encoding="utf-8") for name in NAMES)
    except (OSError, UnicodeDecodeError) as problem:
        raise Invalid(UNREADABLE, folder=str(folder)) from problem
    with database():
        use_django()
        print(json.dumps(_load(text, quiet, apply)))
    return 0


def _load(text: str, quiet: str, apply: bool) -> dict[str, object]:
    from callbox.access.domain import system_actor
    from callbox.matters.hanging import load_ladders
    from callbox.matters.queries import calendar_in_force
    from callbox.promises.queries import tried_ladders

    by, at, zone = system_actor("setup"), datetime.now(UTC), calendar_in_force().zone
    plan = tried_ladders(by, text, quiet, at)
    for each in plan.differences:
        print(f"{each.kind:<8} {each.rule}: {each.was or '-'} -> {each.becomes or '-'}")
    for shift in plan.shifts:
        print(f"{shift.matter}  {shift.name:<14} {_step(shift.was, zone)} -> {_step(shift.becomes, zone)}")
    if apply:
        load_ladders(plan, by=by, at=at)
    return {
        "edition": plan.ladders.edition,
        "changes": len(plan.differences),
        "moved": len(plan.shifts),
        "at_once": sum(shift.at_once(at) for shift in plan.shifts),
        "told_otherwise": plan.told_otherwise,
        "applied": apply,
    }


def _step(step: tuple[int, datetime] | None, zone: ZoneInfo) -> str:
    return f"{step[0]} at {step[1].astimezone(zone).isoformat(' ', 'minutes')}" if step else "no step"
