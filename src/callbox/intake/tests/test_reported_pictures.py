# SPDX-License-Identifier: Apache-2.0
"""A resident's pictures: for the report they just sent, by the id that only they know, and for a day."""

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.test import Client
from django.utils import timezone
from tests.signed_in import person, signed_in
from tests.world import AT, INTAKE, LATER, call_taker, crew_of, journal_size

from callbox.access.models import PersonalRead
from callbox.intake.actions import Arrived, claim_call, take_contact, wrap_up_call
from callbox.intake.domain import Said
from callbox.intake.models import Call
from callbox.intake.pictures import add_reported_picture
from callbox.journal.models import Entry
from callbox.kernel.errors import Invalid, NotAllowed, Refusal, Unavailable
from callbox.kernel.ids import new_id
from callbox.pictures import actions as pictures
from callbox.pictures.developing import develop
from callbox.pictures.domain import limits_on
from callbox.pictures.models import Picture
from callbox.pictures.queries import picture_for, pictures_of
from callbox.pictures.tests.pictures import pattern, read, saved

pytestmark = pytest.mark.django_db
SMALL = saved(pattern(8, 6))


def reported(at: datetime = AT) -> tuple[UUID, Call]:
    """A contact by web that became a call."""
    contact = uuid4()
    call = take_contact(Arrived("web", "emergency", at, contact), Said(words="made-up"), by=INTAKE, at=at)
    assert call is not None
    return contact, call


def refused(kind: type[Refusal], step: Callable[[], object]) -> None:
    before = (journal_size(), Picture.objects.count(), PersonalRead.objects.count())
    with pytest.raises(kind):
        step()
    assert (journal_size(), Picture.objects.count(), PersonalRead.objects.count()) == before


def test_the_picture_belongs_to_the_call_and_the_desk_sees_it() -> None:
    contact, call = reported()
    add_reported_picture(contact, SMALL, at=LATER)
    [picture] = pictures_of(call_taker(), [call.matter])
    assert (picture.matter_id, picture.by) == (call.pk, "system:reporter")
    assert picture.retain_until == LATER + timedelta(days=180)
    assert read(picture_for(call_taker(), picture.pk, at=LATER).large).size == (8, 6)
    assert Entry.objects.get(move="add_picture").chain == call.pk
    noted = PersonalRead.objects.get()
    assert (noted.subject, noted.subject_id, noted.purpose) == ("call", call.pk, "picture")
    assert pictures_of(crew_of(new_id()), [call.matter]) == [], "no crew sees calls"


def test_a_finished_call_takes_one_and_a_report_of_yesterday_does_not() -> None:
    contact, call = reported()
    claim_call(call.pk, by=call_taker(), at=AT)
    wrap_up_call(call.pk, "information", by=call_taker(), at=AT)
    window = limits_on(AT.date()).reported_until
    refused(NotAllowed, lambda: add_reported_picture(contact, SMALL, at=AT + window + timedelta(seconds=1)))
    add_reported_picture(contact, SMALL, at=AT + window)
    assert Picture.objects.count() == 1


def test_a_contact_that_is_no_call_yet_looks_like_one_that_never_was() -> None:
    refused(Unavailable, lambda: add_reported_picture(uuid4(), SMALL, at=LATER))


def test_so_many_for_one_report(monkeypatch: pytest.MonkeyPatch) -> None:
    made = develop(SMALL, limits_on(AT.date()))
    monkeypatch.setattr(pictures, "develop", lambda *_: made)  # what it is made of is not the question here
    contact, _call = reported()
    most = limits_on(AT.date()).by_reporter
    for _ in range(most):
        add_reported_picture(contact, SMALL, at=LATER)
    refused(Invalid, lambda: add_reported_picture(contact, SMALL, at=LATER))
    other, _call = reported()
    add_reported_picture(other, SMALL, at=LATER)


def post(
    client: Client, contact: object, data: bytes = SMALL, headers: Mapping[str, str] | None = None
) -> Any:
    return client.post(
        "/report/picture",
        data,
        content_type="image/jpeg",
        headers={"X-Contact": str(contact), "Accept": "application/json", **(headers or {})},
    )


def test_the_page_adds_one_counts_a_repeat_once_and_tells_nothing() -> None:
    contact, _call = reported(timezone.now())
    key = str(new_id())
    for _ in range(2):
        answer = post(Client(), contact, headers={"Idempotency-Key": key})
        assert (answer.status_code, answer.json()) == (200, {"added": True})
    assert str(Picture.objects.get().pk) == key
    assert answer["Cache-Control"] == "private, no-store"


@pytest.mark.parametrize(
    ("contact", "data", "status"),
    [
        (uuid4(), SMALL, 503),
        ("nonsense", SMALL, 404),
        ("", SMALL, 404),
        (None, b"GIF89a", 422),
        (None, b"", 422),
    ],
)
def test_what_the_page_is_refused_changes_nothing(contact: object, data: bytes, status: int) -> None:
    known, _call = reported(timezone.now())
    before = journal_size()
    answer = post(Client(), known if contact is None else contact, data)
    assert (answer.status_code, answer["Content-Type"]) == (status, "application/problem+json")
    assert journal_size() == before


def test_a_page_elsewhere_adds_nothing() -> None:
    contact, _call = reported(timezone.now())
    client = Client(enforce_csrf_checks=True)
    assert post(client, contact).status_code == 403
    assert Picture.objects.count() == 0
    client.get("/report")
    token = client.cookies["callbox_csrf"].value
    assert post(client, contact, headers={"X-CSRFToken": token}).status_code == 200


def test_the_reports_id_opens_no_picture() -> None:
    contact, call = reported()
    add_reported_picture(contact, SMALL, at=LATER)
    picture = Picture.objects.get()
    for client in (Client(), signed_in(person("rider", "crew", keys=(f"unit:{new_id()}",)))):
        for path in (f"/api/pictures/{picture.pk}", f"/api/calls/{call.pk}"):
            answer = client.get(path, headers={"X-Contact": str(contact)})
            assert answer.status_code in (401, 403, 404)
    taker = signed_in(person("taker", "call_taker"))
    [row] = taker.get(f"/api/calls/{call.pk}").json()["pictures"]
    assert (row["id"], row["by_name"]) == (str(picture.pk), "")
