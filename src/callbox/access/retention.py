# SPDX-License-Identifier: Apache-2.0
"""Erasing at its date, and noting that it was done. Part of the room's actions."""

from datetime import datetime, timedelta
from typing import Any
from uuid import uuid5

from django.contrib.sessions.models import Session
from django.db import transaction
from django.db.models import QuerySet

from callbox.access.actions import NAMESPACE
from callbox.access.limits import minutes
from callbox.access.models import FailedSignIn, SignIn, WideningText
from callbox.journal.actions import append
from callbox.kernel.actor import Actor

PORTION = 500


def blank_due(
    due: "QuerySet[Any]", *, by: Actor, at: datetime, most: int = PORTION, **blank: object
) -> list[Any]:
    """Set these columns of a portion of the rows, and journal how many of which table; the keys of the rows.

    In the caller's transaction. due: rows that may be erased now. Raises NotAllowed.
    """
    keys = list(due.values_list("pk", flat=True)[:most])
    due.model._default_manager.filter(pk__in=keys).update(**blank)
    note_erased(due.model._meta.db_table, len(keys), by=by, at=at)
    return keys


def note_erased(table: str, rows: int, *, by: Actor, at: datetime) -> int:
    """Journal that so many rows of a table were erased, in the transaction that erases them; nothing for 0.

    Returns rows. Raises NotAllowed.
    """
    return _note("erase", table, rows, by, at)


def note_sealed(table: str, rows: int, *, by: Actor, at: datetime) -> int:
    """Journal that so many rows that an older release wrote open were sealed, in that transaction; as above."""
    return _note("seal_old", table, rows, by, at)


def note_held(table: str, rows: int, *, by: Actor, at: datetime) -> int:
    """Journal that so many rows past their date are kept a while longer, in that transaction; as above."""
    return _note("hold", table, rows, by, at)


def _note(move: str, table: str, rows: int, by: Actor, at: datetime) -> int:
    role = by.require("personal.erase")
    if rows:
        facts = {"table": table, "rows": rows}
        chain = uuid5(NAMESPACE, f"erasure/{table}")
        append(chain, "erasure", move, facts=facts, actor=by.id, role=role, at=at)
    return rows


@transaction.atomic
def erase_expired(*, by: Actor, at: datetime) -> int:
    """Erase reasons and sign-ins whose date has come, sessions that ran out, guesses that count no more; how many.

    Sessions and guesses hold no personal data in clear (only hashes and ids): their going is not journalled.
    """
    due = WideningText.objects.filter(retain_until__lte=at).exclude(sealed=b"")
    count = len(blank_due(due, by=by, at=at, sealed=b"")) + _erase_sign_ins(by, at)
    old = Session.objects.filter(expire_date__lte=at).values_list("pk", flat=True)[:PORTION]
    sessions, _rows = Session.objects.filter(pk__in=list(old)).delete()
    window = minutes("guess_window", at.date())
    guesses, _rows = FailedSignIn.objects.filter(at__lte=at - window - timedelta(seconds=1)).delete()
    return count + sessions + guesses


def _erase_sign_ins(by: Actor, at: datetime) -> int:
    """The journal still says that they began and ended."""
    ended = SignIn.objects.filter(ended_at__lte=at - minutes("sign_in_kept", at.date()))
    count, _rows = SignIn.objects.filter(pk__in=list(ended.values_list("pk", flat=True)[:PORTION])).delete()
    return note_erased("access_signin", count, by=by, at=at)
