# SPDX-License-Identifier: Apache-2.0
"""Wider access for a while: given at once, told at once, journalled, ended by itself, by its person or by another."""

from datetime import timedelta

import pytest
from django.utils import timezone
from tests.signed_in import person, signed_in
from tests.world import journal_size

from callbox.access import queries
from callbox.access.actions import note_read
from callbox.access.domain import system_actor
from callbox.access.models import Grant, Person, Widening, WideningText
from callbox.access.retention import erase_expired
from callbox.access.vault import reason_of
from callbox.access.widening import end_run_out_widenings, end_widening, note_widening, take_wider_access
from callbox.journal.queries import history
from callbox.kernel.actor import Actor
from callbox.kernel.errors import Conflict, Invalid, NotAllowed, NotFound
from callbox.kernel.ids import new_id

pytestmark = pytest.mark.django_db
WORDS = "made-up: the dispatcher fainted"
HALF = timedelta(minutes=30)


def actor(who: Person) -> Actor:
    return queries.actor_of(who, timezone.now())


def taken(who: Person) -> Widening:
    return take_wider_access("desk_empty", WORDS, by=actor(who), at=timezone.now())


def test_it_gives_the_wider_role_at_once_and_ends_by_itself() -> None:
    taker = person("taker", "call_taker")
    row = taken(taker)
    assert actor(taker).may("assignment.open")
    assert Person.objects.get(pk=taker.pk).epoch == taker.epoch + 1
    assert queries.actor_of(taker, row.until - timedelta(seconds=1)).may("assignment.open")
    assert not queries.actor_of(taker, row.until).may("assignment.open")
    by = system_actor("sign-ins")
    assert end_run_out_widenings(by=by, at=row.until - timedelta(seconds=1)) == 0
    assert end_run_out_widenings(by=by, at=row.until) == 1
    assert Person.objects.get(pk=taker.pk).epoch == taker.epoch + 2
    entries = history(row.pk)
    assert [entry.move for entry in entries] == ["open", "end"]
    assert entries[0].facts["minutes"] == 30
    assert entries[1].facts["why"] == "ran_out"


@pytest.mark.parametrize("role", ["supervisor", "administrator"])
def test_whose_role_has_nothing_wider_gets_nothing(role: str) -> None:
    who = person("who", role)
    before = journal_size()
    with pytest.raises(NotAllowed):
        taken(who)
    assert (journal_size(), Widening.objects.count(), Grant.objects.count()) == (before, 0, 1)
    assert signed_in(who).get("/wider").status_code == 403


@pytest.mark.parametrize(
    ("reason", "words"), [("", WORDS), ("no_such", WORDS), ("other", " "), ("other", "x" * 1001)]
)
def test_without_a_reason_nothing_is_given(reason: str, words: str) -> None:
    taker = person("taker", "call_taker")
    before = journal_size()
    with pytest.raises(Invalid):
        take_wider_access(reason, words, by=actor(taker), at=timezone.now())
    assert signed_in(taker).post("/wider", {"reason": reason, "words": words}).status_code == 422
    assert (journal_size() - before, Widening.objects.count(), Grant.objects.count()) == (1, 0, 1)


def test_one_at_a_time() -> None:
    crew = person("crew", "crew")
    taken(crew)
    before = journal_size()
    crew_only = Actor(
        f"person:{crew.pk}", frozenset({"crew"}), frozenset(), {"widening.ask": ("crew", "any")}
    )
    with pytest.raises(Conflict):
        take_wider_access("other", WORDS, by=crew_only, at=timezone.now())
    assert (journal_size(), Grant.objects.count()) == (before, 2)


def test_its_person_ends_it_and_so_does_a_supervisor_but_nobody_else() -> None:
    taker, other, chief = person("t", "call_taker"), person("o", "call_taker"), person("c", "supervisor")
    for by, why in ((taker, "self"), (chief, "ended")):
        row = taken(taker)
        with pytest.raises(NotFound):
            end_widening(row.pk, by=actor(other), at=timezone.now())
        assert actor(taker).may("assignment.open")
        end_widening(row.pk, by=actor(by), at=timezone.now())
        end_widening(row.pk, by=actor(by), at=timezone.now())
        assert not actor(taker).may("assignment.open")
        assert [entry.facts.get("why") for entry in history(row.pk)] == [None, why]


def test_only_somebody_else_takes_note_of_it() -> None:
    sender, chief = person("s", "dispatcher"), person("c", "supervisor")
    row = taken(sender)
    assert actor(sender).may("widening.note"), "what they took would allow it"
    with pytest.raises(NotAllowed):
        note_widening(row.pk, by=actor(sender), at=timezone.now())
    with pytest.raises(NotFound):
        note_widening(new_id(), by=actor(chief), at=timezone.now())
    assert queries.widenings_not_noted(actor(chief)) == 1
    assert "data-widenings-count>1<" in signed_in(chief).get("/wider/all").content.decode()
    note_widening(row.pk, by=actor(chief), at=timezone.now())
    assert queries.widenings_not_noted(actor(chief)) == 0
    assert Widening.objects.get().noted_by == chief


def test_the_supervisors_page_says_what_was_read_meanwhile() -> None:
    crew, chief = person("crew", "crew"), person("c", "supervisor")
    taken(crew)
    seen = [new_id(), new_id()]
    note_read("call", seen, "answering", action="call.personal", by=actor(crew), at=timezone.now())
    [(subject, count)] = queries.reads_during(Widening.objects.get())
    assert (subject, count) == ("call", 2)
    page = signed_in(chief).get("/wider/all").content.decode()
    assert "Calls 2" in page
    assert WORDS in page
    taker = signed_in(person("t", "call_taker"))
    assert (taker.get("/wider/all").status_code, taker.get("/wider/mark").status_code) == (403, 403)


def test_the_words_are_sealed_kept_out_of_the_journal_and_erased_at_their_date() -> None:
    row = taken(person("taker", "call_taker"))
    text = WideningText.objects.get()
    assert b"fainted" not in bytes(text.sealed)
    assert "fainted" not in str([entry.facts for entry in history(row.pk)])
    assert reason_of(bytes(text.sealed), row.pk) == WORDS
    by = system_actor("retention")
    erase_expired(by=by, at=text.retain_until - timedelta(seconds=1))
    assert bytes(WideningText.objects.get().sealed)
    erase_expired(by=by, at=text.retain_until)
    assert reason_of(bytes(WideningText.objects.get().sealed), row.pk) == ""
