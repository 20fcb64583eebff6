# SPDX-License-Identifier: Apache-2.0
"""Reading rows of a model by a condition that is written out. For what nearly every request reads.

Django puts a query together anew each time it is asked, which costs more than running it.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from django.db import DEFAULT_DB_ALIAS, connection
from django.db.models import Model


@dataclass(frozen=True, slots=True)
class _Select:
    """How rows of a model are asked for. converted: the places of fields that Django converts on reading, and how."""

    text: str
    names: Sequence[str]
    converted: Sequence[tuple[int, Callable[..., Any]]]

    def values(self, row: Sequence[Any]) -> Sequence[Any]:
        """What the model's fields hold for a row of the database."""
        if not self.converted:
            return row
        said = list(row)
        for place, convert in self.converted:
            said[place] = convert(said[place], None, connection)
        return said


@cache
def _select(model: type[Model], condition: str) -> _Select:
    fields = model._meta.concrete_fields
    columns = ", ".join(f'"{each.column}"' for each in fields)
    return _Select(
        f'SELECT {columns} FROM "{model._meta.db_table}" WHERE {condition}',
        [each.attname for each in fields],
        [(place, to) for place, each in enumerate(fields) for to in each.get_db_converters(connection)],
    )


def fetch[M: Model](model: type[M], condition: str, *values: Any) -> list[M]:
    """The rows that meet a condition: SQL with %s for each value, and with ORDER BY where the order counts.

    The condition is fixed text of the caller's, never anybody's words.
    """
    select = _select(model, condition)
    with connection.cursor() as cursor:
        cursor.execute(select.text, values)
        return [
            model.from_db(DEFAULT_DB_ALIAS, select.names, select.values(row)) for row in cursor.fetchall()
        ]


def fetch_one[M: Model](model: type[M], condition: str, *values: Any) -> M | None:
    """The one row that meets a condition, such as that of a key; None where there is none."""
    return next(iter(fetch(model, condition, *values)), None)
