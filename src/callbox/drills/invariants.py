# SPDX-License-Identifier: Apache-2.0
"""What must be true after any fault: pure functions over the senders' ledger and what is there."""

from bisect import bisect_left
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import pairwise

from callbox.door.domain import lane_of
from callbox.drills.ledger import FOLLOWED, Ledger
from callbox.drills.result import DOUBLED, LOST, Broken
from callbox.drills.snapshot import Snapshot

OVERTAKEN = 40  # twice what the reader of a lane takes before it looks for more urgent ones
OFFERED_S = 2.0  # what is promised once all is well
Invariant = Callable[[Ledger, Snapshot], Iterator[Broken]]


def acknowledged_is_there(ledger: Ledger, found: Snapshot) -> Iterator[Broken]:
    """Each contact whose sender heard a yes is there, under the identity given, with the same bytes."""
    digests = {row.id: row.digest for row in found.contacts}
    for sent in ledger.acknowledged():
        for identity in {ack.id for ack in sent.acks}:
            if identity not in digests:
                yield Broken(LOST, f"contact {identity} was acknowledged and is not there")
            elif digests[identity] != sent.digest:
                yield Broken("bytes", f"contact {identity} has other bytes than were sent")


def one_identity(ledger: Ledger, _found: Snapshot) -> Iterator[Broken]:
    """Every yes to one contact gives the same identity."""
    for sent in ledger.acknowledged():
        if len({ack.id for ack in sent.acks}) > 1:
            yield Broken(DOUBLED, f"the contact {sent.key} was given two identities")


def there_once(_ledger: Ledger, found: Snapshot) -> Iterator[Broken]:
    """No bytes are there twice: each contact of a drill has bytes of its own."""
    for digest, times in Counter(row.digest for row in found.contacts).items():
        if times > 1:
            yield Broken(DOUBLED, f"the bytes {digest[:12]} are there {times} times")


def nothing_else_is_there(ledger: Ledger, found: Snapshot) -> Iterator[Broken]:
    """Nothing is there that nobody sent."""
    known = {sent.digest for sent in ledger.sent}
    for row in found.contacts:
        if row.digest not in known:
            yield Broken("unsent", f"contact {row.id} was sent by nobody")


def same_channel(ledger: Ledger, found: Snapshot) -> Iterator[Broken]:
    """A contact is there under the channel by which it came."""
    known = {sent.digest: sent.channel for sent in ledger.sent}
    for row in found.contacts:
        if row.digest in known and row.channel != known[row.digest]:
            yield Broken(
                "channel", f"contact {row.id} came by {known[row.digest]} and stands as {row.channel}"
            )


def each_contact_is_in_one_call(_ledger: Ledger, found: Snapshot) -> Iterator[Broken]:
    """Each contact belongs to exactly one call, which is there; no call tells of a contact that is not."""
    calls = {row.id for row in found.matters if row.kind == "call"}
    times = Counter(contact for contact, _call in found.taken)
    for row in found.contacts:
        if times[row.id] != 1:
            rule = DOUBLED if times[row.id] else LOST
            yield Broken(rule, f"contact {row.id} belongs to {times[row.id]} calls")
    known = {row.id for row in found.contacts}
    for contact, call in found.taken:
        if call not in calls:
            yield Broken("calls", f"contact {contact} belongs to call {call}, which is not there")
        if contact not in known:
            yield Broken("calls", f"call {call} has contact {contact}, which is not there")


def taken_in_order_once(_ledger: Ledger, found: Snapshot) -> Iterator[Broken]:
    """The reaction that makes calls took each contact once, those of a lane in the order they were committed in."""
    told = [
        row for row in found.entries if row.contact and row.kind == "call" and row.move in ("open", "contact")
    ]
    for contact, times in Counter(row.contact for row in told).items():
        if times > 1:
            yield Broken(DOUBLED, f"contact {contact} was taken {times} times")
    place = {row.id: (lane_of(row.channel).name, row.position) for row in found.contacts}
    taken = [place[row.contact] for row in sorted(told, key=lambda row: row.position) if row.contact in place]
    for lane in {lane for lane, _ in taken}:
        for before, after in pairwise(position for of, position in taken if of == lane):
            if after < before:
                yield Broken("order", f"the contact at {after} was taken after the one at {before}")


def the_more_urgent_is_taken_first(_ledger: Ledger, found: Snapshot) -> Iterator[Broken]:
    """Once a contact could have been offered, no more than two portions from less urgent lanes went before it.

    Readers see it when it is committed and nothing older is under way, the server's own upkeep included; how long
    that took nobody writes down, so it has the time that is promised.
    """
    arrived = {
        row.id: (lane_of(row.channel).rank, found.committed[row.position[0]] + OFFERED_S)
        for row in found.contacts
        if row.position[0] in found.committed
    }
    told = (row for row in found.entries if row.kind == "call" and row.move in ("open", "contact"))
    taken = {row.contact: found.committed[row.position[0]] for row in told if row.contact in arrived}
    for rank in sorted({of for of, _ in arrived.values()}):
        less_urgent = sorted(at for contact, at in taken.items() if arrived[contact][0] > rank)
        for contact, at in taken.items():
            of, since = arrived[contact]
            before = bisect_left(less_urgent, at) - bisect_left(less_urgent, since) if of == rank else 0
            if before > OVERTAKEN:
                yield Broken("order", f"{before} less urgent contacts went before the contact {contact}")


def the_reader_has_read_all(_ledger: Ledger, found: Snapshot) -> Iterator[Broken]:
    """The reaction's position stands at the last contact, not before and not beyond."""
    last = max((row.position for row in found.contacts), default=(0, 0))
    if found.reader != last:
        yield Broken("reader", f"contacts are read up to {found.reader}, the last one is at {last}")


def owned_and_in_one_state(_ledger: Ledger, found: Snapshot) -> Iterator[Broken]:
    """Each matter is owned, is there once, and is in the state and version that its journal ends with."""
    ends: dict[str, tuple[int, str]] = {}
    for row in found.entries:
        ends[row.chain] = max(ends.get(row.chain, (0, "")), (row.number, row.becomes))
    for identity, times in Counter(row.id for row in found.matters).items():
        if times > 1:
            yield Broken(DOUBLED, f"matter {identity} is there {times} times")
    for matter in found.matters:
        if not matter.owner:
            yield Broken("owner", f"{matter.kind} {matter.id} is owned by nobody")
        if ends.get(matter.id) != (matter.version, matter.state):
            said = ends.get(matter.id)
            yield Broken(
                "state", f"{matter.kind} {matter.id} is {matter.state} {matter.version}, journal {said}"
            )


def one_active_assignment(_ledger: Ledger, found: Snapshot) -> Iterator[Broken]:
    """A unit has at most one active assignment, and a finished assignment is not active."""
    active = [row for row in found.matters if row.kind == "assignment" and row.active]
    for unit, times in Counter(row.unit for row in active).items():
        if times > 1:
            yield Broken("assignments", f"unit {unit} has {times} active assignments")
    for row in active:
        if row.state in ("clear", "withdrawn"):
            yield Broken("assignments", f"assignment {row.id} is {row.state} and active")


def acknowledged_moves_are_there(ledger: Ledger, found: Snapshot) -> Iterator[Broken]:
    """Each move whose yes arrived stands in the journal exactly once."""
    times = Counter((row.chain, row.move) for row in found.entries)
    for (chain, move), said in Counter((one.chain, one.move) for one in ledger.moves).items():
        if times[chain, move] < said:
            yield Broken(LOST, f"the move {move} of {chain} was acknowledged and is not in the journal")
        elif times[chain, move] > said:
            yield Broken(DOUBLED, f"the move {move} of {chain} is in the journal {times[chain, move]} times")


def screens_saw_all_in_order(ledger: Ledger, found: Snapshot) -> Iterator[Broken]:
    """What a screen was shown is what was committed since it joined: all of it, in order, once."""
    committed = sorted(row.position for row in found.entries if row.kind in FOLLOWED)
    for screen in ledger.followed:
        if not screen.shown:
            continue
        due = [place for place in committed if screen.after < place <= max(screen.shown)]
        if screen.shown == due:
            continue
        missing, more = set(due) - set(screen.shown), Counter(screen.shown) - Counter(due)
        if missing:
            yield Broken(LOST, f"a screen was not shown {len(missing)} entries, the first {min(missing)}")
        if more:
            yield Broken(DOUBLED, f"a screen was shown {len(more)} entries again or too much")
        if not missing and not more:
            yield Broken("order", "a screen was shown entries out of order")


def journal_verifies(_ledger: Ledger, found: Snapshot) -> Iterator[Broken]:
    """Every hash, link, head and seal fits."""
    if found.journal_problem:
        yield Broken("journal", found.journal_problem)


def no_entry_is_missing(_ledger: Ledger, found: Snapshot) -> Iterator[Broken]:
    """The entries of each chain are numbered from one without a gap."""
    numbers: dict[str, list[int]] = {}
    for row in found.entries:
        numbers.setdefault(row.chain, []).append(row.number)
    for chain, known in numbers.items():
        if sorted(known) != list(range(1, len(known) + 1)):
            yield Broken("journal", f"the entries of {chain} are numbered {sorted(known)}")


ALL: Sequence[Invariant] = (
    acknowledged_is_there,
    one_identity,
    there_once,
    nothing_else_is_there,
    same_channel,
    each_contact_is_in_one_call,
    taken_in_order_once,
    the_more_urgent_is_taken_first,
    the_reader_has_read_all,
    owned_and_in_one_state,
    one_active_assignment,
    acknowledged_moves_are_there,
    screens_saw_all_in_order,
    journal_verifies,
    no_entry_is_missing,
)


def check(ledger: Ledger, found: Snapshot, which: Iterable[Invariant] = ALL) -> list[Broken]:
    """Everything that is not as it must be."""
    return [broken for invariant in which for broken in invariant(ledger, found)]
