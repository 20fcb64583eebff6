# SPDX-License-Identifier: Apache-2.0
"""Wrong guesses: counted for a while, so that guessing is slow. Part of the actions.

A guess is counted before it is looked at and struck out when it was right, so that many at once gain nothing.
Counted are: the name together with the browser (one that this person has signed in with before has a count of its
own, so that a stranger who guesses for ever locks nobody out of their own browser), and the address.
"""

import hashlib
import hmac
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import datetime

from django.conf import settings
from django.db import transaction

from callbox.access.limits import count, minutes
from callbox.access.models import FailedSignIn
from callbox.kernel.errors import NotAllowed
from callbox.kernel.text import gettext_noop as _

NAME, SOURCE, FACTOR, SYSTEM = "name", "source", "factor", "system"


def marks_of(name: str, browser: str, source: str, *, kind: str = NAME) -> dict[str, str]:
    """What a guess is counted for. kind: a password (NAME) or a second factor (FACTOR) of that name.

    browser: of the person's own browser its secret, else "". source: the address it came from.
    """
    return {kind: _mark(kind, name.casefold(), browser), SOURCE: _mark(SOURCE, source)}


@contextmanager
def one_guess(marks: dict[str, str], *, at: datetime) -> Iterator[None]:
    """Look at a guess in the block, which is counted before; a block that ends well says that it was right.

    Then it is struck out, and the count for the name begins anew. Raises NotAllowed, and counts nothing, when
    there were too many.
    """
    rows = _count(marks, at)
    yield
    _strike(rows)
    own = [mark for kind, mark in marks.items() if kind != SOURCE]
    FailedSignIn.objects.filter(who__in=own).delete()


def check_guesses(marks: dict[str, str], *, at: datetime) -> None:
    """Whether there may be one more. Raises NotAllowed."""
    _check(marks, 1, at)


def note_wrong(marks: dict[str, str], *, at: datetime) -> None:
    """One more that was wrong. For what nobody guesses by trying many at once: a key of a machine."""
    _note(marks, at)


def _count(marks: dict[str, str], at: datetime) -> list[int]:
    made = _note(marks, at)
    try:
        _check(marks, 0, at)
    except NotAllowed:
        _strike(made)
        raise
    return made


def _note(marks: dict[str, str], at: datetime) -> list[int]:
    with transaction.atomic():
        FailedSignIn.objects.filter(at__lte=at - minutes("guess_window", at.date())).delete()
        return [FailedSignIn.objects.create(who=mark, at=at).pk for mark in marks.values()]


def _check(marks: dict[str, str], more: int, at: datetime) -> None:
    window = minutes("guess_window", at.date())
    for kind, mark in marks.items():
        limit = count("guesses_by_source" if kind == SOURCE else "guesses_by_name", at.date())
        if FailedSignIn.objects.filter(who=mark, at__gt=at - window).count() + more > limit:
            raise NotAllowed(
                _("Too many wrong guesses. Wait %(minutes)s minutes, or ask an administrator."),
                minutes=int(window.total_seconds() // 60),
            )


def _strike(rows: Iterable[int]) -> None:
    FailedSignIn.objects.filter(pk__in=list(rows)).delete()


def _mark(*parts: str) -> str:
    """What stands for them: people type passwords into the wrong field, and none is kept; nor is an address."""
    typed = "\0".join(("guess", *parts)).encode(errors="replace")
    return hmac.new(settings.CONFIG.secret, typed, hashlib.sha256).hexdigest()[:32]
