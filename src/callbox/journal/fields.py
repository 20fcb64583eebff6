# SPDX-License-Identifier: Apache-2.0
"""PostgreSQL's own transaction number, which orders what readers may read."""

from typing import TYPE_CHECKING, Any

from django.db import models
from django.db.models.expressions import RawSQL

if TYPE_CHECKING:
    _BigInteger = models.BigIntegerField[int, int]
else:
    _BigInteger = models.BigIntegerField  # not subscriptable when it runs


class TransactionId(_BigInteger):
    """The xid8 of a transaction: the one that writes the row, or (given=False) one that is written in."""

    def __init__(self, *args: Any, given: bool = True, **kwargs: Any) -> None:
        self.given = given
        if given:
            kwargs.setdefault("db_default", RawSQL("pg_current_xact_id()", []))
        kwargs.setdefault("editable", False)
        super().__init__(*args, **kwargs)

    def deconstruct(self) -> Any:
        """What a migration writes down."""
        name, path, args, kwargs = super().deconstruct()
        if not self.given:
            kwargs["given"] = False
        return name, path, args, kwargs

    def get_prep_value(self, value: Any) -> Any:
        """A whole number goes to the database as text: PostgreSQL has no cast from bigint to xid8."""
        return str(value) if isinstance(value, int) else value

    def db_type(self, connection: object) -> str:
        """The column's type in PostgreSQL."""
        return "xid8"
