# SPDX-License-Identifier: Apache-2.0
"""Due times that would move, as lines: from when to when, and by how much."""

from collections.abc import Iterable, Iterator
from zoneinfo import ZoneInfo

from callbox.matters.reckoning import Shift, span


def lines(shifts: Iterable[Shift], zone: ZoneInfo) -> Iterator[str]:
    """One line for each, in the time of the city."""
    for shift in shifts:
        was, becomes = (
            moment.astimezone(zone).isoformat(" ", "minutes") for moment in (shift.was, shift.becomes)
        )
        mark = "provisional" if shift.provisional else ""
        yield f"{shift.matter}  {shift.name:<14} {was} -> {becomes}  {span(shift.by)}  {mark}".rstrip()
