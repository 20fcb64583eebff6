# SPDX-License-Identifier: Apache-2.0
"""Figures from the journal: one pass over its entries, nothing else."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta, tzinfo
from functools import cache

from callbox.access.queries import agencies
from callbox.access.seeing import seeing_everything
from callbox.analysis.figures import MEASURES, CaseTimes, Figure, Share, figures_of, shares_of
from callbox.analysis.journalled import Story
from callbox.analysis.limits import limits_on
from callbox.geo.queries import current_city
from callbox.journal.queries import told
from callbox.kernel.actor import Actor
from callbox.kernel.errors import NotFound
from callbox.kernel.tables import Row, read_table
from callbox.matters.queries import promises_on

SEE = "figures.see"
KINDS = ("call", "incident", "assignment")
BEFORE = timedelta(days=1)  # what was received just before belongs to incidents opened just after


@dataclass(frozen=True, slots=True)
class Report:
    """Response times of the cases received from `since` to before `until`, and the shares that kept each limit."""

    since: datetime | None
    until: datetime | None
    cases: int
    figures: Sequence[Figure]
    shares: Sequence[Share]


def report_for(
    actor: Actor,
    zone: tzinfo,
    *,
    since: datetime | None = None,
    until: datetime | None = None,
    limits: date,
) -> Report:
    """The response-time table, from the journal alone.

    zone: whose hours are counted. limits: the limits in force on this day are compared with. Raises NotFound for
    somebody who may not see figures.
    """
    actor.require_sight(SEE)
    cases = _cases(zone, since, until)
    return Report(
        since, until, len(cases), figures_of(cases), shares_of(cases, limits_on(limits, promises_on(limits)))
    )


def _cases(zone: tzinfo, since: datetime | None, until: datetime | None) -> list[CaseTimes]:
    with seeing_everything():  # figures are over all cases, of which nobody sees one by one here
        story = Story(_agency_of_units())
        story.read(told(KINDS, since and since - BEFORE))
    return [
        case
        for case in story.cases(zone)
        if (since is None or case.received >= since) and (until is None or case.received < until)
    ]


def _agency_of_units() -> dict[str, str]:
    """The kind of agency of every unit there ever was, as the journal has it."""
    kinds = {agency.code: agency.kind for agency in agencies()}
    return {
        str(entry.chain): kinds.get(entry.facts["agency"], "") for entry in told(("unit",), moves=("open",))
    }


def zone_of_city() -> tzinfo:
    """The time zone whose hours are counted: the city's; UTC where no city was imported."""
    try:
        return current_city().time_zone
    except NotFound:
        return UTC


@cache
def measures() -> dict[str, Row]:
    """The measures in the order of the report, with their names and meaning."""
    rows = {row["code"]: row for row in read_table("callbox.analysis", "measures.tsv")}
    return {code: rows[code] for code in MEASURES}
