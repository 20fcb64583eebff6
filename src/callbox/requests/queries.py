# SPDX-License-Identifier: Apache-2.0
"""Reading requests, and the catalogue, areas and rules in force."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from importlib.resources import files
from itertools import groupby
from typing import Any
from uuid import UUID

from django.db import connection
from django.db.models import BooleanField, Exists, OuterRef, Q, QuerySet, Subquery
from django.db.models.expressions import RawSQL

from callbox.access.actions import note_read
from callbox.kernel.actor import ANY, Actor
from callbox.kernel.errors import NotFound
from callbox.matters.domain import OFFERED, workflow_of
from callbox.matters.models import Clock, HandOver, Matter, Part
from callbox.matters.queries import calendar_in_force, lock_open, only_visible
from callbox.requests.areas import AreaBook, Located, parse_areas
from callbox.requests.catalogue import Catalogue, parse_catalogue
from callbox.requests.domain import KIND, LEADS, RESOLVE, Entry, Kept, kept
from callbox.requests.models import ASSISTED, Details, Edition, Remark, Reporter, Request
from callbox.requests.personal import Contact, RemarkTold, Told, details_told, remark_told, reporter_told
from callbox.requests.routing import Rules, Was, parse_rules

SEE, PERSONAL, REPORTER = f"{KIND}.see", f"{KIND}.personal", f"{KIND}.reporter"
FEW = 1_000  # of a million open ones; more than that are met soon in any order
LAST_NUMBER = 2**62  # what the column of numbers can be asked about
AREAS, CATEGORIES, RULES = "areas", "categories", "rules"
# Written out: asked for with every request that is taken or shown.
NEWEST = "SELECT DISTINCT ON (kind) kind, id FROM requests_edition ORDER BY kind, version DESC"
NEWEST_OF = "SELECT id FROM requests_edition WHERE kind = %s ORDER BY version DESC LIMIT 1"
SHIPPED = {CATEGORIES: "categories.json", RULES: "rules.tsv", AREAS: "areas.geojson"}


@dataclass(frozen=True, slots=True)
class InForce:
    """What decides about a new request."""

    catalogue: Catalogue
    areas: AreaBook
    rules: Rules


def in_force() -> InForce:
    """The catalogue, the areas and the rules, all of one moment."""
    with connection.cursor() as cursor:
        cursor.execute(NEWEST)
        newest: dict[str, UUID] = dict(cursor.fetchall())
    return InForce(_catalogue(newest.get(CATEGORIES)), _areas(newest.get(AREAS)), _rules(newest.get(RULES)))


def areas_in_force() -> AreaBook:
    """The districts, grids and sub-grids."""
    return _areas(_newest(AREAS))


def catalogue_in_force() -> Catalogue:
    """The categories."""
    return _catalogue(_newest(CATEGORIES))


def rules_in_force() -> Rules:
    """The routing rules."""
    return _rules(_newest(RULES))


def version_of(kind: str) -> int:
    """Which edition is in force; 0 for what comes with Callbox."""
    found = Edition.objects.filter(kind=kind).order_by("-version").values_list("version", flat=True).first()
    return found or 0


def _newest(kind: str) -> UUID | None:
    with connection.cursor() as cursor:
        cursor.execute(NEWEST_OF, [kind])
        found = cursor.fetchone()
    return found[0] if found else None


def _text(kind: str, edition: UUID | None) -> str:
    if edition is None:
        return files("callbox.requests").joinpath("data", SHIPPED[kind]).read_text(encoding="utf-8")
    return Edition.objects.values_list("text", flat=True).get(id=edition)


@lru_cache(maxsize=2)
def _areas(edition: UUID | None) -> AreaBook:
    return parse_areas(_text(AREAS, edition))


@lru_cache(maxsize=2)
def _catalogue(edition: UUID | None) -> Catalogue:
    return parse_catalogue(_text(CATEGORIES, edition))


@lru_cache(maxsize=2)
def _rules(edition: UUID | None) -> Rules:
    return parse_rules(_text(RULES, edition))


def request_for(actor: Actor, request_id: UUID) -> Request:
    """The request with its matter and agency, if this actor may see it. Raises NotFound."""
    found = Request.objects.select_related("matter", "agency", "backstop").filter(pk=request_id).first()
    if found is None:
        raise NotFound
    actor.require_sight(SEE, found.matter.scope)
    return found


def visible(actor: Actor) -> QuerySet[Request]:
    """All requests this actor may see, with matter and agency."""
    return only_visible(Request.objects.select_related("matter", "agency"), actor, SEE)


def details_for(actor: Actor, request: Request, *, purpose: str, at: datetime) -> tuple[Details, Told]:
    """Where it is and what was said; who read it, when and for what is noted. Raises NotFound."""
    scope = request.matter.scope
    note_read(KIND, [request.pk], purpose, action=PERSONAL, scope=scope, by=actor, at=at)
    row = Details.objects.get(request=request)
    return row, details_told(row)


def reporter_for(actor: Actor, request: Request, *, purpose: str, at: datetime) -> Contact:
    """Who reports, for the desk; that read is noted. Raises NotFound."""
    note_read(KIND, [request.pk], purpose, action=REPORTER, scope=request.matter.scope, by=actor, at=at)
    return reporter_told(Reporter.objects.get(request=request))


def remarks_for(actor: Actor, request: Request, *, purpose: str, at: datetime) -> list[RemarkTold]:
    """The remarks, oldest first; that read is noted. Raises NotFound."""
    note_read(KIND, [request.pk], purpose, action=PERSONAL, scope=request.matter.scope, by=actor, at=at)
    return [remark_told(row) for row in Remark.objects.filter(request=request).order_by("at")]


def next_numbers(count: int) -> list[int]:
    """Numbers that nobody else has. There may be gaps: a sequence holds no lock."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT nextval('requests_number') FROM generate_series(1, %s)", [count])
        return [int(row[0]) for row in cursor.fetchall()]


def history(since: datetime) -> Iterator[Was]:
    """Requests opened since a time, with where they were sent first: what new rules are tried on."""
    zone, catalogue = calendar_in_force().zone, catalogue_in_force().categories
    rows = Request.objects.filter(matter__opened_at__gte=since).order_by("number")
    columns = ("category", "district", "grid", "sub_grid", "matter__opened_at", "sent_first__code")
    for category, district, grid, sub_grid, at, lead in rows.values_list(*columns).iterator(chunk_size=2_000):
        group = catalogue[category].group if category in catalogue else ""
        yield Was(category, group, Located(district, grid, sub_grid), at.astimezone(zone), lead or "")


def promises_kept(clock: str) -> Iterator[tuple[UUID, Kept]]:
    """How this clock's promise was kept by each request, read from the journal alone."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT chain, move, at, facts FROM journal_entry WHERE kind = %s ORDER BY chain, number", [KIND]
        )
        for chain, rows in groupby(cursor, key=lambda row: row[0]):
            yield chain, kept(clock, (Entry(move, at, facts_of(facts)) for _chain, move, at, facts in rows))


def facts_of(said: object) -> Mapping[str, object]:
    """The facts of an entry, as a cursor of our own gives them."""
    found = json.loads(said) if isinstance(said, str) else said
    return found if isinstance(found, Mapping) else {}


def runs(request: Request, clock: str) -> bool:
    """Whether this clock is not answered yet."""
    return Clock.objects.filter(matter_id=request.pk, name=clock, stopped_at=None).exists()


def is_late(request: Request, clock: str, at: datetime) -> bool:
    """Whether the time of this clock has run out unanswered, whether or not anybody has noted it yet."""
    running = Clock.objects.filter(matter_id=request.pk, name=clock, stopped_at=None, paused_at=None)
    return running.filter(due_at__lte=at).exists()


def promise_of(request: Request, clock: str) -> datetime | None:
    """When this clock is due, of the last round in which it was started; None when it never was."""
    found = Clock.objects.filter(matter_id=request.pk, name=clock).order_by("-id")
    return found.values_list("due_at", flat=True).first()


def stands_still(request: Request, clock: str) -> bool:
    """Whether this clock is paused."""
    return Clock.objects.filter(
        matter_id=request.pk, name=clock, stopped_at=None, paused_at__isnull=False
    ).exists()


def hold_open(request: Request) -> None:
    """Hold an open request, so that it cannot end until this transaction does. Raises Conflict if it has."""
    lock_open(request.pk)


def hold_details(request: Request) -> tuple[Told, Contact]:
    """What was told and who reports, held until this transaction ends; for sealing it anew, shown to nobody."""
    details = Details.objects.select_for_update().get(request=request)
    return details_told(details), reporter_told(Reporter.objects.get(request=request))


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which requests a list shows. after: the number of the last one that was shown; None from the beginning.

    ended: those that are over, the newest first, in place of open ones. late_at: only those of which a promise that
    runs was due before this moment.
    """

    agency: UUID | None = None
    states: tuple[str, ...] = ()
    category: str = ""
    area: str = ""
    after: int | None = None
    ended: bool = False
    late_at: datetime | None = None


def inbox(actor: Actor, wanted: Wanted, limit: int = 50) -> list[Request]:
    """Requests that this actor may see, open ones the oldest first, without counting them all.

    Whoever sees only what reaches their agencies is asked for by agency, so that nobody else's are looked at.
    """
    order, ways = "-number" if wanted.ended else "number", _ways_to(actor)
    if ways is None:
        rows = _narrowed(visible(actor), wanted).filter(_if_few(wanted))
        return list(_of_states(rows, wanted).order_by(order)[:limit])
    found = _looked_up(_narrowed(Request.objects.all(), wanted), wanted)
    ids = [
        pk for way in ways for pk in found.filter(way).order_by(order).values_list("pk", flat=True)[:limit]
    ]
    return list(visible(actor).filter(_one_of(ids)).order_by(order)[:limit])


def _narrowed(rows: QuerySet[Request], wanted: Wanted) -> QuerySet[Request]:
    """By what stands in the request's own row."""
    found = rows.filter(open=not wanted.ended)
    if wanted.after is not None:
        found = found.filter(
            **{"number__lt" if wanted.ended else "number__gt": min(wanted.after, LAST_NUMBER)}
        )
    if wanted.agency:
        found = found.filter(agency_id=wanted.agency)
    if wanted.category:
        found = found.filter(category=wanted.category)
    return found.filter(_in_area(wanted.area)) if wanted.area else found


def _of_states(rows: QuerySet[Request], wanted: Wanted) -> QuerySet[Request]:
    return rows.filter(matter__state__in=wanted.states) if wanted.states else rows


def _looked_up(rows: QuerySet[Request], wanted: Wanted) -> QuerySet[Request]:
    """By matter and clocks, row by row: joined, the server would begin with all the matters there are."""
    if wanted.states:
        state = Matter.objects.filter(pk=OuterRef("pk")).values("state")
        rows = rows.alias(state=Subquery(state)).filter(state__in=wanted.states)
    if wanted.late_at:
        late = _late(wanted.late_at).filter(matter_id=OuterRef("pk")).values("pk")[:1]
        rows = rows.alias(late=Subquery(late)).filter(late__isnull=False)
    return rows


def _in_area(code: str) -> Q:
    known = areas_in_force().areas.get(code)
    if known is not None:
        return Q(**{known.level: code})
    return Q(district=code) | Q(grid=code) | Q(sub_grid=code)


def _late(at: datetime) -> QuerySet[Clock]:
    return Clock.objects.filter(stopped_at=None, paused_at=None, due_at__lt=at)


def _runs_late(at: datetime) -> Q:
    return Q(Exists(_late(at).filter(matter_id=OuterRef("pk"))))


def _ways_to(actor: Actor) -> list[Q] | None:
    """How a request reaches somebody who sees only what is in their scope: their agency leads, assists or is asked.

    Each is found by an index of its own. None: they see everything, or hold other keys. What they may see is decided
    elsewhere, by the scope; a test holds that nothing of it is missed here.
    """
    others = [key for key in actor.keys if not key.startswith(("agency:", "person:"))]
    if others or actor.powers.get(SEE, ("", ANY))[1] == ANY:
        return None
    keys = sorted(key for key in actor.keys if key.startswith("agency:"))
    agencies = [UUID(key.removeprefix("agency:")) for key in keys]
    offers = HandOver.objects.filter(taker__in=keys, state=OFFERED).values_list("matter_id", flat=True)
    asked = [Q(pk__in=list(offers))] if offers else []
    return [*(Q(agency_id=each) for each in agencies), ASSISTED & Q(assisting__overlap=agencies), *asked]


def _if_few(wanted: Wanted) -> Q:
    """Where only few are in such a state, or late: these. Among many the list's own order finds some soon."""
    found = Q()
    if wanted.states and not wanted.ended:
        some = Matter.objects.filter(kind=KIND, final=False, state__in=wanted.states)
        found &= _among(some.values_list("id", flat=True)) or Q()
    if wanted.late_at:
        some_late = _late(wanted.late_at).filter(matter__kind=KIND).values_list("matter_id", flat=True)
        found &= _among(some_late) or _runs_late(wanted.late_at)
    return found


def _among(ids: QuerySet[Any, UUID]) -> Q | None:
    """One of these, if they are few."""
    some = list(ids[: FEW + 1])
    return _one_of(some) if len(some) <= FEW else None


def _one_of(ids: list[UUID]) -> Q:
    """As one value, so that their number makes no other statement of it."""
    return Q(RawSQL("requests_request.matter_id = ANY (%s::uuid[])", [ids], output_field=BooleanField()))


def open_of_number(actor: Actor, number: int) -> UUID | None:
    """The open request of this number, if this actor may see it."""
    return visible(actor).filter(open=True, number=number).values_list("pk", flat=True).first()


def whole_of(request: Request) -> Request | None:
    """The request of which this is a part."""
    return Request.objects.filter(matter__parts__part_id=request.pk).first()


@dataclass(frozen=True, slots=True)
class PartOf:
    """A part of a request. waived: the whole may close without it."""

    request: Request
    waived: bool


def parts_of(actor: Actor, request: Request) -> list[PartOf]:
    """The parts of a request that this actor may see, the oldest first."""
    waived = dict(Part.objects.filter(whole_id=request.pk).values_list("part_id", "waived"))
    found = visible(actor).filter(pk__in=list(waived)).order_by("number")
    return [PartOf(each, waived[each.pk]) for each in found]


def offered(request: Request) -> HandOver | None:
    """The offer to another agency that was not answered yet."""
    return HandOver.objects.filter(matter_id=request.pk, state=OFFERED).first()


def time_asked(request: Request) -> int:
    """By how many more of the promise's unit a solution is to be extended, as was asked; 0 for none."""
    found = Clock.objects.filter(matter_id=request.pk, name=RESOLVE, stopped_at=None)
    return found.values_list("asked", flat=True).first() or 0


def moves_for(actor: Actor, request: Request) -> list[str]:
    """The steps that this actor may take with it now, in the workflow's order."""
    matter = request.matter
    leads = matter.owner in actor.keys
    return [
        move.name
        for move in workflow_of(KIND, matter.workflow_version).possible(matter.state)
        if actor.may(f"{KIND}.{move.name}", matter.scope)
        and (leads or move.name not in LEADS)
        and not (move.name == "return" and request.at_backstop)
    ]
