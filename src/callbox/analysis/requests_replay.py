# SPDX-License-Identifier: Apache-2.0
"""Recorded civic requests played again through the actions, and what the journal says of them afterwards."""

import time
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from uuid import UUID, uuid5

from django.db import transaction

from callbox.access.actions import agency_id, define_agency
from callbox.access.domain import AGENCY_DESK, CALL_TAKER, SUPERVISOR, actor, system_actor
from callbox.analysis.baltimore import Recorded, code_of
from callbox.analysis.learned import areas_of, categories_of, district_code, rules_of
from callbox.incidents.actions import Where
from callbox.journal.actions import seal_entries
from callbox.journal.queries import verify
from callbox.kernel.actor import Actor
from callbox.kernel.errors import Refusal
from callbox.requests import queries
from callbox.requests.actions import (
    accept_request,
    assign_request,
    close_request,
    feed_back,
)
from callbox.requests.domain import RESOLVE
from callbox.requests.editions import load_edition, plan_edition
from callbox.requests.models import Request
from callbox.requests.taking import Report, open_requests

NAMESPACE = UUID("5f5d0a52-5a0e-4bb4-8d86-91f2c35a77c6")
PORTION = 50  # requests in one transaction
LEARNED_FROM = 80  # per cent of the file, the earliest
RECORDED = "recorded"  # the reason of what the file says and nobody decided


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of it. routed: got an agency by rule. tried, agreed: of those no rule was learned from.

    late, overdue: as the journal says; late_file, overdue_file: as the file does. refused: rows with a step that was.
    """

    requests: int
    routed: int
    agencies: int
    tried: int
    agreed: int
    late: int
    late_file: int
    overdue: int
    overdue_file: int
    refused: tuple[str, ...]
    seconds: float
    journal_ok: bool

    def as_dict(self) -> dict[str, object]:
        """The keys of the command's last line."""
        return {
            "requests": self.requests,
            "routed": self.routed,
            "agencies": self.agencies,
            "route_tried": self.tried,
            "route_agreement": _share(self.agreed, self.tried),
            "late_journal": self.late,
            "late_file": self.late_file,
            "late_share_journal": _share(self.late, self.requests),
            "late_share_file": _share(self.late_file, self.requests),
            "overdue": self.overdue,
            "overdue_file": self.overdue_file,
            "overdue_share": _share(self.overdue, self.requests),
            "refused": len(self.refused),
            "seconds": round(self.seconds, 1),
            "journal_ok": self.journal_ok,
        }


def _share(count: int, of: int) -> float:
    return round(count / of, 4) if of else 0.0


def request_id(row: Recorded) -> UUID:
    """The id under which a recorded request is played."""
    return uuid5(NAMESPACE, f"request/{row.number}")


def replay_requests(rows: Sequence[Recorded], *, now: datetime) -> Outcome:
    """Play all rows, earliest first, into an empty database, seal and verify. now: when tables are loaded and sealed.

    Raises ValueError where no areas can be drawn.
    """
    begun = time.monotonic()
    learned = len(rows) * LEARNED_FROM // 100
    define_tables(rows, rows[:learned], now=now)
    refused = [
        each for start in range(0, len(rows), PORTION) for each in _play(rows[start : start + PORTION])
    ]
    seconds = time.monotonic() - begun
    while seal_entries(at=now):
        pass
    end = max(row.last for row in rows)
    sent = dict(Request.objects.exclude(rule="").values_list("pk", "sent_first__code"))
    tried = rows[learned:]
    found = dict(queries.promises_kept(RESOLVE))
    return Outcome(
        requests=len(found),
        routed=len(sent),
        agencies=len({row.agency for row in rows}),
        tried=len(tried),
        agreed=sum(sent.get(request_id(row)) == code_of(row.agency) for row in tried),
        late=sum(each.late for each in found.values()),
        late_file=sum(row.late for row in rows),
        overdue=sum(each.overdue(end) for each in found.values()),
        overdue_file=sum(row.overdue(end) for row in rows),
        refused=tuple(refused),
        seconds=seconds,
        journal_ok=verify().ok,
    )


def define_tables(rows: Sequence[Recorded], learned: Sequence[Recorded], *, now: datetime) -> None:
    """The file's agencies, and editions of categories, areas and of the rules that `learned` teaches."""
    setup = system_actor("setup")
    for name in sorted({row.agency for row in rows}):
        define_agency(code_of(name), name, name, "city", by=setup, at=now)
    tables = {"categories": categories_of(rows), "areas": areas_of(rows), "rules": rules_of(learned)}
    for kind, text in tables.items():
        load_edition(plan_edition(kind, text, by=setup), by=setup, at=now)


def _play(rows: Sequence[Recorded]) -> list[str]:
    """One portion, in one transaction; what was refused, by number and words. A refused row ends where it stands."""
    with transaction.atomic():
        opened = open_requests([(_report(row), row.created) for row in rows], by=_desk())
        return [said for row, request in zip(rows, opened, strict=True) if (said := _follow(row, request))]


def _report(row: Recorded) -> Report:
    where = Where(*row.point) if row.point else Where()
    area = district_code(row.district) if row.district else ""
    return Report(
        code_of(row.type), where, channel=row.channel, due_at=row.due, area=area, id=request_id(row)
    )


def _follow(row: Recorded, request: Request) -> str:
    """Everything after it was taken; "" when all was done."""
    agency = code_of(row.agency)
    lead, desk = _agency(agency), _desk()
    try:
        if request.agency is None or request.agency.code != agency:
            assign_request(request.pk, agency, RECORDED, by=desk, at=row.created)
        accept_request(request.pk, by=lead, at=row.created)
        if row.closed:
            feed_back(request.pk, row.disposition, by=lead, at=row.closed)
            close_request(request.pk, row.disposition, by=desk, at=row.closed)
    except Refusal as refusal:
        return f"{row.number}: {refusal}"
    return ""


@cache
def _desk() -> Actor:
    return actor(f"person:{uuid5(NAMESPACE, 'desk')}", [CALL_TAKER, SUPERVISOR], ())


@cache
def _agency(code: str) -> Actor:
    return actor(f"person:{uuid5(NAMESPACE, f'agency/{code}')}", [AGENCY_DESK], [f"agency:{agency_id(code)}"])
