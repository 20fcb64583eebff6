# SPDX-License-Identifier: Apache-2.0
"""The pages of calendar and promises: seen, tried, put in force by whoever looked; in both languages."""

import re
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone
from tests.signed_in import Signed, person, signed_in
from tests.world import journal_size

from callbox.journal import queries as journal
from callbox.matters import queries
from callbox.matters.models import CalendarVersion, Clock, LadderEdition, Matter, PromiseEdition, Step
from callbox.matters.promises import shipped_table
from callbox.matters.settling import chain_of
from callbox.matters.terms import CHAIN
from callbox.matters.tests.test_calendar_loading import ABOUT, DAYS, NEXT
from callbox.matters.tests.test_ladders import FIVE
from callbox.matters.tests.test_ladders_loading import FIRST, HALF, QUIET
from callbox.matters.tests.test_ladders_loading import TEXT as LADDERS_TEXT
from callbox.matters.tests.test_standstill import at, errand
from callbox.matters.tests.test_terms_loading import OLD, SEVEN, TEXT, wanted
from callbox.promises import loading_views, looked, views
from callbox.web.errors import answer_for

pytestmark = pytest.mark.django_db
OVERVIEW, CALENDAR, TERMS = "/desk/promises", "/desk/promises/calendar", "/desk/promises/terms"
LADDERS = "/desk/promises/ladders"
CHINESE = {"accept-language": "zh-hans"}
NEW = {"text": TEXT.replace(OLD, SEVEN)}
YEAR = {"about": ABOUT, "days": DAYS + NEXT}


@pytest.fixture
def admin() -> Signed:
    return signed_in(person("admin", "administrator"))


def clock_at(patch: pytest.MonkeyPatch, text: str) -> None:
    """The pages' own clock: the rest goes on."""

    class Then:
        now = staticmethod(lambda: at(text))

    for edge in (views, loading_views):
        patch.setattr(edge, "timezone", Then)


def looked_at(client: Signed, address: str, said: dict[str, str]) -> str:
    """The note of having looked that the page hands out."""
    page = client.post(address, said)
    assert page.status_code == 200, page.content.decode()
    found = re.search(r'name="looked" value="([^"]+)"', page.content.decode())
    assert found is not None
    return found.group(1)


def test_the_overview_says_what_is_in_force_and_what_is_provisional(
    admin: Signed, monkeypatch: pytest.MonkeyPatch
) -> None:
    errand(wanted(), start=at("12-28 09:00"))
    clock_at(monkeypatch, "11-01 23:59")
    page = admin.get(OVERVIEW).content.decode()
    assert "2024, 2025, 2026" in page
    assert "data-missing" not in page
    assert re.search(r"errand</td><td>Solution</td><td class=\"num\">1<", page)
    assert "5 working days · the start day is not counted" in page
    assert re.search(r"First on scene <span class=\"quiet\">arrival</span>.*everyone", page)
    chinese = admin.get(OVERVIEW, headers=CHINESE).content.decode()
    assert "5 个工作日 · 起始日不计" in chinese
    assert re.search(r"首个到场 <span class=\"quiet\">arrival</span>.*全部", chinese)
    clock_at(monkeypatch, "11-02 00:00")
    page = admin.get(OVERVIEW).content.decode()
    assert 'data-missing="2027"' in page
    assert "2027" in admin.get(OVERVIEW, headers=CHINESE).content.decode()


def test_a_supervisor_sees_it_and_loads_nothing() -> None:
    chief = signed_in(person("chief", "supervisor"))
    page = chief.get(OVERVIEW).content.decode()
    assert "2024, 2025, 2026" in page
    assert CALENDAR not in page
    assert chief.get(TERMS).status_code == 403


@pytest.mark.parametrize(
    ("address", "said", "model", "chain"),
    [(TERMS, NEW, PromiseEdition, CHAIN), (CALENDAR, YEAR, CalendarVersion, chain_of("cn"))],
    ids=["promises", "calendar"],
)
def test_what_would_move_is_shown_and_the_same_person_puts_it_in_force(
    admin: Signed, address: str, said: dict[str, str], model: Any, chain: Any
) -> None:
    start = "09-28 09:00" if address == TERMS else "12-28 09:00"
    matter, size = errand(wanted(), start=at(start)), journal_size()
    page = admin.post(address, said).content.decode()
    assert "1 due times would move" in page
    assert f"…{str(matter.id)[-8:]}" in page
    assert (journal_size(), model.objects.count()) == (size, 0)
    token = looked_at(admin, address, said)
    crlf = {name: text.replace("\n", "\r\n") for name, text in said.items()}
    assert admin.post(address, {**crlf, "looked": token}).status_code == 302
    assert model.objects.count() == 1
    entry = journal.history(chain)[-1]
    assert (entry.move, entry.role) == ("load", "administrator")
    assert admin.post(address, {**said, "looked": token}).status_code == 409  # it is another version now
    if address == TERMS:
        assert queries.table_in_force().text == said["text"]
    assert Matter.objects.count() == 1


def test_how_many_untold_steps_would_move_is_shown(admin: Signed) -> None:
    said = {"text": LADDERS_TEXT, "quiet": QUIET.replace("22:00", "21:00")}
    assert "would be told at another time" not in admin.post(LADDERS, said).content.decode()
    matter, soon = errand(FIVE), timezone.now() + timedelta(days=400)
    Step.objects.create(
        matter=matter, clock=Clock.objects.get(matter=matter), number=1, level=1, action="remind",
        role="owner", due_at=soon, taken_at=soon, tell_at=soon + timedelta(days=3),
    )  # fmt: skip
    assert "Of 1 steps that were taken" in admin.post(LADDERS, said).content.decode()
    assert "有 1 个已执行" in admin.post(LADDERS, said, headers=CHINESE).content.decode()


def test_ladders_are_shown_tried_and_loaded(admin: Signed) -> None:
    matter = errand(FIVE)
    said = {"text": LADDERS_TEXT.replace(FIRST, HALF), "quiet": QUIET}
    page = admin.post(LADDERS, said).content.decode()
    assert "1 next steps would move, 0 would be taken at once" in page  # both are past
    assert re.search(
        rf"…{str(matter.id)[-8:]}</th><td>Solution</td><td>level 1 <span class=\"promises-when\">2026-10-08 11:24",
        page,
    )
    assert "1 个下一步变动" in admin.post(LADDERS, said, headers=CHINESE).content.decode()
    assert LadderEdition.objects.count() == 0
    token = looked_at(admin, LADDERS, said)
    assert admin.post(LADDERS, {**said, "looked": token}).status_code == 302
    assert queries.ladders_in_force().text == said["text"]
    page = admin.get(OVERVIEW).content.decode()
    assert "50%" in page
    assert "the lead agency" in page
    assert "overdue by 1 working days" in page
    chinese = admin.get(OVERVIEW, headers=CHINESE).content.decode()
    assert "牵头单位" in chinese
    assert "逾期 1 个工作日" in chinese
    assert "50%" in admin.get(LADDERS).content.decode()


@pytest.mark.parametrize("spoilt", ["token", "text", "person", "time", "thing"])
def test_nobody_puts_in_force_what_they_did_not_look_at(
    admin: Signed, spoilt: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    token = looked_at(admin, TERMS, NEW)
    said, client, address = {**NEW, "looked": token}, admin, TERMS
    if spoilt == "token":
        said["looked"] = token[:-1] + ("a" if token[-1] != "a" else "b")
    elif spoilt == "text":
        said["text"] = TEXT.replace(OLD, SEVEN.replace("7 working", "8 working"))
    elif spoilt == "person":
        client = signed_in(person("other", "administrator"))
    elif spoilt == "thing":
        address, said = CALENDAR, {**YEAR, "looked": token}
    else:
        monkeypatch.setattr(looked, "SERVES", -looked.SERVES)
    size = journal_size()
    assert client.post(address, said).status_code == 409
    assert (journal_size(), PromiseEdition.objects.count(), CalendarVersion.objects.count()) == (size, 0, 0)


@pytest.mark.parametrize(
    ("address", "said"),
    [
        (TERMS, {"text": TEXT + OLD}),
        (TERMS, {"text": ""}),
        (TERMS, {}),
        (CALENDAR, {"about": ABOUT, "days": DAYS + "holiday\t2027-02-30\t\tA\t甲\ts\n"}),
        (CALENDAR, {"about": "", "days": DAYS}),
        (LADDERS, {"text": LADDERS_TEXT.replace("80%", "180%"), "quiet": QUIET}),
        (LADDERS, {"text": "a\tb\n1\t2\n", "quiet": QUIET}),
        (LADDERS, {"text": LADDERS_TEXT, "quiet": "role\n*\n"}),
        (TERMS, {"text": "clock\tscope\nresolve\t*\n"}),
        (CALENDAR, {"about": ABOUT, "days": "x\ty\n1\t2\n"}),
        (CALENDAR, {"about": "x\ty\n1\t2\n", "days": DAYS}),
    ],
)
def test_what_cannot_be_read_is_said_and_kept_on_the_page(
    admin: Signed, address: str, said: dict[str, str]
) -> None:
    size = journal_size()
    page = admin.post(address, said)
    assert (page.status_code, journal_size()) == (422, size)
    assert "cannot be read" in page.content.decode()
    assert "无法读取" in admin.post(address, said, headers=CHINESE).content.decode()


@pytest.mark.parametrize("role", ["call_taker", "dispatcher", "crew", "agency_desk"])
def test_other_roles_find_nothing_there(role: str) -> None:
    client = signed_in(person("other", role))
    assert [client.get(address).status_code for address in (OVERVIEW, CALENDAR, TERMS, LADDERS)] == [403] * 4
    assert client.post(TERMS, NEW).status_code == 403
    assert PromiseEdition.objects.count() == 0


def test_the_texts_in_force_are_there_to_be_changed(admin: Signed) -> None:
    page = admin.get(TERMS).content.decode()
    assert "2 business_hours at_once" in page
    assert shipped_table().text.splitlines()[-1].split("\t")[2] in page
    assert "year\t2026-01-01" in admin.get(CALENDAR).content.decode()
    assert answer_for is not None
