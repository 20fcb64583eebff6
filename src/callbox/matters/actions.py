# SPDX-License-Identifier: Apache-2.0
"""The one way in which state changes: check, compare-and-swap, journal entry, clocks, in one transaction."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from functools import partial
from typing import Any
from uuid import UUID

from django.db import connection, transaction

from callbox.journal.actions import First, append, begin_chains
from callbox.kernel.actor import Actor
from callbox.kernel.errors import Conflict
from callbox.kernel.text import gettext_noop as _
from callbox.kernel.workflow import Move, Workflow, check_codes, check_move
from callbox.matters import clocks, queries
from callbox.matters.domain import NOTHING, Change, Moved, Opening, workflow_of
from callbox.matters.models import Matter, Part
from callbox.matters.sweeping import PORTION, PutOff, sweep

SWAP = """
UPDATE matters_matter SET state = %(to)s, final = %(final)s, version = version + 1, round = %(round)s,
  owner = coalesce(%(owner)s, owner), changed_at = %(at)s,
  closed_at = CASE WHEN %(final)s THEN coalesce(closed_at, %(at)s) END,
  scope = ARRAY(SELECT DISTINCT key FROM unnest(scope || %(add)s::text[]) key
    WHERE key <> ALL (%(drop)s::text[]) ORDER BY key)
WHERE id = %(id)s AND state = %(was)s AND round = %(was_round)s
  AND (%(seen)s::bigint IS NULL OR version = %(seen)s
    OR (version = ticked_to AND %(seen)s::bigint >= ticked_from AND %(seen)s::bigint <= version))
RETURNING version, owner, scope
"""


TOUCH = """
UPDATE matters_matter SET version = version + 1, owner = coalesce(%(owner)s, owner),
  scope = ARRAY(SELECT DISTINCT key FROM unnest(scope || %(add)s::text[]) key
    WHERE key <> ALL (%(drop)s::text[]) ORDER BY key)
WHERE id = %(id)s RETURNING version, state, round, owner, scope
"""
INSERT = """
INSERT INTO matters_matter
  (id, opened_at, changed_at, kind, workflow_version, state, version, owner, scope, final, round)
SELECT *, %(kind)s::text, %(workflow_version)s::smallint, %(state)s::text, 1, %(owner)s::text, %(scope)s::text[],
  false, 1
FROM unnest(%(ids)s::uuid[], %(opened)s::timestamptz[], %(opened)s::timestamptz[]) ON CONFLICT (id) DO NOTHING
"""

# A refusal deep inside undoes the whole action: the room's own transaction, not a savepoint of this one.
in_callers_transaction = transaction.atomic(savepoint=False)


@in_callers_transaction
def open_matter(
    workflow: Workflow,
    matter_id: UUID,
    *,
    owner: str,
    scope: Iterable[str],
    by: Actor,
    at: datetime,
    change: Change = NOTHING,
    state: str | None = None,
    whole: Matter | None = None,
    mandatory: bool = True,
) -> Matter:
    """Begin a matter in its first state (or `state`), with its first journal entry; as a part of `whole` when given.

    Raises NotAllowed, or Conflict when a matter of this id is there already.
    """
    opening = Opening(matter_id, at, change)
    role, (matter,) = _insert(workflow, [opening], state or workflow.start, owner, scope, by)
    if whole is not None:
        Part.objects.create(part=matter, whole=whole, mandatory=mandatory)
        queries.lock_open(whole.id)
    _write(matter, "open", "", {**change.facts, "owner": owner}, role, by, at)
    clocks.begin([(matter, change.clocks, at)])
    return matter


@in_callers_transaction
def open_matters(
    workflow: Workflow, openings: Sequence[Opening], *, owner: str, scope: Iterable[str], by: Actor
) -> list[Matter]:
    """Begin many matters of one owner and scope, all or none, each with its first journal entry, in this order.

    Raises NotAllowed, or Conflict when a matter of one of the ids is there already.
    """
    role, matters = _insert(workflow, openings, workflow.start, owner, scope, by)
    firsts = [First(each.id, each.at, {**each.change.facts, "owner": owner}) for each in openings]
    keys = matters[0].scope if matters else ()
    begin_chains(firsts, workflow.kind, "open", becomes=workflow.start, scope=keys, actor=by.id, role=role)
    clocks.begin(
        (matter, each.change.clocks, each.at) for matter, each in zip(matters, openings, strict=True)
    )
    return matters


def _insert(
    workflow: Workflow, openings: Sequence[Opening], state: str, owner: str, scope: Iterable[str], by: Actor
) -> tuple[str, list[Matter]]:
    for opening in openings:
        check_codes(opening.change.facts)
    keys = sorted({*scope, owner})
    role = by.require(f"{workflow.kind}.open", keys)
    same: dict[str, Any] = {
        "kind": workflow.kind,
        "workflow_version": workflow.version,
        "state": state,
        "owner": owner,
        "scope": keys,
    }
    each: dict[str, Any] = {
        "ids": [opening.id for opening in openings],
        "opened": [opening.at for opening in openings],
    }
    with connection.cursor() as cursor:
        cursor.execute(INSERT, same | each)
        if cursor.rowcount < len(openings):
            raise Conflict(_("This exists already. Look at it again, then decide."))
    return role, [
        Matter(id=each.id, version=1, opened_at=each.at, changed_at=each.at, **same) for each in openings
    ]


@in_callers_transaction
def move(matter: Matter, name: str, change: Change = NOTHING, *, by: Actor, at: datetime) -> Moved:
    """Make one move of a matter that the caller read through a query.

    Raises NotAllowed, Invalid (a fact is missing), or Conflict when the matter is not, or no longer, in a state
    from which the move starts, or when mandatory parts are still open. Nothing is changed then.
    """
    workflow = workflow_of(matter.kind, matter.workflow_version)
    role = by.require(f"{matter.kind}.{name}", matter.scope)
    step = check_move(workflow, matter.state, name, change.facts)
    was = _swap(matter, step, workflow, change, by, at)
    facts = {**change.facts, "owner": matter.owner} if change.owner else change.facts
    entry = _write(matter, name, was, facts, role, by, at)
    # One of a name that begins again, and still runs or has fired unanswered, is over.
    clocks.stop(matter, [*step.stops, *change.clocks], at, everything=step.closes)
    clocks.begin([(matter, change.clocks, at)], change.calendar)
    return Moved(matter.id, was, matter.state, matter.version, entry)


def _let_go(matter: Matter, dropped: Iterable[str], by: Actor) -> None:
    """Who drops a key of their own still sees this matter until the transaction ends: it is not finished with it.

    PostgreSQL would refuse a row that its writer could not read back.
    """
    if not by.keys.isdisjoint(dropped):
        with connection.cursor() as cursor:
            cursor.execute("SELECT set_config('callbox.let_go', %s, true)", [str(matter.id)])


def _swap(matter: Matter, step: Move, workflow: Workflow, change: Change, by: Actor, at: datetime) -> str:
    was, to = matter.state, step.to or matter.state
    _let_go(matter, change.drop_scope, by)
    round_ = matter.round + 1 if step.new_round else matter.round
    with connection.cursor() as cursor:
        cursor.execute(
            SWAP,
            {
                "id": matter.id,
                "was": was,
                "to": to,
                "final": to in workflow.final,
                "was_round": matter.round,
                "round": round_,
                "owner": change.owner,
                "add": sorted({*change.add_scope, *({change.owner} if change.owner else ())}),
                "drop": sorted(change.drop_scope),
                "seen": change.seen,
                "at": at,
            },
        )
        row = cursor.fetchone()
    if row is None:
        raise Conflict
    if step.closes:
        check_parts(matter)  # after the swap: who adds a part waits for this row, or is seen here
    matter.version, matter.owner, matter.scope = row
    matter.state, matter.round, matter.final, matter.changed_at = to, round_, to in workflow.final, at
    return was


def check_parts(matter: Matter) -> None:
    """Raises Conflict, naming the mandatory parts that are still open, as far as they are seen now."""
    still_open = queries.open_parts(matter.id)
    if still_open:
        named = ", ".join(f"{part.part.kind} ({part.part.state})" for part in still_open)
        raise Conflict(
            _("This cannot be closed yet. Still open: %(parts)s. Close or waive them first."), parts=named
        )


def _write(
    matter: Matter, name: str, was: str, facts: Mapping[str, object], role: str, by: Actor, at: datetime
) -> int:
    return append(
        matter.id,
        matter.kind,
        name,
        was=was,
        becomes=matter.state,
        round_=matter.round,
        facts=facts,
        scope=matter.scope,
        actor=by.id,
        role=role,
        at=at,
    ).seq


@in_callers_transaction
def waive_part(whole: Matter, part_id: UUID, reason: str, *, by: Actor, at: datetime) -> None:
    """Let the whole close without this part. The reason is a code or short text without personal data."""
    role = by.require(f"{whole.kind}.waive_part", whole.scope)
    check_codes({"reason": reason})
    if not Part.objects.filter(whole=whole, part_id=part_id, waived=False).update(waived=True):
        raise Conflict
    touch(whole)
    _write(whole, "waive_part", whole.state, {"part": part_id, "reason": reason}, role, by, at)


@in_callers_transaction
def note(
    matter: Matter, name: str, facts: Mapping[str, object], role: str, *, by: Actor, at: datetime
) -> None:
    """Write an entry that is no move. The matter's row stays locked until COMMIT."""
    check_codes(facts)
    touch(matter)
    _write(matter, name, matter.state, facts, role, by, at)


def fire_due_clocks(
    *,
    by: Actor,
    at: datetime,
    limit: int = PORTION,
    known: queries.Known | None = None,
    put_off: PutOff | None = None,
) -> int:
    """Fire each running clock whose time has come, once: the matter's journal says that the promise is late.

    At most `limit` of them; how many. Safe with many sweepers and after a crash: matters are taken with SKIP LOCKED,
    and each clock flips by compare-and-swap in the entry's transaction. known: what due times are reckoned with, when
    it has been read. put_off: remembers from one sweep to the next which clocks failed.
    """
    read = partial(queries.due_clocks, known or queries.known_now(), at)
    return sweep(read, partial(clocks.fire, by=by, at=at), limit, put_off or PutOff(), at)


def touch(
    matter: Matter, *, owner: str | None = None, add: str = "", drop: str = "", by: Actor | None = None
) -> None:
    """Count an entry that is no move in the matter's version, and read what the row says now.

    The row stays locked until COMMIT, so that the entry tells of the state it stands in. by: who drops a key.
    """
    if by is not None:
        _let_go(matter, [drop], by)
    with connection.cursor() as cursor:
        cursor.execute(
            TOUCH,
            {"id": matter.id, "owner": owner, "add": [add] if add else [], "drop": [drop] if drop else []},
        )
        matter.version, matter.state, matter.round, matter.owner, matter.scope = cursor.fetchone()
