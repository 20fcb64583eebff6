# SPDX-License-Identifier: Apache-2.0
"""Writing down who called: sealed, under the row's lock. Part of the room's actions."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from callbox.intake.callers import COLUMN, FIELDS, fields_of
from callbox.intake.domain import Said
from callbox.intake.models import Call, Caller

BLANK: dict[str, Any] = {
    "name": "",
    "number": "",
    "words": "",
    "place": "",
    "type_hint": "",
    "lon": None,
    "lat": None,
}


def keep(calls: Iterable[tuple[Call, Said, datetime]]) -> None:
    """Write the rows of new calls, each with what was said and until when it is kept."""
    Caller.objects.bulk_create(_row(*each) for each in calls)


def _row(call: Call, said: Said, retain_until: datetime) -> Caller:
    fields = {name: getattr(said, name) for name in FIELDS if getattr(said, name) not in ("", None)}
    return Caller(call=call, sealed=COLUMN.seal(call.pk, fields, retain_until), retain_until=retain_until)


def rewrite(call: Call, changes: Mapping[str, object], *, more_words: str | None = None) -> None:
    """Change these fields, under the row's lock; more_words: a line that is added to the words.

    What cannot be opened is put aside as it is, so that whoever talks to the caller can go on writing.
    """
    caller = Caller.objects.select_for_update().get(call=call)
    fields, why = fields_of(caller)
    if more_words is not None:
        fields["words"] = f"{fields.get('words', '')}\n{more_words}"
    given: dict[str, Any] = {"sealed": COLUMN.seal(call.pk, {**fields, **changes}, caller.retain_until)}
    if not why and not COLUMN.read(call.pk, caller.unread)[1]:
        given["unread"] = None  # it is among the fields now
    elif why and caller.unread is None:
        given["unread"] = caller.sealed
    Caller.objects.filter(pk=call.pk).update(**given, **BLANK)
