# SPDX-License-Identifier: Apache-2.0
"""What people write with a step: on the finding's page alone, sealed, refused when it is rubbish, gone at its date."""

from collections.abc import Callable, Mapping
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from django.db import transaction
from tests.world import AT, LATER, journal_size

from callbox.access.models import PersonalRead
from callbox.findings import answering, queries
from callbox.findings.actions import note_verdicts
from callbox.findings.domain import LONGEST_WORDS, check_words, limit
from callbox.findings.models import Finding, Remark
from callbox.findings.retention import erase_expired, kept_spans
from callbox.findings.sending import tell_findings
from callbox.findings.tests.desk_scene import found_item
from callbox.findings.tests.scene import DAY, ENGINE, finding, judged, lead, legal, officer, told, unit
from callbox.findings.tests.test_desk_pages import LIST, client, page_of
from callbox.journal.models import Entry
from callbox.kernel.actor import Actor
from callbox.kernel.errors import Conflict, Invalid, NotAllowed, NotFound, Refusal
from callbox.messages.models import Text
from callbox.oversight.domain import verdicts as v

pytestmark = pytest.mark.django_db
WORDS = "The owner was abroad, 编造的说明 77"
JOINED = "\u0646\u0645\u06cc\u200c\u062e\u0648\u0627\u0647\u0645"  # a word that needs a sign nobody sees
RUBBISH = ["...", "?!", "a\x00b", "a\x07b", "a\u202eb", "a\ud800b", "\ue000 b", "x" * (LONGEST_WORDS + 1)]


@pytest.mark.parametrize("text", RUBBISH)
def test_rubbish_is_refused(text: str) -> None:
    with pytest.raises(Invalid) as refused:
        check_words(text)
    assert refused.value.fields.keys() == {"words"}


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("", ""),
        (" \r\n ", ""),
        (" a\r\nb\rc\td ", "a\nb\nc\td"),
        ("见卷宗第3页。", "见卷宗第3页。"),
        ("x" * LONGEST_WORDS + " ", "x" * LONGEST_WORDS),
        (JOINED, JOINED),
    ],
)
def test_what_can_be_read_is_kept_as_it_was_written(text: str, kept: str) -> None:
    assert check_words(text) == kept


def sent(verdict: str = v.OVERDUE) -> tuple[UUID, str]:
    """A finding that its unit has been told of."""
    key = unit()
    each = judged(verdict, unit=key)
    note_verdicts([each], by=ENGINE, at=AT)
    tell_findings(by=ENGINE, at=AT)
    told("C1/9")
    return each.id, key


def said_of(finding_id: UUID, by: Actor | None = None) -> list[str]:
    row = Finding.objects.select_related("matter").get(pk=finding_id)
    told_by_id = queries.remarks_for(by or legal(), row, purpose="look", at=LATER)
    names = [entry.facts["words"] for entry in queries.steps_of(row) if "words" in entry.facts]
    assert {str(each) for each in names} == set(told_by_id)
    return [told_by_id[str(each)] for each in names]


def refused(kind: type[Refusal], step: Callable[[], object]) -> None:
    def now() -> object:
        return journal_size(), list(Finding.objects.values()), list(Remark.objects.values())

    before = now()
    with pytest.raises(kind), transaction.atomic():
        step()
    assert now() == before


def test_words_go_with_every_step_that_says_something_and_the_page_tells_them_in_their_order() -> None:
    each, key = sent()
    answering.reply(each, f"{WORDS} 1", by=officer(key), at=LATER)
    answering.reply(each, f"{WORDS} 2", by=legal(), at=LATER)
    answering.dispute(each, "wrong_record", f"{WORDS} 3", by=officer(key), at=LATER)
    answering.turn_down(each, "no_proof", f"{WORDS} 4", by=legal(), at=LATER)
    answering.rectify(each, "C1/9", f"{WORDS} 5", by=officer(key), at=LATER)
    answering.turn_back(each, "not_put_right", f"{WORDS} 6", by=lead(key), at=LATER)
    answering.explain(each, "no_capacity", f"{WORDS} 7", by=officer(key), at=LATER)
    answering.ask_suppression(each, "test_case", f"{WORDS} 8", by=lead(key), at=LATER)
    answering.refuse_suppression(each, by=legal(), at=LATER)
    answering.turn_back(each, "no_proof", by=legal(), at=LATER)
    answering.dispute(each, "wrong_record", "", by=officer(key), at=LATER)
    answering.uphold(each, "wrong_record", f"{WORDS} 9", by=legal(), at=LATER)
    assert said_of(each) == [f"{WORDS} {number}" for number in range(1, 10)]
    assert said_of(each, officer(key)) == said_of(each)
    refused(NotFound, lambda: said_of(each, officer("agency:other")))


def test_they_stand_sealed_in_a_row_of_their_own_and_nowhere_else() -> None:
    each, key = sent()
    answering.dispute(each, "wrong_record", WORDS, by=officer(key), at=LATER)
    row = Remark.objects.get()
    assert row.sealed is not None
    assert b"abroad" not in bytes(row.sealed)
    kept = [*Entry.objects.values(), *Finding.objects.values(), *Text.objects.values()]
    assert "abroad" not in repr(kept)
    assert "编造" not in repr(kept)
    assert not [field.name for field in Remark._meta.get_fields() if field.name in ("by", "actor", "person")]


STEPS: Mapping[str, Callable[[UUID, str, str], object]] = {
    "reply": lambda each, key, words: answering.reply(each, words, by=officer(key), at=LATER),
    "explain": lambda each, key, words: answering.explain(
        each, "no_capacity", words, by=officer(key), at=LATER
    ),
    "dispute": lambda each, key, words: answering.dispute(
        each, "wrong_record", words, by=officer(key), at=LATER
    ),
    "rectify": lambda each, key, words: answering.rectify(each, "C1/9", words, by=officer(key), at=LATER),
    "ask_suppression": lambda each, key, words: answering.ask_suppression(
        each, "test_case", words, by=lead(key), at=LATER
    ),
}


@pytest.mark.parametrize("name", STEPS)
def test_with_rubbish_the_step_is_not_taken(name: str) -> None:
    each, key = sent()
    for text in RUBBISH:
        refused(Invalid, lambda said=text: STEPS[name](each, key, said))  # type: ignore[misc]
    STEPS[name](each, key, WORDS)
    assert said_of(each) == [WORDS]


def test_a_reply_needs_words_somebody_of_the_unit_and_a_finding_that_is_open() -> None:
    each, key = sent()
    refused(Invalid, lambda: answering.reply(each, " \n", by=officer(key), at=LATER))
    refused(NotFound, lambda: answering.reply(each, WORDS, by=officer("agency:other"), at=LATER))
    refused(Conflict, lambda: answering.reply(each, WORDS, seen=1, by=officer(key), at=LATER))
    note_verdicts([judged(v.FINE, more="C1/2", unit=key)], by=ENGINE, at=LATER)
    refused(Conflict, lambda: answering.reply(each, WORDS, by=officer(key), at=LATER))


def test_the_supervisor_reads_and_does_not_write() -> None:
    from tests.world import supervisor

    each, key = sent()
    answering.reply(each, WORDS, by=officer(key), at=LATER)
    assert said_of(each, supervisor()) == [WORDS]
    refused(NotAllowed, lambda: answering.reply(each, WORDS, by=supervisor(), at=LATER))


def test_a_reply_is_no_answer_it_climbs_all_the_same_and_the_writer_may_still_decide() -> None:
    each, key = sent()
    before = Finding.objects.get(pk=each)
    answering.reply(each, WORDS, by=lead(key), at=LATER)
    row = Finding.objects.get(pk=each)
    assert (row.state, row.steps, row.tell_at) == (before.state, before.steps, before.tell_at)
    assert tell_findings(by=ENGINE, at=AT + 3 * DAY) == 1
    answering.explain(each, "no_capacity", by=officer(key), at=AT + 4 * DAY)
    answering.confirm(each, by=lead(key), at=AT + 4 * DAY)
    assert Finding.objects.get(pk=each).state == "closed"


def test_what_nobody_was_told_of_yet_is_told_all_the_same_after_a_reply() -> None:
    key = unit()
    each = judged(unit=key)
    note_verdicts([each], by=ENGINE, at=AT)
    answering.reply(each.id, WORDS, by=officer(key), at=AT)
    assert tell_findings(by=ENGINE, at=AT) == 1
    assert finding(each).state == "sent"


def test_at_their_date_they_are_erased_when_the_finding_has_ended_and_the_page_says_so() -> None:
    each, key = sent()
    answering.dispute(each, "wrong_record", WORDS, by=officer(key), at=AT)
    due = AT + timedelta(days=limit("words_kept", AT.date()))
    assert Remark.objects.get().retain_until == due
    assert [due - AT] == list(kept_spans(AT))
    assert erase_expired(by=ENGINE, at=due) == 0  # it is open: somebody has to decide by them
    answering.uphold(each, "wrong_record", by=legal(), at=LATER)
    assert erase_expired(by=ENGINE, at=due - timedelta(seconds=1)) == 0
    assert erase_expired(by=ENGINE, at=due) == 1
    assert Remark.objects.get().sealed is None
    assert said_of(each) == [""]
    assert "What was written was erased at its date." in page_of(client("legal_officer"), each)
    assert erase_expired(by=ENGINE, at=due) == 0
    assert Entry.objects.filter(kind="erasure", facts__table="findings_remark", facts__rows=1).count() == 1


def test_they_go_with_the_finding_where_the_authority_keeps_words_longer() -> None:
    each, key = sent()
    answering.dispute(each, "wrong_record", WORDS, by=officer(key), at=AT)
    answering.uphold(each, "wrong_record", by=legal(), at=LATER)
    until = Finding.objects.get(pk=each).retain_until
    assert until is not None
    Remark.objects.update(retain_until=until + DAY)
    assert erase_expired(by=ENGINE, at=until) == 2
    assert Remark.objects.get().sealed is None


def take(who: Any, each: UUID, move: str, **said: str) -> Any:
    return who.post(f"{LIST}/{each}/{move}", said)


def test_the_page_shows_them_to_whoever_deals_with_it_and_notes_that_they_were_read() -> None:
    key = unit()
    each = found_item("T1", unit=key)
    of_unit, judge = client("agency_desk", key), client("legal_officer")
    script = f"{WORDS} <script>alert(1)</script>\nsecond line"
    assert take(of_unit, each.id, "reply", words=script).status_code == 302
    before = list(PersonalRead.objects.values_list("pk", flat=True))
    page = page_of(judge, each.id)
    assert f"{WORDS} &lt;script&gt;alert(1)&lt;/script&gt;\nsecond line" in page
    assert "<script>alert" not in page
    assert (
        PersonalRead.objects.exclude(pk__in=before).filter(subject="finding", subject_id=each.id).count() == 1
    )
    for address in (LIST, f"{LIST}?rows", f"{LIST}/figures"):
        assert "abroad" not in judge.get(address).content.decode()
    assert client("agency_desk", "agency:other", name="other").get(f"{LIST}/{each.id}").status_code == 404


def test_what_is_refused_is_said_and_shown_again() -> None:
    key = unit()
    each = found_item("T1", unit=key)
    of_unit = client("agency_desk", key)
    for text, why in {
        "..": "nothing but signs",
        "y" * 1001: "1001 characters are too many: at most 1000.",
    }.items():
        size = journal_size()
        answer = take(of_unit, each.id, "dispute", reason="wrong_record", words=text)
        page = answer.content.decode()
        assert answer.status_code == 422
        assert why in page
        assert f">{text}</textarea>" in page
        assert (journal_size(), Remark.objects.count()) == (size, 0)
    answer = take(of_unit, each.id, "reply", words="")
    assert (answer.status_code, Remark.objects.count()) == (422, 0)
    assert "Write what there is to say." in answer.content.decode()
