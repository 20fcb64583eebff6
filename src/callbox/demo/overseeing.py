# SPDX-License-Identifier: Apache-2.0
"""The demo's case histories: told by the agencies, judged as the days went by, and what people did with the findings.

What is written is one transaction: killed on the way, the next start begins it anew. From then on the worker sends.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction

from callbox.access.domain import system_actor
from callbox.access.queries import agencies_by_code
from callbox.demo.histories import Told, events_told
from callbox.demo.queries import is_overseen, simulated
from callbox.findings import answering
from callbox.findings.actions import note_verdicts
from callbox.findings.domain import ANSWERABLE, Judged, judged_of
from callbox.findings.queries import Wanted, findings_page
from callbox.findings.sending import tell_findings
from callbox.kernel.actor import Actor
from callbox.oversight.actions import append_events
from callbox.oversight.domain.events import Event, history
from callbox.oversight.domain.judging import judge
from callbox.oversight.domain.rules import Rule
from callbox.oversight.library import shipped_rules

ENGINE, SENDER = system_actor("oversight"), system_actor("findings")
DAYS_AGO = (21, 15, 10, 6, 3, 1, 0)  # when the histories were looked at
OFFICER, LEGAL = "case-officer", "legal-officer"
type Events = Mapping[Told, Sequence[Event]]
type Step = tuple[str, Callable[[UUID, Actor, datetime], object]]


def load_histories(*, at: datetime) -> int:
    """Load, judge, send and answer, as if it had happened in the last weeks; how many histories. 0: done already."""
    if is_overseen():
        return 0
    rules = shipped_rules()
    told = events_told(rules, at)
    units = {code: f"agency:{agency.pk}" for code, agency in agencies_by_code().items()}
    # Judged beforehand: a long transaction would hold back whoever reads the journal.
    moments = [at - timedelta(days=days) for days in DAYS_AGO]
    judged = {moment: list(_judged(told, rules, units, moment)) for moment in moments}
    return _load(told, rules, units, judged, at)


@transaction.atomic
def _load(
    told: Events,
    rules: Mapping[str, Rule],
    units: Mapping[str, str],
    judged: Mapping[datetime, Sequence[Judged]],
    at: datetime,
) -> int:
    for code in sorted({each.agency for each in told}):
        events = [event for each, own in told.items() if each.agency == code for event in own]
        append_events(units[code], events, by=ENGINE, at=at)
    waiting = [each for each in told if each.then]
    for moment, said in judged.items():
        note_verdicts(said, by=ENGINE, at=moment)
        while tell_findings(by=SENDER, at=moment):
            pass
        waiting = [each for each in waiting if not _answer(each, rules, moment)]
    return len(told)


def _judged(
    told: Events, rules: Mapping[str, Rule], units: Mapping[str, str], at: datetime
) -> Iterator[Judged]:
    """What every rule says of every history at a moment; its events bear the ids that they have in the live log."""
    for each, events in told.items():
        unit, over = units[each.agency], rules[each.rule].over
        of = history(over, each.key, [replace(event, id=f"{unit}/{event.id}") for event in events])
        for rule in (rule for rule in rules.values() if rule.over == over):
            yield from (judged_of(rule, verdict, at, unit) for verdict in judge(rule, of, at))


def _answer(each: Told, rules: Mapping[str, Rule], at: datetime) -> bool:
    """Do what people have done, once the finding was sent to them; whether it is done."""
    officer, legal = simulated(f"{OFFICER}-{each.agency}", at), simulated(LEGAL, at)
    wanted = Wanted(rule=each.rule, over=rules[each.rule].over, key=each.key)
    found = [row for row in findings_page(legal, wanted) if row.state in ANSWERABLE]
    for row in found:
        for who, step in STEPS[each.then]:
            step(row.pk, officer if who == OFFICER else legal, at)
    return bool(found)


def _acknowledge(finding: UUID, by: Actor, at: datetime) -> None:
    answering.acknowledge(finding, by=by, at=at)


def _explain(finding: UUID, by: Actor, at: datetime) -> None:
    answering.explain(finding, "no_capacity", by=by, at=at)


def _dispute(finding: UUID, by: Actor, at: datetime) -> None:
    answering.dispute(finding, "wrong_record", by=by, at=at)


def _confirm(finding: UUID, by: Actor, at: datetime) -> None:
    answering.confirm(finding, by=by, at=at)


def _uphold(finding: UUID, by: Actor, at: datetime) -> None:
    answering.uphold(finding, "wrong_record", by=by, at=at)


def _ask_suppression(finding: UUID, by: Actor, at: datetime) -> None:
    answering.ask_suppression(finding, "duplicate_case", by=by, at=at)


STEPS: Mapping[str, Sequence[Step]] = {
    "acknowledged": ((OFFICER, _acknowledge),),
    "explained": ((OFFICER, _explain),),
    "disputed": ((OFFICER, _dispute),),
    "confirmed": ((OFFICER, _explain), (LEGAL, _confirm)),
    "upheld": ((OFFICER, _dispute), (LEGAL, _uphold)),
    "suppression asked": ((LEGAL, _ask_suppression),),
}
