# SPDX-License-Identifier: Apache-2.0
"""Findings and warnings are told to whom their grade and age say, each once. Part of the room's actions.

What is told is written in the transaction that queues its messages, and each message is of one key: killed anywhere, or
beside a second worker, everybody is told once.
"""

from collections.abc import Iterator, Sequence
from datetime import datetime

from django.db import transaction

from callbox.access.domain import LEGAL_OFFICER, UNIT_LEAD
from callbox.access.queries import people_with_key, people_with_role
from callbox.findings import domain
from callbox.findings.actions import keep
from callbox.findings.domain import Telling
from callbox.findings.models import Finding
from callbox.kernel.actor import Actor
from callbox.kernel.errors import Invalid
from callbox.kernel.tables import Words
from callbox.matters.actions import move
from callbox.matters.domain import Change
from callbox.matters.queries import hold
from callbox.messages.actions import Wanted, note_unreachable, queue_message
from callbox.messages.queries import reaches_of
from callbox.messages.telling import addresses
from callbox.oversight.library import shipped_rules

PORTION = 50


@transaction.atomic
def tell_findings(*, by: Actor, at: datetime) -> int:
    """Tell what is due to be told, at most a portion; how many findings and warnings."""
    due = Finding.objects.filter(tell_at__lte=at).order_by("tell_at", "pk")
    ids = list(due.values_list("pk", flat=True)[:PORTION])
    hold(*ids)
    # Read again: another worker may have told some of them while we waited.
    rows = Finding.objects.select_related("matter").filter(pk__in=ids, tell_at__lte=at)
    told = 0
    for row in rows.order_by("pk"):
        _tell(row, by, at)
        told += 1
    return told


def _tell(row: Finding, by: Actor, at: datetime) -> None:
    if row.state == domain.WARNED:
        (step,) = domain.tellings(domain.WARNING, at.date())[:1]
        occasion, letter = f"warn/{row.share}", "findings.warning"
        # The warning itself is the entry of the move that set the share.
        Finding.objects.filter(pk=row.pk).update(tell_at=None)
    else:
        steps = domain.tellings(row.grade, at.date())
        step = steps[min(row.steps, len(steps) - 1)]
        occasion, letter = f"step/{row.steps}", "findings.sent"
        _climb(row, steps, by, at)
    reached = [_queue(row, occasion, letter, each, by, at) for each in _recipients(row, step, at)]
    if not any(reached):
        note_unreachable(_key(row, occasion), letter, row.pk, by=by, at=at)


def _climb(row: Finding, steps: Sequence[Telling], by: Actor, at: datetime) -> None:
    name = "send" if row.state == domain.RAISED else "climb"
    moved = move(row.matter, name, Change({"step": row.steps + 1}), by=by, at=at)
    row.state, row.steps = moved.state, row.steps + 1
    due = row.raised_at + steps[row.steps].after if row.raised_at and row.steps < len(steps) else None
    row.tell_at = due
    keep(row)


def _recipients(row: Finding, step: Telling, at: datetime) -> Iterator[tuple[str, tuple[str, str, str]]]:
    """Each holder once, with the address that they are reached at."""
    holders = list(dict.fromkeys(each for name in step.recipients for each in holders_of(name, row.unit, at)))
    yield from addresses(holders)


def holders_of(name: str, unit: str, at: datetime) -> list[str]:
    """The scope keys that a word of the table stands for. Where nobody knows the unit: the legal officers."""
    legal = people_with_role(LEGAL_OFFICER, at)
    if name == domain.LEGAL_OFFICER or not unit:
        return [f"person:{each}" for each in legal]
    of_unit = set(people_with_key(unit, at))
    if name == domain.UNIT_LEAD:
        return [f"person:{each}" for each in people_with_role(UNIT_LEAD, at) if each in of_unit]
    return [unit] if reaches_of([unit]) else [f"person:{each}" for each in sorted(of_unit)]


def _key(row: Finding, occasion: str) -> str:
    return f"finding/{row.pk}/{row.matter.round}/{occasion}"


def _queue(
    row: Finding, occasion: str, letter: str, to: tuple[str, tuple[str, str, str]], by: Actor, at: datetime
) -> bool:
    holder, (way, address, language) = to
    rule = shipped_rules().get(row.rule)
    words: dict[str, str | Words] = {
        "rule": rule.name if rule else row.rule,
        "number": str(row.pk)[-8:],
    }
    if letter == "findings.warning":
        words["share"] = str(row.share)
    wanted = Wanted(f"{_key(row, occasion)}/{holder}", letter, way, address, language, words, row.pk)
    try:
        queue_message(wanted, by=by, at=at)
    except Invalid:
        return False  # an address of before a rule was made stricter
    return True
