# SPDX-License-Identifier: Apache-2.0
"""Each invariant is silent about a sound installation and complains about each way in which one can be unsound."""

from collections.abc import Callable
from dataclasses import replace

import pytest

from callbox.drills.invariants import ALL, OVERTAKEN, check
from callbox.drills.ledger import Ack, Followed, Ledger, Move, Sent
from callbox.drills.load import load
from callbox.drills.site import HEALTHY_S, await_true, site
from callbox.drills.snapshot import ContactRow, EntryRow, MatterRow, Snapshot, read

DESK, UNIT = "desk:answering", "unit-1"


def sound() -> tuple[Ledger, Snapshot]:
    """Two contacts, each a call, the first an incident with a finished and an active assignment."""
    ledger, found = Ledger(), Snapshot()
    for number in (1, 2):
        sent = Sent(f"key-{number}", "web", "made-up", f"body {number}".encode(), float(number))
        sent.acks = [Ack(f"contact-{number}", "database", number + 0.1)] * number
        ledger.sent.append(sent)
        found.contacts.append(ContactRow(f"contact-{number}", sent.digest, "web", (10 * number, number)))
        found.taken.append((f"contact-{number}", f"call-{number}"))
    add(found, "call-1", "call", "open", "waiting", (30, 1), contact="contact-1")
    add(found, "call-2", "call", "open", "waiting", (31, 2), contact="contact-2")
    add(found, "call-1", "call", "claim", "answered", (32, 3))
    add(found, "sent-1", "assignment", "open", "assigned", (33, 4))
    add(found, "sent-1", "assignment", "clear", "clear", (34, 5))
    add(found, "sent-2", "assignment", "open", "assigned", (35, 6))
    add(found, "agency-1", "agency", "open", "", (36, 7))
    found.matters = [
        MatterRow("call-1", "call", "answered", 2, "person:1"),
        MatterRow("call-2", "call", "waiting", 1, DESK),
        MatterRow("sent-1", "assignment", "clear", 2, "person:1", False, UNIT),
        MatterRow("sent-2", "assignment", "assigned", 1, "person:1", True, UNIT),
    ]
    found.reader = (20, 2)
    found.committed = {xid: float(xid) for xid in range(1, 50)}
    ledger.moves = [Move("call-1", "claim"), Move("sent-1", "clear")]
    ledger.followed = [Followed((30, 1), [(31, 2), (32, 3), (33, 4)]), Followed((0, 0))]
    return ledger, found


def add(
    found: Snapshot,
    chain: str,
    kind: str,
    move: str,
    becomes: str,
    position: tuple[int, int],
    contact: str = "",
) -> None:
    number = 1 + sum(row.chain == chain for row in found.entries)
    found.entries.append(EntryRow(chain, number, kind, move, becomes, position, contact))


def test_a_sound_installation_passes() -> None:
    assert check(*sound()) == []


def test_who_was_not_committed_yet_does_not_wait() -> None:
    ledger, found = sound()
    complaints_before_an_emergency(ledger, found)
    found.committed |= {10: 29.5, 20: 29.5}
    assert not [one for one in check(ledger, found) if one.rule == "order"]


def test_what_is_looked_at_knows_when_it_was_committed() -> None:
    with site() as here, load(here, seed=3) as ledger:
        await_true(lambda: len(list(ledger.acknowledged())) > 2, HEALTHY_S, "nothing is accepted")
        here.await_healthy()
        found = here.look()
    assert {row.position[0] for row in found.contacts} <= found.committed.keys()
    assert {row.position[0] for row in found.entries if row.contact} <= found.committed.keys()
    assert len({row.contact for row in found.entries if row.contact}) > 2


def test_a_snapshot_survives_being_written() -> None:
    found = sound()[1]
    assert read(found.written()) == found


Breaker = Callable[[Ledger, Snapshot], object]


def no_contact(ledger: Ledger, found: Snapshot) -> None:
    del found.contacts[1]
    del found.taken[1]


def other_bytes(ledger: Ledger, found: Snapshot) -> None:
    found.contacts[0] = replace(found.contacts[0], digest=ledger.sent[1].digest)


def cut_bytes(ledger: Ledger, found: Snapshot) -> None:
    found.contacts[0] = replace(found.contacts[0], digest="0" * 64)


def two_identities(ledger: Ledger, found: Snapshot) -> None:
    ledger.sent[0].acks.append(Ack("contact-9", "spool", 3.0))


def an_unkept_second_yes(ledger: Ledger, found: Snapshot) -> None:
    ledger.sent[1].acks[1] = Ack("contact-9", "spool", 3.0)


def same_bytes_twice(ledger: Ledger, found: Snapshot) -> None:
    found.contacts.append(replace(found.contacts[0], id="contact-9"))


def an_unsent_contact(ledger: Ledger, found: Snapshot) -> None:
    found.contacts.append(ContactRow("contact-9", "f" * 64, "web", (15, 1)))


def another_channel(ledger: Ledger, found: Snapshot) -> None:
    found.contacts[1] = replace(found.contacts[1], channel="other")


def a_contact_without_a_call(ledger: Ledger, found: Snapshot) -> None:
    del found.taken[0]


def a_contact_in_two_calls(ledger: Ledger, found: Snapshot) -> None:
    found.taken.append(("contact-1", "call-2"))


def a_call_that_is_not_there(ledger: Ledger, found: Snapshot) -> None:
    found.taken[0] = ("contact-1", "call-9")


def a_call_of_a_contact_that_is_not_there(ledger: Ledger, found: Snapshot) -> None:
    found.taken.append(("contact-9", "call-2"))


def taken_twice(ledger: Ledger, found: Snapshot) -> None:
    add(found, "call-2", "call", "contact", "waiting", (40, 9), contact="contact-1")


def taken_out_of_order(ledger: Ledger, found: Snapshot) -> None:
    found.entries[0] = replace(found.entries[0], position=(31, 9))


def complaints_before_an_emergency(ledger: Ledger, found: Snapshot) -> None:
    for number in range(OVERTAKEN + 1):
        found.contacts.append(ContactRow(f"complaint-{number}", "c" * 64, "civic", (5, number)))
        add(found, f"c-{number}", "call", "open", "waiting", (29, number), contact=f"complaint-{number}")


def reader_behind(ledger: Ledger, found: Snapshot) -> None:
    found.reader = (10, 1)


def reader_ahead(ledger: Ledger, found: Snapshot) -> None:
    found.reader = (99, 1)


def reader_at_nothing(ledger: Ledger, found: Snapshot) -> None:
    found.reader = (0, 0)


def no_owner(ledger: Ledger, found: Snapshot) -> None:
    found.matters[0] = replace(found.matters[0], owner="")


def a_state_without_an_entry(ledger: Ledger, found: Snapshot) -> None:
    found.matters[1] = replace(found.matters[1], state="answered")


def a_version_without_an_entry(ledger: Ledger, found: Snapshot) -> None:
    found.matters[1] = replace(found.matters[1], version=2)


def a_matter_without_a_journal(ledger: Ledger, found: Snapshot) -> None:
    found.matters.append(MatterRow("call-9", "call", "waiting", 1, DESK))


def a_matter_twice(ledger: Ledger, found: Snapshot) -> None:
    found.matters.append(found.matters[0])


def two_active_assignments(ledger: Ledger, found: Snapshot) -> None:
    add(found, "sent-3", "assignment", "open", "assigned", (41, 9))
    found.matters.append(MatterRow("sent-3", "assignment", "assigned", 1, "person:1", True, UNIT))


def cleared_and_active(ledger: Ledger, found: Snapshot) -> None:
    found.matters[2] = replace(found.matters[2], active=True)
    found.matters[3] = replace(found.matters[3], active=False)


def a_move_that_was_lost(ledger: Ledger, found: Snapshot) -> None:
    ledger.moves.append(Move("call-2", "claim"))


def an_assignment_that_was_lost(ledger: Ledger, found: Snapshot) -> None:
    ledger.moves.append(Move("sent-9", "open"))


def a_move_made_twice(ledger: Ledger, found: Snapshot) -> None:
    add(found, "call-1", "call", "claim", "answered", (42, 9))
    found.matters[0] = replace(found.matters[0], version=3)


def a_screen_skipped_one(ledger: Ledger, found: Snapshot) -> None:
    del ledger.followed[0].shown[1]


def a_screen_skipped_the_first(ledger: Ledger, found: Snapshot) -> None:
    del ledger.followed[0].shown[0]


def a_screen_saw_one_twice(ledger: Ledger, found: Snapshot) -> None:
    ledger.followed[0].shown.append((33, 4))


def a_screen_saw_the_past(ledger: Ledger, found: Snapshot) -> None:
    ledger.followed[0].shown.insert(0, (30, 1))


def a_screen_saw_what_was_never_committed(ledger: Ledger, found: Snapshot) -> None:
    ledger.followed[0].shown.insert(1, (31, 77))


def a_screen_saw_them_out_of_order(ledger: Ledger, found: Snapshot) -> None:
    shown = ledger.followed[0].shown
    shown[0], shown[1] = shown[1], shown[0]


def a_hash_that_does_not_fit(ledger: Ledger, found: Snapshot) -> None:
    found.journal_problem = "hash: entry 3"


def an_entry_that_is_missing(ledger: Ledger, found: Snapshot) -> None:
    found.entries[4] = replace(found.entries[4], number=3)


def an_entry_twice(ledger: Ledger, found: Snapshot) -> None:
    found.entries.append(replace(found.entries[6], position=(43, 9)))


BREAKERS: tuple[tuple[Breaker, str], ...] = (
    (no_contact, "lost"),
    (other_bytes, "bytes"),
    (cut_bytes, "unsent"),
    (two_identities, "doubled"),
    (an_unkept_second_yes, "lost"),
    (same_bytes_twice, "doubled"),
    (an_unsent_contact, "unsent"),
    (another_channel, "channel"),
    (a_contact_without_a_call, "lost"),
    (a_contact_in_two_calls, "doubled"),
    (a_call_that_is_not_there, "calls"),
    (a_call_of_a_contact_that_is_not_there, "calls"),
    (taken_twice, "doubled"),
    (taken_out_of_order, "order"),
    (complaints_before_an_emergency, "order"),
    (reader_behind, "reader"),
    (reader_ahead, "reader"),
    (reader_at_nothing, "reader"),
    (no_owner, "owner"),
    (a_state_without_an_entry, "state"),
    (a_version_without_an_entry, "state"),
    (a_matter_without_a_journal, "state"),
    (a_matter_twice, "doubled"),
    (two_active_assignments, "assignments"),
    (cleared_and_active, "assignments"),
    (a_move_that_was_lost, "lost"),
    (an_assignment_that_was_lost, "lost"),
    (a_move_made_twice, "doubled"),
    (a_screen_skipped_one, "lost"),
    (a_screen_skipped_the_first, "lost"),
    (a_screen_saw_one_twice, "doubled"),
    (a_screen_saw_the_past, "doubled"),
    (a_screen_saw_what_was_never_committed, "doubled"),
    (a_screen_saw_them_out_of_order, "order"),
    (a_hash_that_does_not_fit, "journal"),
    (an_entry_that_is_missing, "journal"),
    (an_entry_twice, "journal"),
)


@pytest.mark.parametrize(("breaker", "rule"), BREAKERS, ids=[breaker.__name__ for breaker, _ in BREAKERS])
def test_what_is_broken_is_found(breaker: Breaker, rule: str) -> None:
    ledger, found = sound()
    breaker(ledger, found)
    assert rule in {broken.rule for broken in check(ledger, found)}


def test_each_invariant_finds_something() -> None:
    silent = {each.__name__ for each in ALL}
    for breaker, _rule in BREAKERS:
        ledger, found = sound()
        breaker(ledger, found)
        silent -= {each.__name__ for each in ALL if check(ledger, found, [each])}
    assert silent == set()
