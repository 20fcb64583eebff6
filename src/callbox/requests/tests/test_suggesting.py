# SPDX-License-Identifier: Apache-2.0
"""A model made from the installation's own requests: every read noted, its figures shown, and a person decides."""

from datetime import timedelta

import pytest
from django.test import Client
from tests.signed_in import person, signed_in
from tests.world import AT, call_taker, journal_size, someone

from callbox.access.domain import system_actor
from callbox.access.models import PersonalRead
from callbox.incidents.actions import Where
from callbox.journal import queries as journal
from callbox.kernel.errors import Conflict, NotAllowed
from callbox.requests import suggesting, training
from callbox.requests.editions import chain_of
from callbox.requests.learned_rows import history_in_words, model_in_force, taken_of
from callbox.requests.learning import Right
from callbox.requests.models import Learned, Request, Suggested
from callbox.requests.personal import Contact
from callbox.requests.suggesting import TOO_OFTEN_WRONG, Ask
from callbox.requests.taking import Report, open_requests
from callbox.requests.tests.scene import town
from callbox.requests.training import CHAIN, make_model

pytestmark = pytest.mark.django_db
LEARNER = system_actor("suggestions")
SAID = {
    "road.light_out": ("the lamp is dark", "路灯不亮"),
    "noise.neighbours": ("loud music at night", "夜里音乐声大"),
    "labour.wages": ("my boss owes me salary", "老板拖欠工资"),
}


def told(each: int, **said: object) -> Report:
    """A made-up request: whose words go with its category, of another reporter each time."""
    category = sorted(SAID)[each % len(SAID)]
    contact = Contact("Smithson", f"+1555{each:07d}")
    words = f"{SAID[category][each // 3 % 2]} says smithson{'y' * each}"
    return Report(category, **{"where": Where(10.5, 50.5), "words": words, "contact": contact, **said})  # type: ignore[arg-type]


@pytest.fixture
def little(monkeypatch: pytest.MonkeyPatch) -> None:
    """An authority that is content with a short history."""
    ask = Ask(history_least=40, history_most=100, reporters_least=5, first_least=40)
    monkeypatch.setattr(training, "asked_on", lambda _day: ask)


@pytest.fixture
def past(little: None) -> list[Request]:
    """A town with a hundred requests, four a day."""
    town()
    reports = [(told(each), AT + timedelta(hours=6 * each)) for each in range(100)]
    return open_requests(reports, by=call_taker())


LATER = AT + timedelta(days=30)


def test_a_model_is_made_measured_journalled_and_each_read_is_noted(past: list[Request]) -> None:
    row = make_model(by=LEARNER, at=LATER)
    (entry,) = journal.history(chain_of(CHAIN))
    assert (entry.move, entry.facts["learned_from"], entry.facts["held_out"]) == ("learn", 80, 20)
    assert (entry.facts["first"], entry.facts["sha256"]) == (1000, row.sha256)
    reads = PersonalRead.objects.filter(purpose="learn")
    assert {read.subject_id for read in reads} == {each.pk for each in past}
    assert {(read.actor, read.role) for read in reads} == {(LEARNER.id, "system")}
    found = model_in_force()
    assert found is not None
    assert found.model.suggest("路灯又不亮了")[0][0] == "road.light_out"
    assert found.model.suggest("no salary for months")[0][0] == "labour.wages"


def test_neither_a_name_nor_a_reporter_is_in_the_model(past: list[Request]) -> None:
    row = make_model(by=LEARNER, at=LATER)
    found = model_in_force()
    assert found is not None
    kept = " ".join(found.model.features)
    assert "smithsony" not in kept
    assert "555" not in kept
    assert str(row.figures).count("mithson") == 0


def test_one_person_who_writes_a_hundred_times_teaches_no_word(little: None) -> None:
    town()
    mine = Contact("Smithson", "+15550100")
    reports = [(told(each, contact=mine), AT + timedelta(minutes=each)) for each in range(100)]
    open_requests(reports, by=call_taker())
    row = make_model(by=LEARNER, at=LATER)
    assert (row.features, row.usable) == (0, False)


def test_hidden_and_anonymous_reporters_of_one_day_count_as_one(past: list[Request]) -> None:
    of_wages = {
        each.reporter for each in history_in_words(LEARNER, 100, LATER) if each.category == "labour.wages"
    }
    days = {str(AT.date() + timedelta(days=each)) for each in range(26)}
    assert of_wages <= days, "hidden by its category: who they are is not looked up"


def test_the_latest_are_read_and_no_more(past: list[Request]) -> None:
    read = list(history_in_words(LEARNER, 10, LATER))
    assert len(read) == 10
    assert {each.subject_id for each in PersonalRead.objects.filter(purpose="learn")} == {
        each.pk for each in past[-10:]
    }


def test_too_short_a_history_makes_no_model(past: list[Request], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(training, "asked_on", suggesting.asked_on)
    before = journal_size()
    with pytest.raises(Conflict):
        make_model(by=LEARNER, at=LATER)
    assert (journal_size(), Learned.objects.count()) == (before, 0)


def test_only_the_command_learns(past: list[Request]) -> None:
    for by in (call_taker(), someone("supervisor"), someone("administrator")):
        with pytest.raises(NotAllowed):
            make_model(by=by, at=LATER)
    assert (PersonalRead.objects.filter(purpose="learn").count(), Learned.objects.count()) == (0, 0)


def test_one_that_is_too_often_wrong_is_kept_and_not_used(
    past: list[Request], monkeypatch: pytest.MonkeyPatch
) -> None:
    make_model(by=LEARNER, at=LATER)
    assert model_in_force() is not None
    strict = Ask(history_least=40, history_most=100, reporters_least=5, first_least=101)
    monkeypatch.setattr(training, "asked_on", lambda _day: strict)
    row = make_model(by=LEARNER, at=LATER + timedelta(hours=1))
    assert (row.usable, row.why, model_in_force()) == (False, TOO_OFTEN_WRONG, None)


@pytest.fixture
def taker() -> Client:
    """Somebody at the desk of requests."""
    return signed_in(person("taker", "call_taker"))


NIGHT = {"category": "", "words": "loud music again", "place": "10.5,50.5"}


def test_the_form_suggests_says_how_good_it_is_and_counts_what_was_chosen(
    past: list[Request], taker: Client
) -> None:
    row = make_model(by=LEARNER, at=LATER)
    panel = taker.post("/desk/requests/beside", NIGHT).content.decode()
    assert panel.index('value="noise.neighbours"') < panel.index('value="road.light_out"')
    assert "learned on" in panel
    assert "Of 20 later ones the first was right for 100 %" in panel
    page = taker.post("/desk/requests/new", {**NIGHT, "take": "noise.neighbours"})
    assert page.status_code == 200
    assert 'name="category" value="noise.neighbours"' in page.content.decode()
    assert Request.objects.count() == 100
    shown = f"{row.pk} noise.neighbours road.light_out labour.wages"
    sent = {**NIGHT, "shown": shown, "q_source": "music"}
    for category in ("noise.neighbours", "noise.neighbours", "road.light_out", "tree.down"):
        assert taker.post("/desk/requests/new", {**sent, "category": category}).status_code in (302, 422)
    assert taken_of(row.pk) == Right(Suggested.objects.count(), 2, 3)
    columns = {each.name for each in Suggested._meta.get_fields()}
    assert columns == {"id", "model", "day", "place"}, "a figure of the model, of nobody and of no request"


@pytest.mark.parametrize("shown", ["", "nonsense", "0a6a5d34-33c8-4b86-9c0c-7f3d2f0ca112 noise.neighbours"])
def test_what_was_never_suggested_is_not_counted(taker: Client, shown: str) -> None:
    town()
    said = {"category": "road.light_out", "words": "dark", "shown": shown}
    assert taker.post("/desk/requests/new", said).status_code == 302
    assert Suggested.objects.count() == 0


def test_it_works_without_a_model(taker: Client) -> None:
    town()
    assert 'name="take"' not in taker.post("/desk/requests/beside", NIGHT).content.decode()


def test_where_a_category_is_chosen_nothing_is_suggested(past: list[Request], taker: Client) -> None:
    make_model(by=LEARNER, at=LATER)
    panel = taker.post("/desk/requests/beside", {**NIGHT, "category": "tree.down", "shown": "kept as it is"})
    assert 'name="take"' not in panel.content.decode()
    assert 'value="kept as it is"' in panel.content.decode()
