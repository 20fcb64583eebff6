# SPDX-License-Identifier: Apache-2.0
"""What the engine that follows events knows, in PostgreSQL: states by compare-and-swap, and the timers that are due.

Part of the room's actions and queries; the rows are Callbox's own, nobody's to see.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import connection

from callbox.kernel.errors import Conflict
from callbox.oversight.columns import Whole, moment_of
from callbox.oversight.following.log import NEVER
from callbox.oversight.following.state import count_unknown, rule_mark

NEW = 0
KEEP = """
INSERT INTO oversight_followed AS f (kind, key, state, next_at, rev, library)
SELECT %s::text, t.*, %s::text FROM unnest(%s::text[], %s::bytea[], %s::timestamptz[], %s::bigint[])
  AS t (key, state, next_at, rev) ORDER BY t.key
ON CONFLICT (kind, key) DO UPDATE SET state = excluded.state, next_at = excluded.next_at, rev = excluded.rev,
  library = excluded.library
WHERE f.rev = excluded.rev - 1
"""
DUE = "SELECT kind, key FROM oversight_followed WHERE next_at <= %s ORDER BY next_at LIMIT %s"
READ = "SELECT key, state, rev FROM oversight_followed WHERE kind = %s AND key = ANY (%s)"
STATES = """
SELECT kind, key, state FROM oversight_followed WHERE (kind, key) > (%s, %s) ORDER BY kind, key LIMIT %s
"""
PORTION = 10_000
# Other models than those of whom these were judged, and objects of which nothing was judged yet.
RENEW = "UPDATE oversight_followed SET next_at = %s WHERE library <> %s AND next_at IS DISTINCT FROM %s"
ENROL = """
INSERT INTO oversight_followed (kind, key, state, next_at, rev, library)
SELECT kind, key, '', %s::timestamptz, 1, '' FROM oversight_object o WHERE kind = ANY (%s)
  AND NOT EXISTS (SELECT FROM oversight_followed f WHERE (f.kind, f.key) = (o.kind, o.key))
ORDER BY kind, key ON CONFLICT DO NOTHING
"""


@dataclass(frozen=True, slots=True)
class Row:
    """What is kept of one object. rev: how often it was written."""

    state: bytes
    rev: int


def keep(
    kind: str, keys: Sequence[str], states: Sequence[bytes], next_at: Whole, revs: Sequence[int], library: str
) -> None:
    """Write what is now said of these objects, and when to look again (microseconds, or NEVER).

    revs: what was read of each, NEW where there was nothing. All or none: raises Conflict where another one was first.
    """
    moments = [None if at == NEVER else moment_of(at) for at in next_at.tolist()]
    with connection.cursor() as cursor:
        cursor.execute(KEEP, [kind, library, list(keys), list(states), moments, [rev + 1 for rev in revs]])
        if cursor.rowcount != len(keys):
            raise Conflict


def rows_of(kind: str, keys: Iterable[str]) -> dict[str, Row]:
    """What is kept of these objects."""
    with connection.cursor() as cursor:
        cursor.execute(READ, [kind, list(keys)])
        return {key: Row(bytes(state), rev) for key, state, rev in cursor.fetchall()}


def due(at: datetime, limit: int) -> list[tuple[str, str]]:
    """The objects (kind, key) whose moment has come, those first that have waited longest."""
    with connection.cursor() as cursor:
        cursor.execute(DUE, [at, limit])
        return [(kind, key) for kind, key in cursor.fetchall()]


def judged_by_rule(codes: Iterable[str]) -> dict[str, tuple[int, int]]:
    """How many activations of each of these rules are judged now, and how many of them are unknown."""
    counted = Counter[tuple[int, bool]]()
    for state in _states():
        counted.update(count_unknown(state))
    by_rule = {code: rule_mark(code) for code in codes}
    told = {
        code: (counted[mark, False] + counted[mark, True], counted[mark, True])
        for code, mark in by_rule.items()
    }
    return {code: said for code, said in told.items() if said[0]}


def _states() -> Iterator[bytes]:
    """All that is kept, many objects at once."""
    last = ("", "")
    with connection.cursor() as cursor:
        while True:
            cursor.execute(STATES, [*last, PORTION])
            rows = cursor.fetchall()
            yield b"".join(bytes(state) for _kind, _key, state in rows)
            if len(rows) < PORTION:
                return
            last = rows[-1][:2]


def renew(kinds: Sequence[str], library: str, at: datetime) -> int:
    """Whatever was judged by other models is due now, and whatever was judged by none; how many objects."""
    with connection.cursor() as cursor:
        cursor.execute(RENEW, [at, library, at])
        count = cursor.rowcount
        cursor.execute(ENROL, [at, list(kinds)])
        return int(count + cursor.rowcount)
