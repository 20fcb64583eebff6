# SPDX-License-Identifier: Apache-2.0
"""What something that is loaded would move, as the page shows it: numbers of all, rows of the first."""

from collections.abc import Sequence
from datetime import date, datetime

from django.utils.translation import gettext

from callbox.matters.hanging import StepShift
from callbox.matters.ladders import Ladders, Rung
from callbox.matters.promises import Promise
from callbox.matters.reckoning import Shift, span
from callbox.promises.words import ACTIONS, AFTER, CLOCKS, EVERYONE, KINDS, ROLES, SHARE, named
from callbox.web.terms import term_words

MOST = 200  # rows that are shown


def moved_promises(shifts: Sequence[Shift], at: datetime) -> dict[str, object]:
    """Due times that would move or be settled."""
    return {
        "moved": sum(each.was != each.becomes for each in shifts),
        "settled": sum(each.was_provisional and not each.provisional for each in shifts),
        "late_at_once": sum(each.late_at_once(at) for each in shifts),
        "shifts": [
            {
                **_what(each),
                "was": each.was,
                "becomes": each.becomes,
                "by": span(each.by),
                "provisional": each.provisional,
            }
            for each in shifts[:MOST]
        ],
        "more": max(0, len(shifts) - MOST),
    }


def moved_steps(shifts: Sequence[StepShift], told_otherwise: int, at: datetime) -> dict[str, object]:
    """Next steps of ladders that would be taken at another time, at another level or not at all; and of how many that
    were taken people would be told at another time."""
    return {
        "told_otherwise": told_otherwise,
        "steps_moved": len(shifts),
        "at_once": sum(each.at_once(at) for each in shifts),
        "steps": [{**_what(each), "was": each.was, "becomes": each.becomes} for each in shifts[:MOST]],
        "more": max(0, len(shifts) - MOST),
    }


def _what(shift: Shift | StepShift) -> dict[str, object]:
    return {
        "kind": named(KINDS, shift.kind),
        "matter": str(shift.matter)[-8:],
        "clock": named(CLOCKS, shift.name),
    }


def promise_rows(promises: Sequence[Promise]) -> list[dict[str, object]]:
    """The promises that hold, in words; the codes stand beside them, since tables that are loaded speak in them."""
    return [
        {
            "clock": named(CLOCKS, each.clock),
            "code": each.clock,
            "scope": gettext(EVERYONE) if each.scope == "*" else each.scope,
            "urgency": f"{each.most_urgent}–{each.least_urgent}",
            "term": term_words(each.term),
            "percent": each.percent,
            "ladder": each.ladder,
            "source": each.source,
        }
        for each in promises
    ]


def ladder_rows(ladders: Ladders, day: date) -> dict[str, object]:
    """The ladders and the quiet hours that hold on a day, as the overview shows them."""
    return {
        "ladders": [
            {
                "ladder": row["ladder"],
                "level": rung.level,
                "when": _step_words(rung),
                "action": named(ACTIONS, rung.action),
                "roles": ", ".join(named(ROLES, role) for role in rung.roles),
            }
            for row, rung in ladders.lines
            if row.in_force(day)
        ],
        "quiet": [
            {
                "role": named(ROLES, each.role),
                "begins": each.begins,
                "ends": each.ends,
                "never": each.begins == each.ends,
            }
            for row, each in ladders.quiet
            if row.in_force(day)
        ],
    }


def _step_words(rung: Rung) -> str:
    """When a step is taken, as people say it."""
    if rung.after is None:
        return gettext(SHARE) % {"percent": rung.share}
    return gettext(AFTER) % {"term": term_words(rung.after)}
