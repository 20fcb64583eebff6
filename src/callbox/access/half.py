# SPDX-License-Identifier: Apache-2.0
"""Half signed in: the password (or the directory) was right, the second factor is still to come.

It stands in the session and gives nothing: no role, no sign-in, no stream.
"""

from dataclasses import dataclass
from datetime import datetime

from django.http import HttpRequest

from callbox.access.limits import minutes
from callbox.access.models import Person

KEY = "half"
PROVE, SET_UP = "prove", "set_up"


@dataclass(frozen=True, slots=True)
class Half:
    """Who it is, what they still have to do (PROVE or SET_UP), how they came, and where they wanted to go."""

    person: Person
    step: str
    method: str
    asked: str


def begin_half(
    request: HttpRequest, person: Person, step: str, method: str, asked: str, *, at: datetime
) -> None:
    """Remember it in a session of its own."""
    request.session.flush()
    request.session[KEY] = {
        "person": person.pk.hex,
        "epoch": person.epoch,
        "step": step,
        "method": method,
        "asked": asked,
        "at": at.isoformat(),
    }


def half_of(request: HttpRequest, *, at: datetime) -> Half | None:
    """Who is half signed in here, if that was a short while ago and nothing of theirs has changed since."""
    said = request.session.get(KEY)
    if not isinstance(said, dict):
        return None
    begun = datetime.fromisoformat(said["at"])
    if not begun <= at < begun + minutes("half_way", at.date()):
        return None
    person = Person.objects.filter(pk=said["person"], epoch=said["epoch"], is_active=True).first()
    return Half(person, said["step"], said["method"], said["asked"]) if person else None
