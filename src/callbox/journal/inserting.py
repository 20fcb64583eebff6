# SPDX-License-Identifier: Apache-2.0
"""Writing new rows of a model. Part of the room's actions; for what comes one by one, and often.

Django puts the statement together anew each time, which costs more than running it.
"""

from collections.abc import Sequence
from functools import cache
from typing import Any

from django.db import connection
from django.db.models import AutoField, Field, Model


@cache
def _statement(model: type[Model]) -> "tuple[str, tuple[Field[Any, Any], ...]]":
    fields = tuple(each for each in model._meta.concrete_fields if not isinstance(each, AutoField))
    names = ", ".join(f'"{each.column}"' for each in fields)
    places = ", ".join(["%s"] * len(fields))
    return f'INSERT INTO "{model._meta.db_table}" ({names}) VALUES ({places})', fields


def insert(rows: Sequence[Model]) -> None:
    """Write new rows of one model. Every field is said by the row; numbers that the database gives are not read back.

    Call inside the transaction of the change.
    """
    if len(rows) != 1:
        if rows:
            type(rows[0])._default_manager.bulk_create(rows)
        return
    text, fields = _statement(type(rows[0]))
    values = [each.get_db_prep_save(getattr(rows[0], each.attname), connection) for each in fields]
    with connection.cursor() as cursor:
        cursor.execute(text, values)
