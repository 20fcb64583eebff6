# SPDX-License-Identifier: Apache-2.0
"""Personal data in the database: one sealed column for each row, with its keys outside. Part of the queries.

A model with the fields `sealed` and `retain_until` has one, so that one step can look at all of them: whether each
value opens, and which keys are still needed.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.apps import apps
from django.utils.translation import gettext

from callbox.host.vault import CannotOpen, vault
from callbox.kernel.text import gettext_noop as _

type Bytes = bytes | memoryview[int]  # a driver may hand out either
WHY = {
    "key_gone": _(
        "These words cannot be read: their key is not there. It was destroyed at its date, or is lost."
    ),
    "damaged": _("These words cannot be read: they were altered, or sealed with other keys."),
}


@dataclass(frozen=True, slots=True)
class Column:
    """A column of sealed values. key: the column that names the row; `retain_until` says when it is erased."""

    table: str
    key: str
    name: str = "sealed"

    def context(self, key: object) -> str:
        """What binds a value to its row."""
        return f"{self.table}/{self.name}/{key}"

    def seal(self, key: object, fields: Mapping[str, object], retain_until: datetime) -> bytes:
        """The fields of one row, sealed until its date. Raises OSError when there is no key at all."""
        data = json.dumps(fields, ensure_ascii=False, separators=(",", ":")).encode(errors="replace")
        return vault().encrypt(data, retain_until, self.context(key))

    def open(self, key: object, sealed: Bytes) -> dict[str, Any]:
        """The fields again. Raises CannotOpen."""
        found: dict[str, Any] = json.loads(vault().decrypt(bytes(sealed), self.context(key)))
        return found

    def read(self, key: object, sealed: Bytes | None) -> tuple[dict[str, Any], str]:
        """The fields and "", or no fields and why they cannot be read. Nothing and "" once erased."""
        if sealed is None:
            return {}, ""
        try:
            return self.open(key, sealed), ""
        except CannotOpen as refused:
            return {}, refused.why


def columns() -> list[Column]:
    """The sealed columns of all rooms, by table, whatever parts of the rooms this process has read."""
    names = {"sealed", "retain_until"}
    models = [
        model for model in apps.get_models() if names <= {each.name for each in model._meta.get_fields()}
    ]
    found = [Column(model._meta.db_table, str(model._meta.pk.column)) for model in models]
    return sorted(found, key=lambda each: each.table)


def cannot_read(why: str) -> str:
    """What stands in place of the words, in the language of the request."""
    return gettext(WHY[why])
