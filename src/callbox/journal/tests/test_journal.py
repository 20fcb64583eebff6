# SPDX-License-Identifier: Apache-2.0
import os
from uuid import UUID

import psycopg
import pytest
from django.db import connection, transaction
from tests.world import AT

from callbox.journal import actions, queries
from callbox.kernel.ids import new_id

pytestmark = pytest.mark.usefixtures("committed")


def write(chain: UUID, count: int = 1, **more: object) -> None:
    for number in range(count):
        with transaction.atomic():
            facts = {"n": number, "text": "多语言 ü \u2028", **more}
            actions.append(
                chain,
                "thing",
                "step",
                facts=facts,
                scope=["agency:x"],
                actor="system:test",
                role="system",
                at=AT,
            )


def owner() -> psycopg.Connection:
    return psycopg.connect(os.environ["CALLBOX_OWNER_URL"], autocommit=True)


def by_hand(statement: str) -> None:
    """Change the database as its owner, with the triggers off: what a rewriter of history would do."""
    with owner() as link:
        for table in ("journal_entry", "journal_seal"):
            link.execute(f"ALTER TABLE {table} DISABLE TRIGGER append_only")
        try:
            link.execute(statement)
        finally:
            for table in ("journal_entry", "journal_seal"):
                link.execute(f"ALTER TABLE {table} ENABLE TRIGGER append_only")


def test_what_was_written_verifies() -> None:
    one, other = new_id(), new_id()
    write(one, 3)
    write(other, 2)
    assert actions.seal_entries(at=AT) == 5
    verdict = queries.verify()
    assert (verdict.ok, verdict.entries, verdict.chains, verdict.seals) == (True, 5, 2, 1)


def test_an_entry_needs_the_transaction_of_its_change() -> None:
    with pytest.raises(RuntimeError, match="transaction"):
        actions.append(new_id(), "thing", "step", actor="a", role="r", at=AT)


def test_a_fact_that_could_not_be_verified_is_refused_and_nothing_is_written() -> None:
    chain = new_id()
    with pytest.raises(TypeError, match="more than one spelling"), transaction.atomic():
        actions.append(chain, "thing", "step", facts={"metres": 1.5}, actor="a", role="r", at=AT)
    assert queries.history(chain) == []


@pytest.mark.parametrize("statement", ["UPDATE {t} SET hash = hash", "DELETE FROM {t}", "TRUNCATE {t}"])
@pytest.mark.parametrize("table", ["journal_entry", "journal_seal", "access_personalread"])
def test_the_database_itself_refuses_changes(table: str, statement: str) -> None:
    write(new_id())
    actions.seal_entries(at=AT)
    statement = (
        statement.format(t=table)
        if table != "access_personalread"
        else statement.format(t=table).replace("hash = hash", "role = role")
    )
    with (
        pytest.raises(Exception, match="permission denied"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(statement)
    with owner() as link, pytest.raises(psycopg.errors.RestrictViolation, match="never changed"):
        link.execute(statement)


TAMPERING = [
    ("UPDATE journal_entry SET facts = '{{\"n\": 99}}' WHERE chain = '{c}' AND number = 2", "hash", 2),
    (
        "UPDATE journal_entry SET at = at + interval '1 microsecond' WHERE chain = '{c}' AND number = 1",
        "hash",
        1,
    ),
    (
        "UPDATE journal_entry SET recorded_at = recorded_at + interval '1 s' WHERE chain = '{c}' AND number = 3",
        "hash",
        3,
    ),
    ("UPDATE journal_entry SET actor = 'person:other' WHERE chain = '{c}' AND number = 3", "hash", 3),
    ("UPDATE journal_entry SET role = 'supervisor' WHERE chain = '{c}' AND number = 2", "hash", 2),
    ("UPDATE journal_entry SET becomes = 'closed' WHERE chain = '{c}' AND number = 2", "hash", 2),
    ("UPDATE journal_entry SET scope = '{{}}' WHERE chain = '{c}' AND number = 2", "hash", 2),
    ("UPDATE journal_entry SET hash = sha256('x') WHERE chain = '{c}' AND number = 2", "hash", 2),
    ("UPDATE journal_entry SET prev = sha256('x') WHERE chain = '{c}' AND number = 2", "link", 2),
    ("DELETE FROM journal_entry WHERE chain = '{c}' AND number = 2", "gap", 3),
    ("UPDATE journal_entry SET number = 7 WHERE chain = '{c}' AND number = 3", "gap", 7),
]


@pytest.mark.parametrize(("statement", "problem", "number"), TAMPERING)
def test_verifying_names_the_first_entry_that_does_not_fit(statement: str, problem: str, number: int) -> None:
    chain = new_id()
    write(chain, 3)
    by_hand(statement.format(c=chain))
    verdict = queries.verify()
    assert not verdict.ok
    assert verdict.entry is not None
    assert (verdict.problem, verdict.entry.chain, verdict.entry.number) == (problem, chain, number)


def test_cutting_the_end_off_a_chain_shows_in_its_head_and_in_the_seal() -> None:
    chain = new_id()
    write(chain, 3)
    actions.seal_entries(at=AT)
    by_hand(f"DELETE FROM journal_entry WHERE chain = '{chain}' AND number = 3")
    assert queries.verify().problem.startswith("head:")
    by_hand(
        "UPDATE journal_chain c SET length = 2,"
        " head = (SELECT hash FROM journal_entry WHERE chain = c.id AND number = 2)"
    )
    assert queries.verify().problem.startswith("seal:")


def test_a_whole_chain_that_vanished_shows_in_the_seal() -> None:
    gone = new_id()
    write(gone, 2)
    write(new_id(), 2)
    actions.seal_entries(at=AT)
    by_hand(f"DELETE FROM journal_entry WHERE chain = '{gone}'")
    by_hand(f"DELETE FROM journal_chain WHERE id = '{gone}'")
    assert queries.verify().problem.startswith("seal:")


def test_a_changed_or_missing_seal_shows() -> None:
    for _ in range(3):
        write(new_id())
        actions.seal_entries(at=AT)
    by_hand("DELETE FROM journal_seal WHERE number = 2")
    assert "seal 3 does not follow" in queries.verify().problem


def test_readers_stop_at_an_open_transaction_and_skip_nothing() -> None:
    """Entry B commits while A, written earlier, is still open: a reader must not pass A's place."""
    first, second = new_id(), new_id()
    with psycopg.connect(os.environ["DATABASE_URL"]) as slow:
        slow.execute("SELECT pg_current_xact_id()")  # A's transaction has its number now
        write(second)
        assert queries.entries_after(queries.START, 100) == []
        slow.execute(
            "INSERT INTO journal_entry (chain, number, kind, move, was, becomes, round, actor, role, at,"
            " recorded_at, facts, scope, prev, hash)"
            " VALUES (%s, 1, 'k', 'm', '', '', 1, 'a', 'r', now(), now(), '{}', '{}', '', '')",
            [first],
        )
    assert [entry.chain for entry in queries.entries_after(queries.START, 100)] == [first, second]


def test_a_position_moves_by_compare_and_swap() -> None:
    assert actions.move_position("reader", queries.START, (5, 5))
    assert not actions.move_position("reader", queries.START, (6, 6))
    assert queries.position_of("reader") == (5, 5)
    assert actions.move_position("reader", (5, 5), (6, 1))


def test_sealing_goes_on_where_it_stopped() -> None:
    write(new_id(), 2)
    assert actions.seal_entries(at=AT) == 2
    assert actions.seal_entries(at=AT) == 0
    write(new_id(), 1)
    assert actions.seal_entries(at=AT) == 1
    assert queries.verify().seals == 2


def test_what_is_committed_is_answered_with_a_yes_when_the_hint_is_lost() -> None:
    chain = new_id()
    with transaction.atomic():
        transaction.on_commit(connection.connection.close)  # the line is cut just after the commit
        write(chain)
    connection.close()
    assert len(queries.history(chain)) == 1
