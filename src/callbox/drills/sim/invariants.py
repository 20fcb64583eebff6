# SPDX-License-Identifier: Apache-2.0
"""What must be true in the end, each a function over the record and the tables; each yields what is broken."""

from collections import Counter
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any
from uuid import UUID

from callbox.door.sealing import opened
from callbox.drills.sim.tables import Values
from callbox.drills.sim.world import World
from callbox.host.vault import CannotOpen
from callbox.intake.domain import QUEUE
from callbox.journal.domain import Written, first_misfit
from callbox.matters.domain import WORKFLOWS

OFFERED_S = 2.0 + 2.0  # the promise, and what a rough network takes
FIRED_S = timedelta(seconds=5)
SEALED_S = timedelta(seconds=15)


def broken_in(world: World) -> list[str]:
    """Everything that is broken, as `rule: what`."""
    return [f"{rule}: {what}" for rule, check in RULES.items() for what in dict.fromkeys(check(world))]


def kept(world: World) -> Iterator[str]:
    """What was acknowledged is there once, with the same bytes; nothing is there that was not sent."""
    there: dict[tuple[str, str], list[bytes]] = {}
    for row in world.rows("door_contact"):
        try:
            head, body = opened(world.door.vault, row["id"], row["sealed"])
        except CannotOpen:
            yield "a contact has other bytes"
            continue
        there.setdefault((head["source"], head["key"]), []).append(body)
    for sending in world.record.sendings:
        found = there.pop((sending.source, sending.key), [])
        if len(found) > 1:
            yield "a contact is there twice"
        if sending.yes and not found:
            yield f"a contact accepted by the {sending.yes[0]} is gone"
        if any(body != sending.body for body in found):
            yield "a contact has other bytes"
    if there:
        yield "a contact is there that nobody sent"


def offered(world: World) -> Iterator[str]:
    """Each contact is one call, soon after things are healthy."""
    calls = Counter(row["contact"] for row in world.rows("intake_callcontact"))
    opened = {row["matter_id"] for row in world.rows("intake_call")}
    joined = {row["contact"]: row["call_id"] for row in world.rows("intake_callcontact")}
    for contact, at in world.record.contacts_at.items():
        if world.row("door_contact", contact, "id") is None:
            continue
        if calls[contact] != 1 or joined[contact] not in opened:
            yield "a contact is no call"
        elif world.record.calls_at[contact] - max(at, _healthy(world, at)) > OFFERED_S:
            yield "a contact waits too long to be a call"
    if world.door.door is not None and world.door.door.spool.waiting:
        yield "the spool is not drained"


def _healthy(world: World, at: float) -> float:
    return max((end for end in world.healthy if end >= at - 60.0), default=0.0)


def entries(world: World) -> dict[UUID, list[Written]]:
    """The journal by chain."""
    found: dict[UUID, list[Written]] = {}
    for row in sorted(world.rows("journal_entry"), key=lambda row: row["number"]):
        found.setdefault(row["chain"], []).append(_written(row))
    return found


def _written(row: Values) -> Written:
    return Written(
        **{name: row[name] for name in Written.__dataclass_fields__} | {"scope": tuple(row["scope"])}
    )


def told(world: World) -> Iterator[str]:
    """The journal tells every change, and its chains fit."""
    journal = entries(world)
    if first_misfit([entry for chain in journal.values() for entry in chain]) is not None:
        yield "a chain does not fit"
    for matter in world.rows("matters_matter"):
        chain = journal.get(matter["id"], [])
        if len(chain) != matter["version"]:
            yield f"{matter['kind']}: as many entries as versions"
        if not chain or (chain[-1].becomes, chain[-1].round) != (matter["state"], matter["round"]):
            yield f"{matter['kind']}: the last entry does not say the state"
    there = {entry.seq for chain in journal.values() for entry in chain}
    for _matter, entry, what in world.record.moved:
        if entry not in there:
            yield f"{what} was told done and is not there"


def moves(world: World) -> Iterator[str]:
    """Each matter goes from state to state as its workflow has it, one move after the other."""
    for chain in entries(world).values():
        workflow, state, round_ = WORKFLOWS.get((chain[0].kind, 1)), None, 1
        if workflow is None:
            continue
        for entry in chain:
            move = workflow.by_name.get(entry.move)
            if state is not None and entry.was != state:
                yield f"{entry.kind}: {entry.move} from a state that it had left"
            elif move is not None and entry.was not in move.sources:
                yield f"{entry.kind}: {entry.move} from a state that does not have it"
            if entry.round != (round_ + 1 if move and move.new_round else round_):
                yield f"{entry.kind}: {entry.move} in another round"
            state, round_ = entry.becomes, entry.round


def owned(world: World) -> Iterator[str]:
    """Each matter has the owner that the journal tells, and ownership passes only as it may."""
    journal = entries(world)
    for matter in world.rows("matters_matter"):
        owner = ""
        for entry in journal.get(matter["id"], []):
            after = str(entry.facts.get("owner", owner))
            if not _may_pass(entry, owner, after):
                yield f"{entry.kind}: {entry.move} gives it to the wrong owner"
            owner = after
        if matter["owner"] != owner or not owner:
            yield f"{matter['kind']}: the journal tells another owner"
        if matter["kind"] == "call" and matter["state"] == "answered" and not owner.startswith("person:"):
            yield "an answered call belongs to nobody"


def _may_pass(entry: Written, before: str, after: str) -> bool:
    if entry.move == "claim":
        return after == entry.actor
    if entry.move == "release":
        return after == QUEUE
    if entry.move == "offer_accepted":
        return after == entry.facts.get("taker")
    return entry.move == "open" or after == before


def clocks(world: World) -> Iterator[str]:
    """Each promise that was not kept is told once, and none is forgotten."""
    late = Counter(
        (entry.chain, entry.facts["clock"], entry.facts["started_at"]) for entry in _moved(world, "late")
    )
    old = world.schedule.wall - FIRED_S
    for clock in world.rows("matters_clock"):
        key = (clock["matter_id"], clock["name"], clock["started_at"].isoformat(timespec="microseconds"))
        if late[key] > 1:
            yield "a clock fired twice"
        if late[key] != (clock["fired_at"] is not None):
            yield "a clock fired untold"
        if not clock["fired_at"] and not clock["stopped_at"] and clock["due_at"] < old:
            yield "a clock is forgotten"


def promises(world: World) -> Iterator[str]:
    """What is over has no clock that runs, and what was kept is not told late."""
    for entry in _moved(world, "late"):
        if entry.facts["clock"] == "answer" and entry.becomes not in ("waiting", "lost"):
            yield "a promise is told late that was kept"
    running = {row["matter_id"] for row in world.rows("matters_clock") if row["stopped_at"] is None}
    for matter in world.rows("matters_matter"):
        if matter["final"] and matter["id"] in running:
            yield "a clock runs for what is over"


def _moved(world: World, move: str) -> list[Written]:
    return [entry for chain in entries(world).values() for entry in chain if entry.move == move]


def parts(world: World) -> Iterator[str]:
    """What is closed has no open part that it needs."""
    for part in world.rows("matters_part"):
        whole, own = world.matter(part["whole_id"]), world.matter(part["part_id"])
        if whole["final"] and part["mandatory"] and not part["waived"] and not own["final"]:
            yield "an incident was closed over a unit that is still on it"


def units(world: World) -> Iterator[str]:
    """A unit has one active assignment at most; what waits behind it is taken up; off duty it has none."""
    by_unit: dict[UUID, list[Values]] = {}
    for row in world.rows("dispatch_assignment"):
        matter = world.matter(row["matter_id"])
        if row["active"] != (matter["state"] in ("assigned", "acknowledged", "en_route", "on_scene")):
            yield "an assignment is active and its state says otherwise"
        if not matter["final"]:
            by_unit.setdefault(row["unit_id"], []).append(row)
    for unit, rows in by_unit.items():
        active = sum(row["active"] for row in rows)
        if active > 1:
            yield "two are active"
        if not active:
            yield "what waited behind the last is forgotten"
        if world.matter(unit)["state"] == "off_duty":
            yield "a unit went off duty with an assignment"


def going(world: World) -> Iterator[str]:
    """An incident to which nobody goes any more says so."""
    for row in world.rows("incidents_incident"):
        found = world.tables.tables["dispatch_assignment"].found("incident_id", (row["matter_id"],))
        sent_ = [each.committed for each in found if each.committed]
        is_open = [each for each in sent_ if not world.matter(each["matter_id"])["final"]]
        if world.matter(row["matter_id"])["state"] == "dispatched" and not is_open:
            yield "an incident waits for a unit that is not coming"


def milestones(world: World) -> Iterator[str]:
    """Milestones stand in their order, whatever a phone says and however late; a repeat changes nothing."""
    for row in world.rows("dispatch_assignment"):
        names = ("assigned_at", "acknowledged_at", "en_route_at", "on_scene_at", "clear_at")
        times = [row[name] for name in names if row[name] is not None]
        if times != sorted(times):
            yield "a later milestone is before an earlier one"
    if any(len(answers) > 1 for answers in world.record.answers.values()):
        yield "a repeat was answered otherwise"


def streams(world: World) -> Iterator[str]:
    """Screens were given what was committed, in order, once."""
    order = sorted((row["xid"], row["seq"]) for row in world.rows("journal_entry") if row["kind"] in KINDS)
    for seen in world.record.screens:
        if seen.begun is None:
            continue
        if any(a >= b for a, b in zip(seen.places, seen.places[1:], strict=False)):
            yield "out of order or twice"
        last = seen.places[-1] if seen.places else seen.begun
        owed = [place for place in order if seen.begun < place <= last]
        if set(owed) - set(seen.places):
            yield "an entry is missing on a screen"
        if set(seen.places) - set(owed):
            yield "a screen has an entry that is not there"
        is_in = seen.ticket.signin not in world.record.signed_out
        if is_in and order and last < order[-1]:
            yield "a screen stays behind"


KINDS = ("call", "incident", "assignment", "unit")


def sealed(world: World) -> Iterator[str]:
    """Every entry is under a seal, once."""
    seals = sorted(world.rows("journal_seal"), key=lambda row: row["number"])
    last = (seals[-1]["last_xid"], seals[-1]["last_seq"]) if seals else (0, 0)
    rows = world.rows("journal_entry")
    if sum(row["count"] for row in seals) != sum((row["xid"], row["seq"]) <= last for row in rows):
        yield "an entry is under no seal, or under two"
    old = world.schedule.wall - SEALED_S
    if any((row["xid"], row["seq"]) > last and row["recorded_at"] < old for row in rows):
        yield "an entry waits for its seal"


RULES: dict[str, Callable[[World], Iterator[Any]]] = {
    "kept": kept,
    "offered": offered,
    "told": told,
    "moves": moves,
    "owned": owned,
    "clocks": clocks,
    "promises": promises,
    "parts": parts,
    "units": units,
    "going": going,
    "milestones": milestones,
    "streams": streams,
    "sealed": sealed,
}
