# SPDX-License-Identifier: Apache-2.0
"""Verdicts become findings: the door by which every engine hands over what it judged, any number of times."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta
from itertools import batched, groupby
from uuid import UUID

from django.db import connection, transaction

from callbox.access.actions import note_read
from callbox.access.seeing import seeing_everything
from callbox.findings import domain, queries
from callbox.findings.domain import Judged, Known
from callbox.findings.models import Finding
from callbox.kernel.actor import Actor
from callbox.matters.actions import move, open_matter, open_matters
from callbox.matters.domain import Change, Opening
from callbox.matters.queries import hold
from callbox.oversight.domain import verdicts as v

PORTION = 500
LOCK = "SELECT pg_advisory_xact_lock(hashtextextended('findings.note', 0))"


def note_verdicts(judged: Sequence[Judged], *, by: Actor, at: datetime) -> int:
    """Raise, warn, reopen, mark cured or lift what these verdicts say; how many findings changed.

    Idempotent: the same verdicts again, from whatever engine, in whatever order of repetition, change nothing. It
    commits portion by portion, or joins the caller's transaction. Raises NotAllowed.
    """
    by.require(f"{domain.KIND}.open")
    rows = {each.id: each for each in judged}
    portions = batched(sorted(rows), PORTION, strict=False)
    told = (_news([_said(rows[each]) for each in portion]) for portion in portions)
    return sum(_note(news, by, at) for news in told if news)


type Said = tuple[Judged, Mapping[str, object], str]


def _said(judged: Judged) -> Said:
    """A verdict with its evidence and what names that."""
    evidence = domain.evidence_of(judged.verdict)
    return judged, evidence, domain.digest_of(evidence)


@transaction.atomic
def _news(said: Sequence[Said]) -> list[Said]:
    """Those that changed anything a moment ago; looked at without a lock: whoever writes looks again under it."""
    with seeing_everything():
        columns = ("pk", "state", "verdict", "digest", "outcome", "share", "erased", "unit")
        ids = [each.id for each, _evidence, _digest in said]
        rows = Finding.objects.filter(pk__in=ids).values_list(*columns)
        there = {pk: (Known(*known), unit) for pk, *known, unit in rows}
    return [each for each in said if _is_news(each, *there.get(each[0].id, (None, "")))]


def _is_news(said: Said, known: Known | None, unit: str) -> bool:
    judged, _evidence, digest = said
    moves = domain.decide_verdict(known, judged.verdict.verdict, digest, judged.share)
    return bool(moves) or (known is not None and domain.becomes_known(known.state, unit, judged.unit))


@transaction.atomic
def _note(said: Sequence[Said], by: Actor, at: datetime) -> int:
    # Two engines that found the same at once: the second one waits, and then sees what the first one wrote.
    with connection.cursor() as cursor:
        cursor.execute(LOCK)
    with seeing_everything():
        ids = [each.id for each, _evidence, _digest in said]
        hold(*ids)
        there = {row.pk: row for row in Finding.objects.select_related("matter").filter(pk__in=ids)}
        moves = {
            each.id: domain.decide_verdict(
                known_of(there.get(each.id)), each.verdict.verdict, digest, each.share
            )
            for each, _evidence, digest in said
        }
        fresh = [
            _new(each, evidence, digest, at) for each, evidence, digest in said if "open" in moves[each.id]
        ]
        _open(fresh, by, at)
        there |= {row.pk: row for row in fresh}
        changed = {finding for finding, steps in moves.items() if steps}
        for each, evidence, digest in said:
            for name in moves[each.id]:
                if name != "open":
                    _step(there[each.id], name, each, evidence, digest, by, at)
            row = there.get(each.id)
            if row is not None and domain.becomes_known(row.state, row.unit, each.unit):
                _route(row, each.unit, by, at)
                changed.add(each.id)
    return len(changed)


def _route(row: Finding, unit: str, by: Actor, at: datetime) -> None:
    """The unit owns and sees it from now on. Unless it is answered, it is told from the first step on, each once."""
    move(row.matter, "route", Change({"unit": unit}, owner=unit, add_scope=frozenset({unit})), by=by, at=at)
    row.unit = unit
    if row.state in (domain.WARNED, *domain.UNANSWERED):
        row.steps, row.tell_at = 0, at
    keep(row)


def known_of(row: Finding | None) -> Known | None:
    """A row as far as the next verdict is decided by it."""
    if row is None:
        return None
    return Known(row.state, row.verdict, row.digest, row.outcome, row.share, row.erased)


def _new(judged: Judged, evidence: Mapping[str, object], digest: str, at: datetime) -> Finding:
    told, warned = judged.verdict, judged.verdict.verdict == v.WARNED
    return Finding(
        matter_id=judged.id,
        rule=told.rule,
        version=told.version,
        over=judged.over,
        key=told.key,
        activation=told.activation,
        grade=judged.grade,
        certainty=told.certainty,
        unit=judged.unit,
        state=domain.WARNED if warned else domain.RAISED,
        verdict=told.verdict,
        due_at=_due(judged),
        share=judged.share,
        evidence=evidence,
        digest=digest,
        curable=domain.can_be_rectified(told.verdict),
        warned_at=at if warned else None,
        raised_at=None if warned else at,
        tell_at=at,
    )


def _due(judged: Judged) -> datetime | None:
    return min((limit.at for limit in domain.limits_of(judged.verdict.outcome)), default=None)


def _open(rows: Sequence[Finding], by: Actor, at: datetime) -> None:
    """Begin the matters, those of one unit at once, and write the rows."""
    raised = sorted((row for row in rows if row.state == domain.RAISED), key=lambda row: row.unit)
    for unit, of_unit in groupby(raised, key=lambda row: row.unit):
        many = list(of_unit)
        openings = [Opening(row.pk, at, Change(_facts(row))) for row in many]
        matters = open_matters(
            domain.WORKFLOW, openings, owner=unit or domain.DESK, scope=_scope(unit), by=by
        )
        for row, matter in zip(many, matters, strict=True):
            row.matter = matter
    for row in rows:
        if row.state == domain.WARNED:
            row.matter = open_matter(
                domain.WORKFLOW,
                row.pk,
                owner=row.unit or domain.DESK,
                scope=_scope(row.unit),
                by=by,
                at=at,
                change=Change({**_facts(row), "share": row.share}),
                state=domain.WARNED,
            )
    Finding.objects.bulk_create(rows)


def _scope(unit: str) -> list[str]:
    return [domain.DESK, *([unit] if unit else [])]


def _facts(row: Finding) -> dict[str, object]:
    """What the journal says of a verdict: codes; neither the case nor its events."""
    return {
        "rule": row.rule,
        "version": row.version.isoformat(),
        "over": row.over,
        "grade": row.grade,
        "verdict": row.verdict,
        "digest": row.digest,
    }


def _step(
    row: Finding,
    name: str,
    judged: Judged,
    evidence: Mapping[str, object],
    digest: str,
    by: Actor,
    at: datetime,
) -> None:
    verdict = judged.verdict.verdict
    row.verdict, row.share = verdict, max(row.share, judged.share)
    row.evidence, row.digest = dict(evidence), digest
    row.due_at, row.curable = _due(judged), domain.can_be_rectified(verdict)
    facts = _facts(row) | ({"share": row.share} if name == "warn" else {})
    moved = move(row.matter, name, Change(facts), by=by, at=at)
    row.state = moved.state
    AFTER[name](row, at)
    keep(row)


def _told_again(row: Finding, at: datetime) -> None:
    """A new round, or the end of a warning: everybody is told from the first step on."""
    row.raised_at, row.ended_at, row.retain_until = at, None, None
    row.outcome, row.suppression, row.event = "", "", ""
    row.steps, row.tell_at = 0, at


def _warned_again(row: Finding, at: datetime) -> None:
    row.tell_at = at


def _answered(row: Finding, _at: datetime) -> None:
    row.tell_at = None


def _lifted(row: Finding, at: datetime) -> None:
    end(row, domain.LIFTED, at)


def _heeded(row: Finding, at: datetime) -> None:
    end(row, domain.HEEDED, at)


def _unchanged(_row: Finding, _at: datetime) -> None:
    """New evidence for what was found already."""


AFTER: Mapping[str, Callable[[Finding, datetime], None]] = {
    "warn": _warned_again,
    "heed": _heeded,
    "break": _told_again,
    "reopen": _told_again,
    "cure": _answered,
    "lift": _lifted,
    "update": _unchanged,
}


def end(row: Finding, outcome: str, at: datetime) -> None:
    """What became of it; nobody is told any more, and from now on its time of keeping runs."""
    row.outcome, row.ended_at, row.tell_at, row.suppression = outcome, at, None, ""
    row.retain_until = at + timedelta(days=domain.limit("kept", at.date()))


KEPT = (
    "state",
    "unit",
    "verdict",
    "due_at",
    "share",
    "evidence",
    "digest",
    "curable",
    "event",
    "suppression",
    "outcome",
    "raised_at",
    "ended_at",
    "steps",
    "tell_at",
    "retain_until",
)


def keep(row: Finding) -> None:
    """Write what a move changed, in its transaction: the matter's row is held since then."""
    Finding.objects.filter(pk=row.pk).update(**{name: getattr(row, name) for name in KEPT})


@transaction.atomic
def read_finding(finding_id: UUID, *, by: Actor, at: datetime) -> Finding:
    """The finding to look at, with its evidence; that it was read is noted. Raises NotFound."""
    row = queries.finding_for(by, finding_id)
    note_read(domain.KIND, [row.pk], "look", action=queries.SEE, scope=row.matter.scope, by=by, at=at)
    return row
