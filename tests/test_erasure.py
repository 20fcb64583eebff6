# SPDX-License-Identifier: Apache-2.0
"""Nothing personal stands open on a disk; and at its date it is gone from every copy, because its key is."""

import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import UUID, uuid4

import psycopg
import pytest
from django.db import connection, transaction
from psycopg import sql
from psycopg.conninfo import conninfo_to_dict

from callbox.access.keys import open_all
from callbox.access.sealing import columns
from callbox.door.domain import contact_from
from callbox.door.sealing import Sealer
from callbox.door.store import TYPES
from callbox.host.cluster import SUPERUSER, Cluster
from callbox.host.vault import CannotOpen, Vault, vault
from callbox.incidents.actions import (
    Kind,
    Where,
    add_remark,
    classify_incident,
    close_incident,
    open_incident,
    relocate_incident,
)
from callbox.incidents.linking import open_for_call
from callbox.incidents.models import Place
from callbox.incidents.queries import details_for, incident_for
from callbox.intake.actions import claim_call, note_words, wrap_up_call
from callbox.intake.domain import Said
from callbox.intake.queries import call_for, caller_for
from callbox.intake.reactions import take_contacts
from callbox.journal.models import Entry
from callbox.journal.queries import verify
from callbox.journal.watched import ONE_SPELLING
from callbox.worker.loops import retention
from tests.world import INTAKE, call_taker, dispatcher, journal_size

pytestmark = pytest.mark.usefixtures("committed", "own_keys")

LASTING = {"access_agencykey"}  # sealed with the lasting key: no date takes it away
NOW = datetime.now(UTC).replace(microsecond=0)
FIELDS = [
    "source",
    "key",
    "words",
    "number",
    "name",
    "place",
    "more",
    "address",
    "note",
    "remark",
    "thread",
    "late",
]
LAST_DATE = timedelta(days=365 + 2)


@pytest.fixture
def own_keys(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Vault:
    monkeypatch.setenv("CALLBOX_KEYS", str(tmp_path / "keys"))
    return vault()


@dataclass
class Case:
    """A call from the door to a closed incident, with a word of its own in every personal field."""

    birds: Mapping[str, str] = field(
        default_factory=lambda: {name: f"{name}{uuid4().hex}" for name in FIELDS}
    )
    call: UUID = field(default_factory=uuid4)
    incident: UUID = field(default_factory=uuid4)

    def happen(self) -> None:
        birds, by = self.birds, call_taker()
        self.call = self.sent()
        take_contacts(by=INTAKE, at=NOW)
        claim_call(self.call, by=by, at=NOW)
        said = Said(number=birds["number"], name=birds["name"], place=birds["place"])
        note_words(self.call, said, by=by, at=NOW)
        where = Where(24.94, 60.17, birds["address"], birds["note"])
        self.incident = open_for_call(where, call=self.call, by=by, at=NOW).pk
        add_remark(self.incident, birds["remark"], by=by, at=NOW)
        relocate_incident(self.incident, where, by=by, at=NOW)

    def sent(self) -> UUID:
        """By the door's own columns."""
        body = f'{{"words": "{self.birds["words"]}", "thread": "{self.birds["thread"]}"}}'.encode()
        headers = {"x-source": self.birds["source"], "idempotency-key": self.birds["key"]}
        sealer = Sealer(vault())
        sealer.make_keys(NOW.date())
        kept = sealer.seal(contact_from("app", headers, body, received_at=NOW))
        with connection.cursor() as cursor:
            cursor.execute(
                f"INSERT INTO door_contact ({', '.join(TYPES)}, taken_by)"
                f" VALUES ({', '.join(['%s'] * len(TYPES))}, 'database')",
                [getattr(kept, name) for name in TYPES],
            )
        return kept.id

    def finish(self) -> None:
        wrap_up_call(self.call, "incident", by=call_taker(), at=NOW)
        close_incident(self.incident, "handled", by=dispatcher(), at=NOW)

    def seen_in(self, data: bytes) -> set[str]:
        return {name for name, bird in self.birds.items() if bird.encode() in data}

    def shown(self) -> str:
        """What the pages get."""
        by = dispatcher()
        told = caller_for(by, call_for(by, self.call), purpose="answer", at=NOW)
        details = details_for(by, incident_for(by, self.incident), purpose="handle", at=NOW)
        return f"{told} {details}"


@pytest.fixture
def case() -> Case:
    made = Case()
    made.happen()
    return made


def cluster() -> Cluster:
    """The server of the tests."""
    socket = Path(str(conninfo_to_dict(os.environ["CALLBOX_OWNER_URL"])["host"]))
    return Cluster(socket.parent.parent)


def dumped() -> bytes:
    """Every table, as a dump has it; large values are not compressed away."""
    with psycopg.connect(cluster().dsn(SUPERUSER, connection.settings_dict["NAME"])) as link:
        names = link.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'").fetchall()
        parts: list[bytes] = []
        for (name,) in names:
            copy = sql.SQL("COPY {} TO STDOUT (FORMAT binary)").format(sql.Identifier(name))
            with link.cursor().copy(copy) as rows:
                parts.extend(bytes(row) for row in rows)
    return b"".join(parts)


def on_disk() -> Iterator[bytes]:
    """The bytes of every file of the database and of its WAL, after a checkpoint."""
    server = cluster()
    with psycopg.connect(server.dsn(SUPERUSER, "postgres"), autocommit=True) as link:
        link.execute("CHECKPOINT")
    for folder in ("base", "pg_wal"):
        for path in (server.layout.data / folder).rglob("*"):
            if path.is_file():
                yield path.read_bytes()


SHOWN = set(FIELDS) - {"source", "key", "thread", "more", "late"}


def test_dump_files_and_wal_hold_nothing_personal_and_the_pages_show_it(case: Case) -> None:
    assert case.seen_in(dumped()) == set()
    assert set().union(*(case.seen_in(data) for data in on_disk())) == set()
    assert case.seen_in(case.shown().encode()) == SHOWN


def test_the_search_finds_what_is_not_sealed(monkeypatch: pytest.MonkeyPatch) -> None:
    """A control: with the sealing taken out, the same search finds every word that is kept."""
    import callbox.host.vault as module

    monkeypatch.setattr(module, "_sealed", lambda _cipher, head, data, _context: head + bytes(12) + data)
    monkeypatch.setattr(module, "_opened", lambda _cipher, sealed, _context: sealed[17:])
    open_case = Case()
    open_case.happen()
    assert open_case.seen_in(dumped()) == SHOWN | {"source", "key", "thread"}
    assert set().union(*(open_case.seen_in(data) for data in on_disk())) >= SHOWN


def erase(at: datetime) -> None:
    while retention.step(at):
        pass


def sealed_values() -> list[tuple[str, bytes]]:
    """Every sealed value with its context, as a copy of the database has it."""
    found = []
    for column in columns():
        with connection.cursor() as cursor:
            cursor.execute(
                f"SELECT {column.key}, {column.name} FROM {column.table} WHERE {column.name} IS NOT NULL"
            )
            found += [(column.context(key), bytes(value)) for key, value in cursor.fetchall()]
    return found


def test_every_sealed_column_is_known_wherever_its_keys_are_looked_after(case: Case) -> None:
    """One that was not known would lose its key at its date, though its matter is open."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT table_name FROM information_schema.columns WHERE column_name = 'sealed'")
        tables = {name for (name,) in cursor.fetchall()}
    assert {column.table for column in columns()} == tables - LASTING


def test_at_its_date_it_is_gone_from_the_tables_and_from_every_copy(case: Case, own_keys: Vault) -> None:
    case.finish()
    copy = sealed_values()
    assert len(copy) == 4
    for context, value in copy:
        assert own_keys.decrypt(value, context)
    erase(NOW + LAST_DATE)
    assert sealed_values() == []
    assert case.seen_in(case.shown().encode()) == set()
    for context, value in copy:
        with pytest.raises(CannotOpen) as refused:
            Vault(own_keys._keys.folder).decrypt(value, context)
        assert refused.value.why == "key_gone"
    assert verify().ok
    rows = {entry.facts["table"]: entry.facts["rows"] for entry in Entry.objects.filter(move="erase")}
    assert rows == dict.fromkeys(("door_contact", "intake_caller", "incidents_place", "incidents_remark"), 1)
    assert Entry.objects.filter(kind="erasure", move="destroy_keys").exists()


def test_nothing_is_erased_and_no_key_destroyed_before_the_date(case: Case, own_keys: Vault) -> None:
    case.finish()
    before, days, size = sealed_values(), own_keys.days(), journal_size()
    erase(NOW + timedelta(days=29))
    assert sealed_values() == before
    assert set(days) <= set(own_keys.days())
    assert journal_size() == size


def test_what_is_still_open_is_held_and_holds_up_no_other_key(case: Case, own_keys: Vault) -> None:
    copy = dict(sealed_values())
    erase(NOW + LAST_DATE)
    assert case.seen_in(case.shown().encode()) == SHOWN
    for context, value in copy.items():
        with pytest.raises(CannotOpen):
            own_keys.decrypt(value, context)
    case.finish()
    erase(NOW + LAST_DATE + timedelta(days=8))
    assert sealed_values() == []


def test_a_key_waits_for_the_row_that_it_opens(
    case: Case, own_keys: Vault, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Were a row neither erased nor held, its key would stay."""
    monkeypatch.setattr("callbox.access.keys.hold_rows", lambda **_: 0)
    erase(NOW + LAST_DATE)
    assert case.seen_in(case.shown().encode()) == SHOWN


@pytest.mark.parametrize("loss", ["lost", "other"])
def test_without_its_keys_a_row_says_so_and_nothing_breaks(case: Case, own_keys: Vault, loss: str) -> None:
    for day in own_keys.days():
        own_keys.destroy_day(day)
    if loss == "other":
        own_keys.make_ahead(NOW.date(), [timedelta(days=30), timedelta(days=180), timedelta(days=365)])
    assert case.seen_in(case.shown().encode()) == set()
    assert "These words cannot be read" in case.shown()
    note_words(case.call, Said(words=case.birds["more"]), by=call_taker(), at=NOW)
    by = call_taker()
    assert case.birds["more"] in caller_for(by, call_for(by, case.call), purpose="answer", at=NOW).words
    other = Case()
    other.happen()
    assert other.seen_in(other.shown().encode()) == SHOWN


def test_what_the_release_before_wrote_open_is_sealed(case: Case) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE intake_caller SET sealed = NULL, name = %s, words = %s",
            [case.birds["name"], case.birds["words"]],
        )
        cursor.execute("UPDATE incidents_place SET sealed = NULL, address = %s", [case.birds["address"]])
        cursor.execute("UPDATE incidents_remark SET sealed = NULL, text = %s", [case.birds["remark"]])
        cursor.execute("UPDATE door_contact SET sealed = NULL, body = %s", [case.birds["words"].encode()])
    open_fields = {"name", "words", "address", "remark"}
    assert case.seen_in(dumped()) == open_fields
    assert case.seen_in(case.shown().encode()) == open_fields
    assert retention.step(NOW) == 4
    assert retention.step(NOW) == 0
    assert case.seen_in(dumped()) == set()
    assert case.seen_in(case.shown().encode()) == open_fields


def test_the_check_opens_every_value_and_says_which_do_not(case: Case, own_keys: Vault) -> None:
    assert open_all() == {"opens": 4}
    own_keys.destroy_day((NOW + timedelta(days=30)).date())
    assert open_all() == {"opens": 3, "key_gone": 1}


def test_a_new_lasting_key_opens_the_factors_and_the_one_before_goes_later(own_keys: Vault) -> None:
    from allauth.mfa.models import Authenticator

    from callbox.access.factor_keys import rotate_lasting
    from callbox.access.vault import hidden, shown
    from tests.signed_in import person

    someone = person("factors", "dispatcher")
    Authenticator.objects.bulk_create(
        [Authenticator(user=someone, type="totp", data={"secret": hidden("made-up"), "plain": 7})]
    )
    assert rotate_lasting() == (2, 1)
    assert rotate_lasting() == (3, 1)
    assert own_keys.generations() == [2, 3]
    factor = Authenticator.objects.get()
    assert (shown(factor.data["secret"]), factor.data["plain"]) == ("made-up", 7)


SPELLED = (
    "SELECT digest = sha256(convert_to((to_jsonb(p) || jsonb_build_object('lon', %s::float8, 'lat', %s::float8,"
    " 'sealed', %s::bytea))::text, 'UTF8')) FROM journal_row r JOIN incidents_place p ON r.key = p.incident_id::text"
    " WHERE place = 'incidents_place' AND key = %s ORDER BY r.seq"
)


def guesses(incident: UUID, point: tuple[float, float], sealed: bytes | None) -> list[bool]:
    """Whether each digest ever noted of this place is that of this point beside what was sealed."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(ONE_SPELLING)
        cursor.execute(SPELLED, [*point, sealed, str(incident)])
        return [found for (found,) in cursor.fetchall()]


def test_a_point_alone_cannot_be_guessed_from_its_digest_once_it_was_erased(own_keys: Vault) -> None:
    point = (24.94, 60.17)
    incident = open_incident(Where(*point), by=call_taker(), at=NOW).pk
    kept = Place.objects.get(pk=incident).sealed
    sealed = None if kept is None else bytes(kept)
    assert guesses(incident, point, sealed) == [True], "the guess is spelled as the journal spells it"
    classify_incident(incident, Kind("FIRE.BUILDING"), by=call_taker(), at=NOW)
    close_incident(incident, "handled", by=dispatcher(), at=NOW)
    erase(NOW + LAST_DATE)
    assert Place.objects.filter(pk=incident, lon=None, sealed=None).exists()
    assert guesses(incident, point, None) == [False, False]
    assert verify().ok
