# SPDX-License-Identifier: Apache-2.0
"""Taking requests and sending each to whom the rules name. Part of the room's actions."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction

from callbox.access.queries import agencies_named
from callbox.incidents.actions import Where
from callbox.journal.inserting import insert
from callbox.kernel.actor import Actor
from callbox.kernel.calendars import Calendar
from callbox.kernel.ids import new_id
from callbox.matters.actions import open_matters
from callbox.matters.domain import Change, Opening, Promised
from callbox.matters.queries import Known, known_now
from callbox.requests import domain, queries
from callbox.requests.areas import NOWHERE, AreaBook, Located
from callbox.requests.models import Details, Reporter, Request
from callbox.requests.personal import Contact, Told, sealed_details, sealed_reporter
from callbox.requests.queries import InForce
from callbox.requests.routing import Routed
from callbox.requests.sending import ROUTING, assign


@dataclass(frozen=True, slots=True)
class Report:
    """What somebody wants dealt with. hidden: whether the agency may know who reports; None: as the category says.

    due_at: when another system has promised that it will be solved, for what is taken over from there.
    area: the code of the area it lies in, where that is known without a point. at_once: whoever takes it answers it:
    it is sent to nobody, and nobody needs to know all that the category asks.
    """

    category: str
    where: Where = field(default_factory=Where)
    words: str = ""
    answers: Mapping[str, object] = field(default_factory=dict)
    contact: Contact = field(default_factory=Contact)
    channel: str = "phone"
    hidden: bool | None = None
    due_at: datetime | None = None
    area: str = ""
    id: UUID | None = None
    at_once: bool = False


@dataclass(frozen=True, slots=True)
class _Taken:
    """A report with what was found out about it. routed: what the rules say; None: it stays with the desk."""

    report: Report
    row: Request
    at: datetime
    routed: Routed | None


def open_request(report: Report, *, by: Actor, at: datetime) -> Request:
    """Take one request and send it to whom the rules name. Raises NotAllowed, Invalid, NotFound."""
    return open_requests([(report, at)], by=by)[0]


@transaction.atomic
def open_requests(reports: Sequence[tuple[Report, datetime]], *, by: Actor) -> list[Request]:
    """The same for many, each at its time, all or none, in their order.

    What the rules name nobody for stays with the desk. Raises NotAllowed, Invalid (answers that were not offered),
    NotFound (no such category), Conflict (an id that is there already).
    """
    tables, known = queries.in_force(), known_now()
    taken = _take(reports, tables, known.calendar)
    _name_agencies(taken)
    matters = open_matters(
        domain.WORKFLOW, [_opening(each) for each in taken], owner=domain.DESK, scope=[domain.DESK], by=by
    )
    for matter, each in zip(matters, taken, strict=True):
        each.row.matter = matter
    insert([each.row for each in taken])
    _keep(taken)
    for each in taken:
        if each.routed is not None:
            _send(each.row, each.routed, known, at=each.at)
    return [each.row for each in taken]


def _take(
    reports: Sequence[tuple[Report, datetime]], tables: InForce, calendar: Calendar
) -> Sequence[_Taken]:
    numbers = queries.next_numbers(len(reports))
    found = []
    for number, (report, at) in zip(numbers, reports, strict=True):
        category = tables.catalogue.category(report.category)
        category.check_answers(report.answers, all_needed=not report.at_once)
        located = _located(tables.areas, report)
        row = Request(
            matter_id=report.id or new_id(),
            number=number,
            channel=report.channel,
            category=category.code,
            urgency=category.urgency,
            confidential=category.sensitive if report.hidden is None else report.hidden,
        )
        row.district, row.grid, row.sub_grid = located.district, located.grid, located.sub_grid
        decided = tables.rules.decide(row.category, category.group, located, at.astimezone(calendar.zone))
        found.append(_Taken(report, row, at, None if report.at_once else decided))
    return found


def _name_agencies(taken: Sequence[_Taken]) -> None:
    """Write in the rows whom the rules name. It becomes theirs with the move that `_send` makes."""
    routed = [(each.row, each.routed) for each in taken if each.routed is not None]
    if not routed:
        return
    named = {code for _row, said in routed for code in (said.lead, said.backstop, *said.assisting) if code}
    agencies = agencies_named(named)
    for row, said in routed:
        row.agency = row.sent_first = agencies[said.lead]
        row.backstop = agencies[said.backstop] if said.backstop else None
        row.assisting = [agencies[code].pk for code in said.assisting]
        row.rule, row.why = said.rule, said.why


def _located(areas: AreaBook, report: Report) -> Located:
    where = report.where
    if where.lon is not None and where.lat is not None:
        return areas.at(where.lon, where.lat)
    return areas.within(report.area) if report.area in areas.areas else NOWHERE


def _opening(each: _Taken) -> Opening:
    row, due_at = each.row, each.report.due_at
    facts: dict[str, object] = {
        "number": row.number,
        "category": row.category,
        "channel": row.channel,
        "areas": [code for code in (row.district, row.grid, row.sub_grid) if code],
        "confidential": row.confidential,
        "answered": sorted(each.report.answers),
    }
    clocks: dict[str, timedelta | Promised] = {}
    if due_at is not None:
        facts["due"] = {domain.RESOLVE: due_at}
        clocks[domain.RESOLVE] = due_at - each.at
    return Opening(row.matter_id, each.at, Change(facts, clocks))


def _keep(taken: Sequence[_Taken]) -> None:
    """Write what is personal, sealed."""
    details, reporters = [], []
    for each in taken:
        report, row = each.report, each.row
        until = each.at + timedelta(days=domain.limit("kept_days", each.at.date()))
        told = Told(report.words, report.where.address, report.where.note, report.answers, report.contact)
        sealed = sealed_details(row.pk, told, not row.confidential, until)
        lon, lat = report.where.lon, report.where.lat
        details.append(Details(request=row, lon=lon, lat=lat, sealed=sealed, retain_until=until))
        who = sealed_reporter(row.pk, report.contact, until)
        reporters.append(Reporter(request=row, sealed=who, retain_until=until))
    insert(details)
    insert(reporters)


def _send(row: Request, routed: Routed, known: Known, *, at: datetime) -> None:
    facts = {"agency": row.agency_id, "assisting": row.assisting, "rule": routed.rule, "why": domain.BY_RULE}
    assign(row, "assign", {**facts, "fits": routed.why}, known=known, by=ROUTING, at=at)
