# SPDX-License-Identifier: Apache-2.0
"""The list of open incidents for the day when everything is down: one page, both languages, no script, no link."""

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from django.template.loader import render_to_string
from django.utils import timezone, translation

from callbox.access.domain import system_actor
from callbox.dispatch.queries import open_assignments
from callbox.dispatch.rows import assignment_rows
from callbox.geo.queries import time_zone_in_force
from callbox.incidents.queries import last_remark_times, open_incidents
from callbox.incidents.rows import incident_rows
from callbox.intake.queries import queue

ACTOR = system_actor("printout")
LANGUAGES = ("en", "zh-hans")
LIMIT = 2_000  # incidents on one page; more are counted and not shown


def printed(at: datetime) -> str:
    """The page as it is at that time. Reading the places is noted as reads of the system, once in ten minutes each."""
    incidents = open_incidents(ACTOR)
    shown = incidents[:LIMIT]
    units = _units_by_incident()
    remarks = last_remark_times([each.matter_id for each in shown])
    waiting, zone = queue(ACTOR), time_zone_in_force()
    parts = []
    for language in LANGUAGES:
        with translation.override(language), timezone.override(zone):
            rows = incident_rows(ACTOR, shown, at)
            for row in rows:
                row |= {"units": units.get(row["id"], []), "remark_at": remarks.get(row["id"])}  # type: ignore[call-overload]  # an id
            context = {
                "at": at,
                "rows": rows,
                "more": len(incidents) - len(shown),
                "calls": waiting,
                "language": language,
                "zone": zone.key,
            }
            parts.append(render_to_string("dispatch/printout_part.html", context))
    with timezone.override(zone):
        return render_to_string("dispatch/printout.html", {"at": at, "parts": parts})


def _units_by_incident() -> dict[UUID, list[str]]:
    found: dict[UUID, list[str]] = {}
    for row in _active(assignment_rows(open_assignments(ACTOR))):
        found.setdefault(row["incident"], []).append(f"{row['callsign']} ({row['state']})")  # type: ignore[arg-type]  # an id
    return found


def _active(rows: Iterable[dict[str, object]]) -> Iterable[dict[str, object]]:
    return [row for row in rows if row["active"]]
