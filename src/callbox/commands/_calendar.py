# SPDX-License-Identifier: Apache-2.0
"""The work behind `callbox calendar`."""

import json
from datetime import UTC, datetime
from pathlib import Path

from callbox.commands._setup import database, use_django
from callbox.commands._shifts import lines
from callbox.kernel.errors import Invalid
from callbox.kernel.text import gettext_noop as _


def load(folder: Path, *, apply: bool) -> int:
    """Print what the calendar of this folder would move, and put it in force if asked to. Raises Invalid, Conflict."""
    try:
        about, days = ((folder / name).read_text(encoding="utf-8") for name in ("about.tsv", "days.tsv"))
    except (OSError, UnicodeDecodeError) as problem:
        raise Invalid(
            _("The folder %(folder)s has no readable about.tsv and days.tsv."), folder=str(folder)
        ) from problem
    with database():
        use_django()
        print(json.dumps(_load(about, days, apply)))
    return 0


def _load(about: str, days: str, apply: bool) -> dict[str, object]:
    from callbox.access.domain import system_actor
    from callbox.matters.calendars import load_calendar, plan_calendar

    by, at = system_actor("setup"), datetime.now(UTC)
    plan = plan_calendar(about, days, by=by)
    for line in lines(plan.shifts, plan.calendar.zone):
        print(line)
    if apply:
        load_calendar(plan, by=by, at=at)
    return {
        "calendar": plan.calendar.label,
        "years": sorted(plan.calendar.years),
        "moved": sum(shift.was != shift.becomes for shift in plan.shifts),
        "settled": sum(shift.was_provisional and not shift.provisional for shift in plan.shifts),
        "applied": apply,
    }
