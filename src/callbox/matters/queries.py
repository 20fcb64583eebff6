# SPDX-License-Identifier: Apache-2.0
"""Reading matters; the only way from an untrusted id to a matter."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from functools import lru_cache
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import connection
from django.db.models import Count, Model, Q, QuerySet

from callbox.journal import queries as journal
from callbox.journal.domain import Written
from callbox.journal.fetching import fetch
from callbox.kernel.actor import ANY, Actor
from callbox.kernel.calendars import (
    Calendar,
    parse_calendar,
    shipped_calendar,
    shipped_codes,
    shipped_text,
)
from callbox.kernel.errors import Conflict, NotFound
from callbox.matters.ladders import Ladders, parse_ladders, shipped_ladders
from callbox.matters.models import (
    CalendarVersion,
    Clock,
    HandOver,
    LadderEdition,
    Matter,
    Part,
    PromiseEdition,
    Step,
)
from callbox.matters.promises import Promise, Table, parse_promises, shipped_table

# What a sweep of the clocks would find, looked for in one statement: most sweeps find nothing, several a second.
ANYTHING_DUE = """
SELECT EXISTS (SELECT 1 FROM matters_clock
    WHERE due_at <= %(at)s AND stopped_at IS NULL AND fired_at IS NULL AND paused_at IS NULL)
  OR EXISTS (SELECT 1 FROM matters_clock WHERE step_at <= %(at)s AND stopped_at IS NULL AND paused_at IS NULL)
  OR EXISTS (SELECT 1 FROM matters_handover WHERE answer_by <= %(at)s AND state = 'offered')
"""

# Written out: asked for several times a second.
RUNNING = "matter_id = ANY (%s::uuid[]) AND stopped_at IS NULL ORDER BY due_at"
NEWEST_CALENDAR = "SELECT id, version FROM matters_calendar WHERE code = %s ORDER BY version DESC LIMIT 1"
NEWEST_EDITION = "SELECT id FROM matters_promises ORDER BY edition DESC LIMIT 1"
NEWEST_LADDERS = "SELECT id FROM matters_ladders ORDER BY edition DESC LIMIT 1"


def matter_for(actor: Actor, matter_id: UUID, kind: str) -> Matter:
    """The matter, if this actor may see it. Raises NotFound, also for what is not theirs to see."""
    matter = Matter.objects.filter(id=matter_id, kind=kind).first()
    if matter is None:
        raise NotFound
    actor.require_sight(f"{kind}.see", matter.scope)
    return matter


def only_visible[Row: Model](rows: QuerySet[Row], actor: Actor, see: str) -> QuerySet[Row]:
    """Those of the rows, each with a `matter`, that the power `see` lets this actor see: none without it."""
    power = actor.powers.get(see)
    if power is None:
        return rows.none()
    return rows if power[1] == ANY else rows.filter(matter__scope__overlap=sorted(actor.keys))


def history_for(actor: Actor, matter_id: UUID, kind: str) -> list[Written]:
    """All journal entries of a matter, oldest first."""
    return journal.history(matter_for(actor, matter_id, kind).id)


def lock_open(matter_id: UUID) -> None:
    """Hold a matter's row until the transaction ends, so that it cannot close meanwhile. Raises Conflict if it has."""
    final = (
        Matter.objects.select_for_update(no_key=True)
        .filter(id=matter_id)
        .values_list("final", flat=True)
        .first()
    )
    if final is not False:
        raise Conflict


def hold(*matter_ids: UUID) -> None:
    """Nobody else changes these matters until the transaction ends. A step that moves several begins with it.

    They are held in one order everywhere, so that two steps that cross wait for each other and never in a circle.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT id FROM matters_matter WHERE id = ANY (%s::uuid[]) ORDER BY id FOR NO KEY UPDATE",
            [sorted(set(matter_ids))],
        )


def hold_state(matter_id: UUID) -> str:
    """The matter's state, which nobody can change until this transaction ends; many may hold it at once."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT state FROM matters_matter WHERE id = %s FOR SHARE", [matter_id])
        row = cursor.fetchone()
    if row is None:
        raise NotFound
    return str(row[0])


def open_parts(whole_id: UUID) -> Sequence[Part]:
    """The mandatory parts that still hold the whole open."""
    found = Part.objects.filter(whole_id=whole_id, mandatory=True, waived=False, part__final=False)
    return list(found.select_related("part"))


@dataclass(frozen=True, slots=True)
class Known:
    """What due times and steps are reckoned with: the calendar and the editions of promises and ladders in force."""

    calendar: Calendar
    table: Table
    ladders: Ladders


@dataclass(frozen=True, slots=True)
class Ticking:
    """A clock that a sweep found; its matter is held until the transaction ends.

    climbed: the highest level of its ladder that was taken; 0 when none was.
    """

    id: int
    matter_id: UUID
    kind: str
    name: str
    started_at: datetime
    due_at: datetime
    ladder: str
    steps: int
    step_at: datetime | None
    climbed: int


# Written out, without the models: a sweep may find a hundred thousand. A clock that is reckoned with an older version
# of the calendar or of the promises is left to be settled first; see `_outdated`.
TICKING = """
SELECT matters_clock.id, matter_id, kind, name, started_at, due_at, ladder, steps, step_at
FROM matters_clock INNER JOIN matters_matter ON (matters_matter.id = matters_clock.matter_id)
WHERE stopped_at IS NULL AND paused_at IS NULL
  AND NOT (calendar = %(calendar)s AND calendar_version < %(version)s AND (fired_at IS NULL OR provisional = true))
  AND NOT (chosen_for <> '' AND edition < %(edition)s AND fired_at IS NULL)
  AND matters_clock.id <> ALL (%(without)s::bigint[])
  AND (%(only)s::bigint IS NULL OR matters_clock.id = %(only)s::bigint)
"""
TAKEN = "SELECT clock_id, level FROM matters_step WHERE clock_id = ANY (%s::bigint[]) ORDER BY level"
HELD = "LIMIT %(limit)s FOR NO KEY UPDATE OF matters_matter SKIP LOCKED"
DUE = f"{TICKING} AND due_at <= %(at)s AND fired_at IS NULL ORDER BY due_at {HELD}"
CLIMBING = f"{TICKING} AND step_at <= %(at)s AND ladder_edition >= %(ladders)s ORDER BY step_at {HELD}"


def due_clocks(
    known: Known, at: datetime, limit: int, without: Sequence[int] = (), only: int | None = None
) -> Sequence[Ticking]:
    """Running clocks whose time has come and whose matter nobody moves now; call inside a transaction.

    The matters' rows are held until COMMIT, never the clocks': a move takes its matter first and its clocks
    after, and who went the other way round would wait in a circle. A matter that is being moved is left for
    the next sweep. without: clocks to leave out. only: this clock and no other.
    """
    return _ticking(DUE, known, at, limit, without, only)


def clocks_to_climb(
    known: Known, at: datetime, limit: int, without: Sequence[int] = (), only: int | None = None
) -> Sequence[Ticking]:
    """Unanswered clocks whose next step has come; else as `due_clocks`."""
    return _ticking(CLIMBING, known, at, limit, without, only)


def _ticking(
    statement: str, known: Known, at: datetime, limit: int, without: Sequence[int], only: int | None
) -> Sequence[Ticking]:
    said: dict[str, Any] = {
        "calendar": known.calendar.code,
        "version": known.calendar.version,
        "edition": known.table.edition,
        "ladders": known.ladders.edition,
        "at": at,
    }
    with connection.cursor() as cursor:
        cursor.execute(statement, {**said, "limit": limit, "without": list(without), "only": only})
        rows = cursor.fetchall()
    climbing = [row[0] for row in rows if row[7]]  # a sweep over thousands of first steps has none to ask for
    levels = levels_climbed(climbing) if climbing else {}
    return [Ticking(*(*row, levels.get(row[0], 0))) for row in rows]


def anything_due(at: datetime) -> bool:
    """Whether a sweep at this time could fire a clock, take a step of a ladder or end an offer."""
    with connection.cursor() as cursor:
        cursor.execute(ANYTHING_DUE, {"at": at})
        return bool(cursor.fetchone()[0])


def next_due() -> datetime | None:
    """When the next running clock is due."""
    running = Clock.objects.filter(stopped_at=None, fired_at=None, paused_at=None)
    return running.order_by("due_at").values_list("due_at", flat=True).first()


def running_clocks(matter_ids: Sequence[UUID]) -> dict[UUID, list[Clock]]:
    """The clocks of many matters that run, or have fired and were not answered yet."""
    found: dict[UUID, list[Clock]] = {matter_id: [] for matter_id in matter_ids}
    for clock in fetch(Clock, RUNNING, list(matter_ids)):
        found[clock.matter_id].append(clock)
    return found


def offer_for(actor: Actor, handover_id: UUID) -> HandOver:
    """An offered hand-over, seen by who gives and who is asked. Raises NotFound."""
    offer = HandOver.objects.select_related("matter").filter(id=handover_id).first()
    if offer is None or actor.keys.isdisjoint({offer.giver, offer.taker}):
        raise NotFound
    return offer


def clocks_due_before(until: datetime) -> Sequence[Clock]:
    """Every clock that was not answered yet and has fired or is due by then, with its matter; by due time."""
    waiting = Clock.objects.filter(stopped_at=None, paused_at=None, due_at__lte=until)
    return list(waiting.select_related("matter").order_by("due_at"))


def clock_of(matter: Matter, name: str) -> Clock:
    """The clock of this name that was not answered yet, in this round. Raises NotFound."""
    found = Clock.objects.filter(matter=matter, name=name, stopped_at=None).order_by("-id").first()
    if found is None:
        raise NotFound
    return found


def calendar_in_force(code: str = "") -> Calendar:
    """The newest version of a calendar: as it was loaded, else as it is shipped. Raises NotFound.

    code: the installation's own, if empty.
    """
    wanted = code or settings.CONFIG.calendar
    shipped = shipped_calendar(wanted) if wanted in shipped_codes() else None
    with connection.cursor() as cursor:
        cursor.execute(NEWEST_CALENDAR, [wanted])
        newest = cursor.fetchone()
    if newest and (shipped is None or newest[1] >= shipped.version):
        return _loaded(newest[0])
    if shipped is None:
        raise NotFound
    return shipped


@lru_cache(maxsize=8)
def _loaded(version_id: UUID) -> Calendar:
    row = CalendarVersion.objects.get(id=version_id)
    return replace(parse_calendar(row.about, row.days), code=row.code, version=row.version)


def table_in_force() -> Table:
    """The newest edition of the promises: as it was loaded, else as it is shipped."""
    with connection.cursor() as cursor:
        cursor.execute(NEWEST_EDITION)
        newest = cursor.fetchone()
    return _edition(newest[0]) if newest else shipped_table()


@lru_cache(maxsize=8)
def _edition(edition_id: UUID) -> Table:
    row = PromiseEdition.objects.get(id=edition_id)
    return parse_promises(row.text, row.edition)


def ladders_in_force() -> Ladders:
    """The newest edition of ladders and quiet hours: as it was loaded, else as it is shipped."""
    with connection.cursor() as cursor:
        cursor.execute(NEWEST_LADDERS)
        newest = cursor.fetchone()
    return _ladders(newest[0]) if newest else shipped_ladders()


@lru_cache(maxsize=8)
def _ladders(edition_id: UUID) -> Ladders:
    row = LadderEdition.objects.get(id=edition_id)
    return parse_ladders(row.text, row.quiet_text, row.edition)


def promises_on(day: date) -> tuple[Promise, ...]:
    """The promises that hold on a day, by the edition in force."""
    return table_in_force().on(day)


def known_now() -> Known:
    """What due times are reckoned with now."""
    return Known(calendar_in_force(), table_in_force(), ladders_in_force())


def _outdated(known: Known) -> Q:
    """Clocks reckoned with an older calendar or edition than these, except those that were late for certain."""
    calendar = known.calendar
    older = Q(calendar=calendar.code, calendar_version__lt=calendar.version)
    other = ~Q(chosen_for="") & Q(edition__lt=known.table.edition, fired_at=None)
    return older & (Q(fired_at=None) | Q(provisional=True)) | other


def reckoned_clocks(known: Known) -> Iterator[Clock]:
    """Every unanswered clock that this calendar or this edition may move, few at a time."""
    found = Clock.objects.filter(_outdated(known), stopped_at=None)
    return found.select_related("matter").order_by("id").iterator(chunk_size=2_000)


def clocks_to_settle(known: Known, limit: int) -> Sequence[Clock]:
    """The same, some of them, with their matters held as `due_clocks` holds them."""
    found = Clock.objects.select_for_update(skip_locked=True, of=("matter",), no_key=True)
    wanted = found.filter(_outdated(known), stopped_at=None)
    return list(wanted.select_related("matter").order_by("id")[:limit])


def levels_climbed(clock_ids: Sequence[int]) -> dict[int, int]:
    """Up to which level of its ladder each of these clocks has climbed; those that took no step are not in it."""
    with connection.cursor() as cursor:
        cursor.execute(TAKEN, [list(clock_ids)])
        return dict(cursor.fetchall())  # the highest comes last


def laddered_clocks(ladders: Ladders) -> Iterator[Clock]:
    """Every unanswered clock whose next step was reckoned with an older edition of the ladders, few at a time."""
    found = Clock.objects.filter(stopped_at=None, ladder_edition__lt=ladders.edition).exclude(ladder="")
    return found.select_related("matter").order_by("id").iterator(chunk_size=2_000)


def clocks_to_hang_anew(ladders: Ladders, limit: int) -> Sequence[Clock]:
    """The same, some of them, with their matters held as `due_clocks` holds them."""
    found = Clock.objects.select_for_update(skip_locked=True, of=("matter",), no_key=True)
    wanted = found.filter(stopped_at=None, ladder_edition__lt=ladders.edition).exclude(ladder="")
    return list(wanted.select_related("matter").order_by("ladder_edition", "id")[:limit])


def provisional_clocks() -> int:
    """How many unanswered clocks wait for the calendar of a year."""
    return Clock.objects.filter(stopped_at=None, provisional=True).exclude(calendar="").count()


@dataclass(frozen=True, slots=True)
class Provisional:
    """How many unanswered clocks of a name, of a kind of matter, wait for the calendar of a year."""

    kind: str
    clock: str
    count: int


def provisional_by_clock() -> Sequence[Provisional]:
    """The same, by kind of matter and clock."""
    waiting = Clock.objects.filter(stopped_at=None, provisional=True).exclude(calendar="")
    counted = waiting.values_list("matter__kind", "name").annotate(count=Count("id"))
    return [Provisional(*row) for row in counted.order_by("matter__kind", "name")]


@dataclass(frozen=True, slots=True)
class LoadedAt:
    """When what is in force was loaded; None for what comes with Callbox."""

    calendar: datetime | None
    edition: datetime | None
    ladders: datetime | None


def loaded_at(known: Known) -> LoadedAt:
    """When these were loaded."""
    version = CalendarVersion.objects.filter(code=known.calendar.code, version=known.calendar.version)
    edition = PromiseEdition.objects.filter(edition=known.table.edition)
    ladders = LadderEdition.objects.filter(edition=known.ladders.edition)
    return LoadedAt(
        *(found.values_list("loaded_at", flat=True).first() for found in (version, edition, ladders))
    )


def calendar_text(calendar: Calendar) -> tuple[str, str]:
    """The two tables of a calendar in force, to be changed: about.tsv and days.tsv."""
    row = CalendarVersion.objects.filter(code=calendar.code, version=calendar.version).first()
    return (row.about, row.days) if row else shipped_text(calendar.code)


def calendar_used() -> bool:
    """Whether any unanswered clock is reckoned with a calendar."""
    return Clock.objects.filter(stopped_at=None).exclude(calendar="").exists()


def steps_to_tell(at: datetime, limit: int) -> Sequence[Step]:
    """Steps that were taken and whose people were not told yet and may be now; the first to tell first."""
    return list(Step.objects.filter(told_at=None, tell_at__lte=at).order_by("tell_at", "id")[:limit])
