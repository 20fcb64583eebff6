# SPDX-License-Identifier: Apache-2.0
"""Reading findings: by limit, grade, unit, model and case. Never by who handled the case or who answered."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import F, Q, QuerySet

from callbox.access.actions import note_read
from callbox.access.seeing import seeing_everything
from callbox.findings.domain import ENDED, KIND
from callbox.findings.models import Finding, Remark
from callbox.findings.personal import remark_told
from callbox.journal import queries as journal
from callbox.journal.domain import Written
from callbox.kernel.actor import Actor
from callbox.kernel.errors import NotFound
from callbox.matters.queries import only_visible

SEE = f"{KIND}.see"
MOST = 100  # rows of a page


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which findings a list shows; "" for all. state "": those that have not ended."""

    state: str = ""
    grade: str = ""
    unit: str = ""
    rule: str = ""
    over: str = ""
    key: str = ""


EVERYTHING_OPEN = Wanted()


def visible(actor: Actor) -> QuerySet[Finding]:
    """The findings that this actor may see: those of their own unit, or all."""
    return only_visible(Finding.objects.select_related("matter"), actor, SEE)


def findings_page(
    actor: Actor,
    wanted: Wanted = EVERYTHING_OPEN,
    *,
    after: tuple[datetime | None, UUID] | None = None,
    most: int = MOST,
) -> Sequence[Finding]:
    """A page by clock: what is due first stands first, what has no limit last. after: limit and id of the last row."""
    rows = visible(actor)
    rows = rows.filter(state=wanted.state) if wanted.state else rows.exclude(state__in=ENDED)
    said = {
        "grade": wanted.grade,
        "unit": wanted.unit,
        "rule": wanted.rule,
        "over": wanted.over,
        "key": wanted.key,
    }
    rows = rows.filter(**{name: value for name, value in said.items() if value})
    if after is not None:
        rows = rows.filter(_later(*after))
    return list(rows.order_by(F("due_at").asc(nulls_last=True), "matter_id")[: min(most, MOST)])


def standing(rule: str) -> set[tuple[str, str]]:
    """What a model found and has not ended, by the object's key and the activation: for whoever judges again."""
    with seeing_everything():
        rows = Finding.objects.filter(rule=rule).exclude(state__in=ENDED)
        return set(rows.values_list("key", "activation"))


def _later(due_at: datetime | None, last: UUID) -> Q:
    if due_at is None:
        return Q(due_at=None, matter_id__gt=last)
    return Q(due_at__gt=due_at) | Q(due_at=due_at, matter_id__gt=last) | Q(due_at=None)


def finding_for(actor: Actor, finding_id: UUID) -> Finding:
    """The finding, for one of its moves; to look at it see `actions.read_finding`. Raises NotFound."""
    found = Finding.objects.select_related("matter").filter(pk=finding_id).first()
    if found is None:
        raise NotFound
    actor.require_sight(SEE, found.matter.scope)
    return found


def steps_of(finding: Finding) -> list[Written]:
    """What happened to a finding that was read, oldest first."""
    return journal.history(finding.pk)


def remarks_for(actor: Actor, finding: Finding, *, purpose: str, at: datetime) -> Mapping[str, str]:
    """What was written with its steps, by the id that the step's entry names; "" for what was erased at its date.

    That it was read is noted. Raises NotFound.
    """
    note_read(KIND, [finding.pk], purpose, action=SEE, scope=finding.matter.scope, by=actor, at=at)
    return {str(row.pk): remark_told(row) for row in Remark.objects.filter(finding=finding)}


def took_any(finding: Finding, moves: Sequence[str], who: Actor) -> bool:
    """Whether they took one of these steps in this round: then another decides about it."""
    return any(
        entry.move in moves and entry.round == finding.matter.round and entry.actor == who.id
        for entry in journal.history(finding.pk)
    )
