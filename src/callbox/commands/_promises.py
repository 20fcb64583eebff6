# SPDX-License-Identifier: Apache-2.0
"""The work behind `callbox promises`."""

import json
from datetime import UTC, datetime
from pathlib import Path

from callbox.commands._setup import database, use_django
from callbox.commands._shifts import lines
from callbox.kernel.errors import Invalid
from callbox.kernel.text import gettext_noop as _


def show() -> int:
    """Print the table in force as it was written."""
    with database():
        use_django()
        from callbox.matters.queries import table_in_force

        print(table_in_force().text, end="")
    return 0


def load(file: Path, *, apply: bool) -> int:
    """Print what this table would change and move, and put it in force if asked to. Raises Invalid, Conflict."""
    try:
        text = file.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as problem:
        raise Invalid(_("%(file)s cannot be read: %(why)s"), file=str(file), why=str(problem)) from problem
    with database():
        use_django()
        print(json.dumps(_load(text, apply)))
    return 0


def _load(text: str, apply: bool) -> dict[str, object]:
    from callbox.access.domain import system_actor
    from callbox.matters.queries import calendar_in_force
    from callbox.matters.terms import load_terms, plan_terms

    by, at = system_actor("setup"), datetime.now(UTC)
    plan = plan_terms(text, by=by, at=at)
    for each in plan.differences:
        print(f"{each.kind:<8} {each.rule}: {each.was or '-'} -> {each.becomes or '-'}")
    for line in lines(plan.shifts, calendar_in_force().zone):
        print(line)
    if apply:
        load_terms(plan, by=by, at=at)
    return {
        "edition": plan.table.edition,
        "changes": len(plan.differences),
        "moved": sum(shift.was != shift.becomes for shift in plan.shifts),
        "late_at_once": sum(shift.late_at_once(at) for shift in plan.shifts),
        "applied": apply,
    }
