# SPDX-License-Identifier: Apache-2.0
"""Pictures of an incident: by the signed API of an agency's system, and in the printed report."""

from typing import Any
from uuid import uuid4

import pytest
from django.utils import timezone
from tests.signed_in import person, signed_in
from tests.world import LATER, dispatcher, journal_size

from callbox.access.models import PersonalRead
from callbox.coordination import actions
from callbox.coordination.tests.scene import desk_of, fire, task_of, town
from callbox.coordination.tests.signing import System, system_of
from callbox.incidents.pictures import add_incident_picture
from callbox.pictures.models import Picture
from callbox.pictures.tests.pictures import WORDS, telling_jpeg

pytestmark = pytest.mark.django_db
JPEG = {"Content-Type": "image/jpeg"}


@pytest.fixture
def found(db: None) -> Any:
    """A fire on which several agencies have tasks."""
    town()
    return fire(2)


class Camera(System):
    """A system that sends pictures."""

    def send(self, method: str, path: str, body: bytes, headers: Any) -> Any:
        """The same with the type of a picture."""
        from django.test import Client

        return Client().generic(method, self.here + path, body, content_type="image/jpeg", headers=headers)


def camera(code: str) -> Camera:
    made = system_of(code)
    return Camera(made.key, made.secret)


def test_an_agencys_system_adds_a_picture_and_others_read_it(found: Any) -> None:
    ems, police = camera("ems"), system_of("police")
    here, there = (f"/tasks/{task_of(found.pk, code).pk}/pictures" for code in ("ems", "police"))
    name, sent, before = uuid4(), telling_jpeg(), journal_size()
    answer = ems.raw("POST", f"{here}?picture={name}", sent)
    assert (answer.status_code, answer.json()["agency"]) == (200, "Ems"), answer.content
    assert ems.raw("POST", f"{here}?picture={name}", sent).status_code == 200
    assert Picture.objects.count() == 1, "a repeat counts once"
    assert journal_size() == before + 1, "added once, and the journal has it"
    (row,) = police.get(there).json()
    assert row["id"] == str(name)
    shown = police.get(f"{there}/{name}")
    assert (shown.status_code, shown["Content-Type"]) == (200, "image/jpeg")
    assert not [word for word in (*WORDS, "Exif") if word.encode() in shown.content]
    assert PersonalRead.objects.filter(subject="incident", purpose="picture").count() == 1


def test_what_is_no_picture_or_too_large_is_refused_and_changes_nothing(found: Any) -> None:
    ems, plain = camera("ems"), system_of("ems")
    before = journal_size()
    here = f"/tasks/{task_of(found.pk, 'ems').pk}/pictures"
    for sent in (b"no picture", b"", b"x" * 8_000_001):
        assert ems.raw("POST", here, sent).status_code == 422
    assert plain.post(here, {}).status_code == 422
    changed = ems.ask("POST", here, body=telling_jpeg())
    assert changed.status_code == 401, "signed for another body"
    assert (journal_size(), Picture.objects.count()) == (before, 0)


def test_who_left_and_who_takes_no_part_sees_no_picture(found: Any) -> None:
    added = add_incident_picture(found.pk, telling_jpeg(), by=desk_of("ems"), at=timezone.now())
    police, task = system_of("police"), task_of(found.pk, "police")
    other = fire(2)
    elsewhere = f"/tasks/{task_of(other.pk, 'police').pk}/pictures/{added.pk}"
    assert police.get(elsewhere).status_code == 404, "a picture of another incident"
    actions.withdraw_task(task.pk, "not_needed", by=dispatcher(), at=LATER)
    outside, theirs = camera("water"), task_of(found.pk, "ems")
    before = journal_size()
    for system, part in ((police, task), (outside, theirs)):
        here = f"/tasks/{part.pk}/pictures"
        for path in (here, f"{here}/{added.pk}"):
            assert system.get(path).status_code == 404
        assert Camera(system.key, system.secret).raw("POST", here, telling_jpeg()).status_code == 404
    assert PersonalRead.objects.filter(purpose="picture").count() == 0
    assert (journal_size(), Picture.objects.count()) == (before, 1)


def test_a_picture_is_sent_once_and_nowhere_else(found: Any) -> None:
    ems, task = camera("ems"), task_of(found.pk, "ems")
    here, sent = f"/tasks/{task.pk}/pictures", telling_jpeg()
    first = ems.raw("POST", here, sent)
    again = ems.send("POST", here, sent, ems.sent[-1]["headers"])
    assert (first.status_code, again.status_code) == (200, 409)
    for path in ("remarks", "feed-back", "close"):
        assert ems.raw("POST", f"/tasks/{task.pk}/{path}", sent).status_code == 400
    assert Picture.objects.count() == 1


def test_the_printed_report_shows_the_pictures(found: Any) -> None:
    added = add_incident_picture(found.pk, telling_jpeg(), by=desk_of("ems"), at=timezone.now())
    desk = signed_in(person("sends", "dispatcher"))
    page = desk.get(f"/desk/handling/{found.pk}/report").content.decode()
    assert f'src="/api/pictures/{added.pk}"' in page
    assert "Picture 1" in page
