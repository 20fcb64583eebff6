# SPDX-License-Identifier: Apache-2.0
"""`python -m callbox.drills.inside prepare|screens|look`: what needs Django, in a process of the site's own."""

import hashlib
import json
import os
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Any

UNITS = 8
COMMITTED = """
SELECT xid::text, extract(epoch FROM pg_xact_commit_timestamp(xid::xid))
FROM (SELECT xid FROM door_contact UNION SELECT xid FROM journal_entry) AS written
"""
PEOPLE = {"taker": "call_taker", "desk": "dispatcher", "chief": "supervisor"}
PORTION = 500
SCREENS = 10
MOMENTS, BETWEEN_S = 200, 0.1  # to find one at which no change is under way


def prepare() -> str:
    """People of each role with a session each, and units on duty; their cookies and ids as JSON."""
    from django.utils import timezone

    from callbox.access.actions import define_agency
    from callbox.access.domain import system_actor

    setup, at = system_actor("setup"), timezone.now()
    agency = define_agency("fire", "Fire", "Fire", "fire", by=setup, at=at)
    sessions = {name: _person(name, role, setup, at) for name, role in PEOPLE.items()}
    units = [_unit(f"D{number:02d}", agency, setup, at) for number in range(1, UNITS + 1)]
    return json.dumps({"sessions": sessions, "units": units})


def screens() -> str:
    """More supervisors with a session each, as JSON: five hundred screens are not one person's."""
    from django.utils import timezone

    from callbox.access.domain import system_actor

    setup, at = system_actor("setup"), timezone.now()
    names = [f"screen-{number}" for number in range(SCREENS)]
    return json.dumps({name: _person(name, PEOPLE["chief"], setup, at) for name in names})


def _person(name: str, role: str, setup: Any, at: datetime) -> str:
    """A person with that role; the key of a session as signing in would make it."""
    from django.conf import settings
    from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY

    from callbox.access import middleware
    from callbox.access.actions import create_person, grant_role
    from callbox.access.sessions import SessionStore
    from callbox.access.sign_ins import begin_sign_in

    person = create_person(f"drill-{name}", name.title(), None, by=setup, at=at)
    grant_role(person, role, [], by=setup, at=at)
    session = SessionStore()
    session[SESSION_KEY] = str(person.pk)
    session[BACKEND_SESSION_KEY] = settings.AUTHENTICATION_BACKENDS[0]
    session[HASH_SESSION_KEY] = person.get_session_auth_hash()
    session[middleware.SESSION_KEY] = str(begin_sign_in(person, at=at, factor=True))
    session.create()
    return str(session.session_key)


def _unit(callsign: str, agency: Any, setup: Any, at: datetime) -> str:
    from callbox.access.domain import actor
    from callbox.dispatch.units import Equipment, define_unit, set_availability

    equipment = Equipment(callsign, "engine", frozenset({"engine", "bls"}))
    unit = define_unit(equipment, agency, None, by=setup, at=at)
    desk = actor("person:00000000-0000-0000-0000-0000000d0a1e", ["dispatcher"], [])
    set_availability(unit.pk, "begin_duty", by=desk, at=at)
    return str(unit.pk)


def look() -> str:
    """All rows that the invariants speak of, as they stood at one moment, as JSON, with the journal verified."""
    with still():
        return _look()


@contextmanager
def still() -> Iterator[None]:
    """A view of one moment: a clock that fires meanwhile is in all of it or in none.

    At that moment no change was under way that is older than one we see: the readers of the journal would hold that
    one back. Raises TimeoutError when there was no such moment.
    """
    from django.db import connection, transaction

    for _ in range(MOMENTS):
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
            cursor.execute(
                "SELECT pg_snapshot_xmin(now) = pg_snapshot_xmax(now) FROM pg_current_snapshot() AS now"
            )
            if cursor.fetchone() == (True,):
                yield
                return
        time.sleep(BETWEEN_S)
    raise TimeoutError("some change was under way at every moment we looked at")


def _look() -> str:
    from callbox.drills.snapshot import Snapshot
    from callbox.intake.models import CallContact
    from callbox.intake.reactions import NAME
    from callbox.journal.queries import position_of, verify

    verdict = verify()
    found = Snapshot(
        contacts=_contacts(),
        taken=[(str(row.contact), str(row.call_id)) for row in CallContact.objects.all()],
        matters=_matters(),
        entries=_entries(),
        reader=position_of(NAME),
        committed=_committed(),
        journal_problem=verdict.problem,
    )
    return found.written()


def _contacts() -> list[Any]:
    """By the room's own query: however the bytes are kept, it gives them as they came."""
    from callbox.door.queries import contacts_after
    from callbox.drills.snapshot import ContactRow

    found, position = [], (0, 0)
    while rows := contacts_after(position, PORTION):
        for row in rows:
            digest = hashlib.sha256(row.body).hexdigest()
            found.append(ContactRow(str(row.id), digest, row.channel, row.position))
        position = rows[-1].position
    return found


def _matters() -> list[Any]:
    from callbox.dispatch.models import Assignment
    from callbox.drills.snapshot import MatterRow
    from callbox.matters.models import Matter

    sent = {row.matter_id: row for row in Assignment.objects.all()}
    found = []
    for row in Matter.objects.all():
        assignment = sent.get(row.pk)
        active, unit = (assignment.active, str(assignment.unit_id)) if assignment else (False, "")
        found.append(MatterRow(str(row.pk), row.kind, row.state, row.version, row.owner, active, unit))
    return found


def _entries() -> list[Any]:
    from callbox.drills.snapshot import EntryRow
    from callbox.journal.queries import entries_after

    found, position = [], (0, 0)
    while rows := entries_after(position, PORTION):
        for row in rows:
            position = (row.xid, row.seq)
            contact = str(row.facts.get("contact") or "")
            told = (str(row.chain), row.number, row.kind, row.move, row.becomes)
            found.append(EntryRow(*told, position, contact))
    return found


def _committed() -> dict[int, float]:
    """When each transaction was, for as many as the server remembers; none where it does not keep that."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("SHOW track_commit_timestamp")
        if cursor.fetchone() != ("on",):
            return {}
        cursor.execute(COMMITTED)
        return {int(xid): float(at) for xid, at in cursor.fetchall() if at is not None}


def main() -> None:
    """Do the one thing asked and print its answer as the last line."""
    import django

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "callbox.settings")
    django.setup()
    from callbox.access.seeing import work_as_system

    work_as_system()
    sys.stdout.write({"prepare": prepare, "screens": screens, "look": look}[sys.argv[1]]() + "\n")


if __name__ == "__main__":
    main()
