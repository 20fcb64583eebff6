# SPDX-License-Identifier: Apache-2.0
"""A real process killed at every word to the database: no finding lost, none doubled, nobody told twice."""

from random import Random

import pytest
from tests.faults.kill import killed_after, killed_at
from tests.world import AT

from callbox.findings import actions
from callbox.findings.actions import note_verdicts
from callbox.findings.models import Finding
from callbox.findings.sending import tell_findings
from callbox.findings.tests.scene import ENGINE, judged, unit
from callbox.journal import queries as journal
from callbox.messages.models import Message
from callbox.oversight.domain import verdicts as v

pytestmark = pytest.mark.usefixtures("committed")
LONGER_S = 0.4  # by so much each process may live longer than the one before, so that one comes to its end
EVERY = 3  # each third word, before and after: a portion has some twenty


def test_killed_during_a_scan_or_the_sending_it_goes_on_and_ends_with_each_once(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The same scan and the same sending again and again, each killed a little later than the one before."""
    monkeypatch.setattr(actions, "PORTION", 2)
    key = unit()
    many = [judged(case=f"C{number}", unit=key) for number in range(3)]
    many += [judged(v.WARNED, f"W{number}", share=50, unit=key) for number in range(2)]

    def work() -> None:
        note_verdicts(many, by=ENGINE, at=AT)
        tell_findings(by=ENGINE, at=AT)

    killed = point = 0
    alive = False
    while not alive:
        point += EVERY
        alive = not killed_at(work, point, after=bool(point % 2))
        killed += not alive
        assert _half_done() == []
    assert killed > 3
    assert sorted(Finding.objects.values_list("pk", flat=True)) == sorted(each.id for each in many)
    assert Message.objects.count() == len(many) == len(set(Message.objects.values_list("key", flat=True)))
    assert Finding.objects.filter(tell_at=None).count() == 2  # the warnings; the others climb later


def test_a_whole_process_group_killed_at_random_moments_leaves_each_once(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Not between two words to the database but whenever it comes, with whatever the process has begotten."""
    monkeypatch.setattr(actions, "PORTION", 4)
    key, random = unit(), Random(43)
    many = [judged(case=f"C{number}", unit=key) for number in range(12)]
    many += [judged(v.WARNED, f"W{number}", share=50, unit=key) for number in range(6)]

    def work() -> None:
        note_verdicts(many, by=ENGINE, at=AT)
        while tell_findings(by=ENGINE, at=AT):
            pass

    killed = 0
    while killed_after(work, random.uniform(0.0, LONGER_S * (killed + 1))):
        killed += 1
        assert _half_done() == []
    assert _half_done() == []
    assert sorted(Finding.objects.values_list("pk", flat=True)) == sorted(each.id for each in many)
    assert Message.objects.count() == len(many) == len(set(Message.objects.values_list("key", flat=True)))


def _half_done() -> list[str]:
    """Findings whose row and journal do not say the same, or that were told without a message, or the other way."""
    wrong = []
    for row in Finding.objects.all():
        moves = [entry.move for entry in journal.history(row.pk)]
        messages = Message.objects.filter(matter_id=row.pk).count()
        if row.state == "warned":
            right = moves == ["open"] and messages == (row.tell_at is None)
        else:
            right = moves == ["open", "send"][: 1 + row.steps] and messages == row.steps
        wrong += [] if right else [f"{row.pk}: {row.state}, {moves}, {messages}"]
    return wrong
