# SPDX-License-Identifier: Apache-2.0
"""Which histories the desk shows: by their keys, or the last that anything was told of. Part of the queries."""

from collections.abc import Sequence

from django.db import connection

from callbox.kernel.actor import Actor
from callbox.oversight.domain.events import History
from callbox.oversight.queries import SEE, histories_of

PAGE, RECENT, ROWS = (
    50,
    300,
    6_000,
)  # keys a page; histories that a rule is tried on; rows looked back for them
KEYS = """SELECT DISTINCT key FROM oversight_eventobject WHERE kind = %s AND key > %s ORDER BY key LIMIT %s"""
LAST = """SELECT key FROM (SELECT event_id, key FROM oversight_eventobject WHERE kind = %s
  ORDER BY event_id DESC LIMIT %s) AS r GROUP BY key ORDER BY max(event_id) DESC LIMIT %s"""


def keys_for(actor: Actor, kind: str, after: str, most: int = PAGE) -> list[str]:
    """The next keys of a kind of object, after this one. Raises NotFound."""
    actor.require_sight(SEE)
    return _keys(KEYS, [kind, after, most])


def recent_for(actor: Actor, kind: str) -> Sequence[History]:
    """The histories that were told of last, at most RECENT. Raises NotFound."""
    actor.require_sight(SEE)
    return list(histories_of(kind, _keys(LAST, [kind, ROWS, RECENT])).values())


def _keys(query: str, parameters: Sequence[str | int]) -> list[str]:
    with connection.cursor() as cursor:
        cursor.execute(query, parameters)
        return [str(row[0]) for row in cursor.fetchall()]
