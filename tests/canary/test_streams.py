# SPDX-License-Identifier: Apache-2.0
"""No live stream tells anybody what the policy does not let them follow; ticket and database each hold alone."""

import json
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from callbox.host.releases import session_name
from tests.canary.doors import door_of, followed, something_happens, streams
from tests.canary.scene import FOREIGN, LEFT, OWN, Night
from tests.canary.tokens import Judge, Texts, Token
from tests.rls.test_layers import switch

CREWS = {"crew": OWN, "other_crew": FOREIGN}


@pytest.fixture
def without_rows() -> Iterator[None]:
    """The database shows everything to everybody."""
    switch("DISABLE")
    yield
    switch("ENABLE")


def walk(night: Night, home: Path, *module: str) -> tuple[dict[str, str], list[Token]]:
    """What each stream said, and every token there was."""
    lately: list[Token] = []
    with door_of(home, *module) as door:
        said = streams(door, night, lambda: something_happens(night, door, lately))
        ask_wrongly(door)
    return said, [*night.tokens, *lately, *followed(night)]


def ask_wrongly(door) -> None:  # type: ignore[no-untyped-def]
    """Whatever makes it write into its log, with words of people in hand."""
    for path in ("/door/stream?ticket=kanarie", "/door/stream?after=kanarie", "/door/kanarie"):
        assert door.ask("GET", path).status in (403, 404)
    with psycopg.connect(door.database_url) as link:
        link.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = %s"
            " AND query LIKE '%%door_contact%%' AND pid <> pg_backend_pid()",
            [session_name()],
        )
    door.wait_until(lambda: "cannot read the database" in door.log.read_text())


def leaks(night: Night, said: dict[str, str], tokens: list[Token]) -> dict[str, list[str]]:
    """By walker, the tokens that they should not have been told."""
    found = {}
    for walker in night.walkers:
        judge, texts = Judge(walker.person, walker.role, walker.keys), Texts.of(said[walker.name])
        told = [each.field for each in tokens if not judge.may_see(each) and each.found_in(texts)]
        if told:
            found[walker.name] = told
    return found


def missing(night: Night, said: dict[str, str]) -> list[str]:
    """What a stream should have told of what its person follows."""
    found = []
    for walker in night.walkers:
        judge, texts = Judge(walker.person, walker.role, walker.keys), Texts.of(said[walker.name])
        for token in followed(night):
            if judge.must_see(token) and not token.found_in(texts):
                found.append(f"{walker.name}: {token.field}")
    return found


def test_a_stream_tells_what_its_person_follows_and_nothing_else(night: Night, tmp_path: Path) -> None:
    said, tokens = walk(night, tmp_path)
    assert leaks(night, said, tokens) == {}
    assert missing(night, said) == []
    assert "event: contact" in said["call_taker"]
    assert "event: position" not in said["crew"]
    lines = (tmp_path / "door.log").read_text().splitlines()
    assert {"time", "level", "logger", "event"} <= set(json.loads(lines[-1]))
    logged = Texts.of("\n".join(json.dumps(json.loads(line), ensure_ascii=False) for line in lines))
    assert [each.field for each in tokens if not each.whole and each.found_in(logged)] == []


def test_the_database_alone_keeps_it_when_every_ticket_passes(night: Night, tmp_path: Path) -> None:
    said, tokens = walk(night, tmp_path, "tests.canary.unguarded_door")
    hidden = [each for each in tokens if each.field != "live.contact_id"]  # which has the ticket alone
    assert leaks(night, said, hidden) == {}
    assert missing(night, said) == []


def test_the_ticket_alone_keeps_it_when_the_database_shows_everything(
    night: Night, tmp_path: Path, without_rows: None
) -> None:
    said, tokens = walk(night, tmp_path)
    found = leaks(night, said, tokens)
    found.pop(LEFT, None)  # a ticket does not know what was: who has left is kept out by the database alone
    assert found == {}


def test_without_both_the_walk_finds_what_is_anothers(
    night: Night, tmp_path: Path, without_rows: None
) -> None:
    said, tokens = walk(night, tmp_path, "tests.canary.unguarded_door")
    found = leaks(night, said, tokens)
    for crew, other in {"crew": FOREIGN, "other_crew": OWN}.items():
        assert {f"{other}.incident", f"{other}.assignment", f"{other}.call"} <= set(found[crew])
    assert "event: position" in said["crew"]
