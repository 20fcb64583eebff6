# SPDX-License-Identifier: Apache-2.0
"""Pictures of an incident in the database: who adds and sees them, and what is left of what was sent."""

import os
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import psycopg
import pytest
from django.conf import settings
from psycopg.conninfo import conninfo_to_dict

from callbox.access.domain import system_actor
from callbox.access.models import PersonalRead
from callbox.dispatch.actions import assign_unit
from callbox.door.proxy import BODY_MOST
from callbox.host.cluster import SUPERUSER, Cluster
from callbox.host.vault import vault
from callbox.incidents.actions import close_incident
from callbox.incidents.pictures import add_incident_picture
from callbox.incidents.queries import incident_for
from callbox.journal.models import Entry
from callbox.journal.queries import verify
from callbox.kernel.actor import Actor
from callbox.kernel.errors import Conflict, Invalid, NotAllowed, NotFound, Refusal
from callbox.kernel.ids import new_id
from callbox.pictures import developing
from callbox.pictures.actions import keep_picture
from callbox.pictures.domain import Developed
from callbox.pictures.models import Picture
from callbox.pictures.queries import COLUMN, picture_for, pictures_of
from callbox.pictures.retention import erase_expired
from callbox.pictures.tests.pictures import WORDS, pattern, read, saved, telling_jpeg
from tests import world
from tests.signed_in import person, signed_in
from tests.world import AT, LATER, call_taker, crew_of, dispatcher, journal_size, supervisor

RETENTION = system_actor("retention")
MADE = Developed(b"\xff\xd8\xff large", b"\xff\xd8\xff small", 4, 3)


def kept(incident: Any, by: Actor | None = None, **more: Any) -> Picture:
    """A picture of an incident, without the darkroom."""
    actor = by or dispatcher()
    asked = {"kept": timedelta(days=365), "most": 30, "by": actor, "at": LATER, **more}
    return keep_picture(lambda: incident_for(actor, incident.pk).matter, MADE, **asked)


def sent_to(incident: Any, callsign: str = "E01") -> Actor:
    """The crew of a unit that was sent there."""
    unit = world.unit(callsign)
    assign_unit(incident.pk, unit.pk, by=dispatcher(), at=AT)
    return crew_of(unit.pk)


@pytest.fixture
def no_darkroom(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(developing, "_run", lambda *_: pytest.fail("it was decoded"))


def refused(kind: type[Refusal], step: Callable[[], object]) -> Refusal:
    """A refusal that changes nothing."""
    before = (journal_size(), Picture.objects.count(), PersonalRead.objects.count())
    with pytest.raises(kind) as raised:
        step()
    assert (journal_size(), Picture.objects.count(), PersonalRead.objects.count()) == before
    return raised.value


@pytest.mark.django_db
def test_a_picture_is_added_and_the_journal_says_so_without_showing_it() -> None:
    incident = world.incident()
    by = sent_to(incident)
    added = add_incident_picture(incident.pk, telling_jpeg(), by=by, at=LATER)
    entry = Entry.objects.get(move="add_picture")
    assert (entry.chain, entry.actor, entry.role) == (incident.pk, by.id, "crew")
    assert set(entry.facts) == {"picture", "digest"}
    assert entry.facts["picture"] == str(added.pk)
    assert len(entry.facts["digest"]) == 64
    shown = picture_for(dispatcher(), added.pk, at=LATER)
    assert read(shown.large).size == (added.width, added.height) == (640, 480)
    assert [picture.pk for picture in pictures_of(by, [incident_for(by, incident.pk).matter])] == [added.pk]
    assert added.retain_until == LATER + timedelta(days=365)


@pytest.mark.django_db
def test_each_look_is_noted_as_a_read_of_its_incident() -> None:
    incident = world.incident()
    picture = kept(incident)
    picture_for(supervisor(), picture.pk, at=LATER)
    noted = PersonalRead.objects.get()
    assert (noted.subject, noted.subject_id, noted.purpose) == ("incident", incident.pk, "picture")
    assert (noted.actor, noted.role) == (supervisor().id, "supervisor")


@pytest.mark.django_db
@pytest.mark.usefixtures("no_darkroom")
def test_who_may_not_add_one_is_refused_before_anything_is_decoded() -> None:
    incident = world.incident()
    other = crew_of(world.unit("E02").pk)
    for by, kind in ((other, NotFound), (world.someone("administrator"), NotFound)):
        refused(kind, lambda by=by: add_incident_picture(incident.pk, telling_jpeg(), by=by, at=LATER))  # type: ignore[misc]  # bound now
    blind = Actor("person:x", frozenset({"x"}), powers={"incident.see": ("x", "any")})
    refused(NotAllowed, lambda: add_incident_picture(incident.pk, telling_jpeg(), by=blind, at=LATER))
    refused(NotFound, lambda: add_incident_picture(new_id(), telling_jpeg(), by=dispatcher(), at=LATER))


@pytest.mark.django_db
def test_another_crew_sees_neither_the_picture_nor_that_there_is_one() -> None:
    incident = world.incident()
    picture = kept(incident)
    other = crew_of(world.unit("E02").pk)
    refused(NotFound, lambda: picture_for(other, picture.pk, at=LATER))
    refused(NotFound, lambda: picture_for(world.someone("administrator"), picture.pk, at=LATER))
    assert pictures_of(other, [incident.matter]) == []
    assert picture_for(sent_to(incident), picture.pk, at=LATER).preview == MADE.preview


@pytest.mark.django_db
def test_what_is_no_picture_changes_nothing() -> None:
    incident = world.incident()
    for data in (b"", b"GIF89a" + bytes(50), telling_jpeg()[:2000], b"\x00\x00\x00\x18ftypheic" + bytes(50)):
        refused(Invalid, lambda data=data: add_incident_picture(incident.pk, data, by=dispatcher(), at=LATER))  # type: ignore[misc]  # bound now


@pytest.mark.django_db
def test_a_repeat_counts_once_and_an_id_is_taken_once(monkeypatch: pytest.MonkeyPatch) -> None:
    incident, mine = world.incident(), new_id()
    first = add_incident_picture(incident.pk, saved(pattern()), picture_id=mine, by=dispatcher(), at=LATER)
    size = journal_size()
    monkeypatch.setattr(developing, "_run", lambda *_: pytest.fail("it was decoded twice"))
    again = add_incident_picture(incident.pk, saved(pattern()), picture_id=mine, by=dispatcher(), at=LATER)
    assert (first.pk, again.pk, journal_size()) == (mine, mine, size)
    other = world.incident()
    for by, on in ((dispatcher(), other), (call_taker(), incident)):
        refused(Conflict, lambda by=by, on=on: kept(on, by, picture_id=mine))  # type: ignore[misc]  # bound now


@pytest.mark.django_db
def test_there_is_room_for_so_many_by_one_and_no_more() -> None:
    incident = world.incident()
    kept(incident, most=2)
    kept(incident, most=2)
    refusal = refused(Invalid, lambda: kept(incident, most=2))
    assert "2" in str(refusal)
    kept(incident, call_taker(), most=2)


@pytest.mark.django_db
def test_a_closed_incident_takes_one_more() -> None:
    incident = world.incident()
    close_incident(incident.pk, "handled", by=dispatcher(), at=LATER)
    assert kept(incident).matter_id == incident.pk


@pytest.mark.django_db
def test_at_its_date_it_is_blank_and_says_so_and_not_before() -> None:
    incident = world.incident()
    picture = kept(incident, kept=timedelta(days=10))
    due = LATER + timedelta(days=10)
    assert erase_expired(by=RETENTION, at=due) == 0, "the incident is open"
    close_incident(incident.pk, "handled", by=dispatcher(), at=LATER)
    assert erase_expired(by=RETENTION, at=due - timedelta(seconds=1)) == 0
    assert erase_expired(by=RETENTION, at=due) == 1
    assert erase_expired(by=RETENTION, at=due) == 0
    assert Picture.objects.get(pk=picture.pk).sealed is None
    assert pictures_of(dispatcher(), [incident.matter]) == []
    with pytest.raises(NotFound, match="erased"):
        picture_for(dispatcher(), picture.pk, at=due)
    entry = Entry.objects.get(kind="erasure")
    assert entry.facts == {"table": "pictures_picture", "rows": 1}
    with pytest.raises(NotAllowed):
        erase_expired(by=dispatcher(), at=due)


@pytest.mark.django_db
def test_bytes_of_another_picture_open_under_no_other_name() -> None:
    incident = world.incident()
    first, second = kept(incident), kept(incident)
    Picture.objects.filter(pk=first.pk).update(sealed=Picture.objects.get(pk=second.pk).sealed)
    with pytest.raises(NotFound, match="altered"):
        picture_for(dispatcher(), first.pk, at=LATER)


@pytest.mark.django_db
def test_the_files_are_served_so_that_they_can_do_nothing(sf_city: None) -> None:
    incident = world.incident()
    client = signed_in(person("desk", "dispatcher"))
    path = f"/api/incidents/{incident.pk}"
    answer = client.post(f"{path}/pictures", telling_jpeg(), content_type="text/html")
    assert answer.status_code == 200, answer.content
    assert answer.json()["by_name"] == "Name of desk"
    [row] = client.get(path).json()["pictures"]
    assert row == answer.json()
    for address, longest in (
        (f"/api/pictures/{row['id']}", 640),
        (f"/api/pictures/{row['id']}/preview", 320),
    ):
        served = client.get(address)
        assert max(read(served.content).size) == longest
        assert not [word for word in WORDS if word.encode() in served.content]
        assert served["Content-Type"] == "image/jpeg"
        assert served["Cache-Control"] == "private, no-store"
        assert served["X-Content-Type-Options"] == "nosniff"
        assert served["Content-Disposition"].startswith("inline; filename=")
        said = {part.strip() for part in served["Content-Security-Policy"].split(";")}
        assert {"sandbox", "default-src 'none'"} <= said


@pytest.mark.django_db
def test_what_is_too_long_is_refused_unread(sf_city: None) -> None:
    incident = world.incident()
    client = signed_in(person("desk", "dispatcher"))
    before = journal_size()
    answer = client.post(
        f"/api/incidents/{incident.pk}/pictures",
        b"\xff\xd8\xff" + bytes(8_000_000),
        content_type="image/jpeg",
    )
    assert answer.status_code == 422
    assert "8 MB" in answer.json()["detail"]
    assert journal_size() == before


def dumped() -> bytes:
    """Every table as a dump has it, and every file of the database and its WAL."""
    socket = Path(str(conninfo_to_dict(os.environ["CALLBOX_OWNER_URL"])["host"]))
    server = Cluster(socket.parent.parent)
    from django.db import connection

    parts: list[bytes] = []
    with psycopg.connect(server.dsn(SUPERUSER, connection.settings_dict["NAME"])) as link:
        with link.cursor().copy("COPY pictures_picture TO STDOUT (FORMAT binary)") as rows:
            parts += [bytes(row) for row in rows]
        with link.cursor().copy("COPY journal_entry TO STDOUT (FORMAT binary)") as rows:
            parts += [bytes(row) for row in rows]
        link.execute("CHECKPOINT")
    for folder in ("base", "pg_wal"):
        parts += [path.read_bytes() for path in (server.layout.data / folder).rglob("*") if path.is_file()]
    return b"".join(parts)


def test_nothing_of_what_was_sent_is_in_the_database_nor_its_pixels_in_the_open(committed: None) -> None:
    at = datetime.now(UTC)
    incident = world.incident()
    added = add_incident_picture(incident.pk, telling_jpeg(), by=dispatcher(), at=at)
    shown = picture_for(dispatcher(), added.pk, at=at)
    data = dumped()
    assert not [word for word in WORDS if word.encode() in data]
    assert shown.large[300:360] not in data
    sealed = bytes(Picture.objects.get(pk=added.pk).sealed or b"")
    assert shown.large[300:360] in vault().decrypt(sealed, COLUMN.context(added.pk))
    assert verify().ok


def test_a_picture_changed_by_hand_is_found(committed: None) -> None:
    incident = world.incident()
    picture: UUID = kept(incident).pk
    assert verify().ok
    with psycopg.connect(os.environ["CALLBOX_OWNER_URL"]) as link:
        link.execute("SET callbox.part = 'system'")
        link.execute("ALTER TABLE pictures_picture DISABLE TRIGGER USER")
        link.execute("UPDATE pictures_picture SET width = 5 WHERE id = %s", [picture])
        link.execute("ALTER TABLE pictures_picture ENABLE TRIGGER USER")
    assert not verify().ok


def test_a_file_of_a_form_stays_in_memory_however_long_it_is() -> None:
    """The door passes on no longer body than this, so nothing of it is ever put into a file of its own."""
    assert settings.FILE_UPLOAD_MAX_MEMORY_SIZE >= BODY_MOST
