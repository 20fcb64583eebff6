# SPDX-License-Identifier: Apache-2.0
"""Who may follow a request: whoever has its key, or the one-time code sent to whoever reports. Part of the actions.

A key has 60 bits and is not found by guessing, so a right one always opens. A code has six digits; it serves only in
the browser that asked for it, which had to name where the reporter is reached, and a few wrong entries end it. So
nobody's guessing locks anybody else out.
"""

import base64
import hmac
import re
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction

from callbox.access.domain import system_actor
from callbox.access.seeing import seeing_everything
from callbox.host.vault import vault
from callbox.kernel.errors import Invalid, Unavailable
from callbox.kernel.ids import new_id
from callbox.kernel.text import gettext_noop as _
from callbox.messages.actions import LANGUAGES, Wanted, queue_message
from callbox.messages.domain import check_to
from callbox.messages.ways import EMAIL, SMS
from callbox.requests.counting import mark_of, too_often, window
from callbox.requests.domain import limit
from callbox.requests.models import Code, Follow, Reporter, Request
from callbox.requests.personal import reporter_told

RESIDENT = system_actor("resident")
KEY_BYTES, DIGITS = 8, 6
SHOWN = 12  # of the 13 letters that 8 bytes give
BASE32, READ_ALOUD = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567", "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
SPELLED = str.maketrans(BASE32, READ_ALOUD)
MISREAD = str.maketrans("OIL", "011", " -")
NUMBER = re.compile(r"[0-9]{1,18}", re.ASCII)
WRONG = _("This number and this code do not belong together. Look at both again, or ask for a new code.")


class Locked(Unavailable):
    """Too many wrong entries from here."""


@dataclass(frozen=True, slots=True)
class Asking:
    """Who asks. browser: what tells it from all others; source: the network address."""

    browser: str
    source: str


def key_of(form: UUID) -> str:
    """The key of what is sent by this form: the same each time that it is sent, told to its sender alone."""
    made = vault().mark("requests.made", form.bytes)[:KEY_BYTES]
    return base64.b32encode(made).decode().rstrip("=")[:SHOWN].translate(SPELLED)


def key_shown(key: str) -> str:
    """As it is read and written down."""
    return "-".join(key[each : each + 4] for each in range(0, len(key), 4))


def _key_mark(request: UUID, key: str) -> str:
    return mark_of("key", str(request), key)


def keep_key(row: Request, form: UUID, *, retain_until: datetime) -> bool:
    """Let whoever has the form's key follow this request; False when the form was sent before."""
    kept = Follow(
        request=row,
        form=mark_of("form", str(form)),
        key=_key_mark(row.pk, key_of(form)),
        retain_until=retain_until,
    )
    Follow.objects.bulk_create([kept], ignore_conflicts=True)
    return Follow.objects.filter(pk=row.pk).exists()


def sent_before(form: UUID) -> Request | None:
    """What was taken by this form already."""
    found = Request.objects.filter(follow__form=mark_of("form", str(form)))
    return found.select_related("matter", "agency").first()


def open_request_for(number: str, said: str, asking: Asking, *, at: datetime) -> UUID:
    """The request of this number, if the key or the code is its own. Raises Invalid, or Locked after too many wrong.

    A wrong number and a wrong code look alike.
    """
    with seeing_everything():
        row, entered = _numbered(number), said.upper().translate(MISREAD)
        if row and (_is_key(row, entered) or _is_code(row, entered, asking, at)):
            return UUID(str(row.pk))
    marks = {
        "wrong_by_number": mark_of("wrong", number.strip(), asking.source),
        "wrong_by_source": mark_of("wrong", asking.source),
    }
    if too_often(marks, at=at):
        raise Locked(
            _("Too many wrong entries. Wait %(minutes)s minutes, or ask for a code."),
            minutes=int(window(at).total_seconds()) // 60,
        )
    raise Invalid(WRONG, fields={"code": WRONG})


def _numbered(number: str) -> Request | None:
    said = number.strip()
    if not NUMBER.fullmatch(said):
        return None
    return Request.objects.filter(number=int(said)).first()


def _is_key(row: Request, entered: str) -> bool:
    kept = Follow.objects.filter(request=row).values_list("key", flat=True).first()
    return hmac.compare_digest(kept or "", _key_mark(row.pk, entered)) and bool(kept)


def _is_code(row: Request, entered: str, asking: Asking, at: datetime) -> bool:
    """Use up a code: a right one serves once, a wrong entry takes a try from every one of this browser."""
    browser = mark_of("browser", asking.browser)
    with transaction.atomic():
        rows = Code.objects.select_for_update().filter(
            request=row, browser=browser, until__gt=at, tries__gt=0
        )
        codes = list(rows.order_by("pk"))
        right = [
            each for each in codes if hmac.compare_digest(each.code, mark_of("code", str(each.pk), entered))
        ]
        if right:
            Code.objects.filter(pk__in=[each.pk for each in codes]).delete()
            return True
        for each in codes:
            Code.objects.filter(pk=each.pk).update(tries=each.tries - 1)
    return False


def send_code(number: str, to: str, asking: Asking, *, language: str, at: datetime) -> None:
    """Send a one-time code, if that is where whoever reported this number is reached.

    Whoever asks is told the same whether it is or not, and whether or not they have asked too often.
    """
    marks = {
        "codes_by_number": mark_of("ask", number.strip(), asking.source),
        "codes_by_source": mark_of("ask", asking.source),
    }
    if too_often(marks, at=at):
        return
    with seeing_everything():
        row = _numbered(number)
        if row is None:
            return
        way = EMAIL if "@" in to else SMS
        known = Reporter.objects.filter(request=row).first()
        if known and _same(way, to, reporter_told(known).number):
            _send(row, way, to, asking, language if language in LANGUAGES else LANGUAGES[0], at)


def _same(way: str, said: str, kept: str) -> bool:
    try:
        return hmac.compare_digest(
            check_to(way, said).casefold().encode(), check_to(way, kept).casefold().encode()
        )
    except Invalid:
        return False


@transaction.atomic
def _send(row: Request, way: str, to: str, asking: Asking, language: str, at: datetime) -> None:
    minutes = limit("code_minutes", at.date())
    said, key = f"{secrets.randbelow(10**DIGITS):0{DIGITS}d}", new_id()
    words = {"number": str(row.number), "code": said, "minutes": str(minutes)}
    wanted = Wanted(f"request/code/{key}", "requests.code", way, to, language, words, row.pk)
    try:
        queue_message(wanted, by=system_actor("messages"), at=at)
    except Unavailable:
        return  # they got as many as they may for now, and one of them serves
    made = Code(
        id=key,
        request=row,
        browser=mark_of("browser", asking.browser),
        code=mark_of("code", str(key), said),
        tries=limit("code_tries", at.date()),
        until=at + timedelta(minutes=minutes),
    )
    Code.objects.bulk_create([made])
