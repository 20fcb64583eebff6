# SPDX-License-Identifier: Apache-2.0
"""A gateway for text messages that takes signed requests over HTTP.

POST with a body of JSON (to, text, from, language). Idempotency-Key is the message's id: the far side takes each once
and answers 2xx to a repeat. Callbox-Signature is `v1=` and the HMAC-SHA256, in hex, with the shared secret, over five
lines: Callbox-Timestamp (seconds since 1970), the method, the path with its query, the key, the SHA-256 of the body.

The far side tells in the same way, with the same secret, what became of it: id, status (delivered, failed), code.
"""

import http.client
import json
import re
from urllib.parse import SplitResult, urlsplit

from callbox.host.directory import LOOPBACK
from callbox.host.environment import wrong
from callbox.kernel.errors import Invalid, NotAllowed, Unavailable
from callbox.kernel.signing import ONCE, SIGNATURE, STAMP, is_right, seconds_away
from callbox.kernel.text import gettext_noop as _
from callbox.messages.domain import NOT_TAKEN, Answer, Letter, Receipt
from callbox.messages.gateways import CONNECT_S, DEADLINE_S, Posted, Settings
from callbox.messages.gateways.asking import ask, path_of
from callbox.messages.gateways.cutting import cut_after

DROPS_REPEATS = True
FAR_SIDE_OF_ITS_OWN = False
SHORTEST = 16  # characters of the shared secret
AWAY_S = 300  # how far a receipt's timestamp may be from now: one that somebody wrote down is of no use later
MOST_BYTES = 4096
STATES = {"delivered": True, "failed": False}
CODE = re.compile(r"[A-Za-z0-9_-]{0,20}")  # numbers and short words; never what a far side says in full
NOT_SIGNED = _("This receipt is not signed, or not by this gateway, or too old.")
NO_RECEIPT = _("A receipt has an id, a status (delivered or failed) and, when it failed, a code.")


def check(settings: Settings) -> None:
    """https, or http to this machine, and a secret. Raises ConfigError."""
    if not _parts(settings):
        raise wrong(settings.name, "is no https address", "https://sms.example/v1/messages")
    try:
        is_long = len(settings.secret) >= SHORTEST
    except (OSError, UnicodeError):
        is_long = False
    if not is_long:
        raise wrong(
            f"{settings.name}_KEY",
            f"names no file with {SHORTEST} characters or more",
            "/etc/callbox/sms.key",
        )


def _parts(settings: Settings) -> SplitResult | None:
    try:
        parts = urlsplit(settings.address)
        has_port = parts.port is None or parts.port > 0
    except ValueError:
        return None
    is_safe = parts.scheme == "https" or (parts.scheme == "http" and parts.hostname in LOOPBACK)
    return parts if is_safe and parts.hostname and has_port and not parts.username else None


def send(settings: Settings, letter: Letter) -> Answer:
    """One request, at most DEADLINE_S long; nothing is followed to another address."""
    parts = _parts(settings)
    if parts is None:
        return Answer(NOT_TAKEN, "no_line")
    try:
        secret = settings.secret
    except (OSError, UnicodeError):
        return Answer(NOT_TAKEN, "no_secret")
    said = {"to": letter.to, "text": letter.body, "from": settings.sender, "language": letter.language}
    body = json.dumps(said, ensure_ascii=False).encode()
    line = _line(parts)
    with cut_after(DEADLINE_S, lambda: line.sock):
        return ask(line, path_of(parts), body, secret=secret, once=letter.id)


def _line(parts: SplitResult) -> http.client.HTTPConnection:
    host = parts.hostname or ""
    if parts.scheme == "https":
        return http.client.HTTPSConnection(host, parts.port, timeout=CONNECT_S)  # it checks the certificate
    return http.client.HTTPConnection(host, parts.port, timeout=CONNECT_S)


def read_receipt(settings: Settings, posted: Posted) -> Receipt:
    """What became of a message. Raises NotAllowed, Invalid; Unavailable when our secret cannot be read."""
    if len(posted.body) > MOST_BYTES:
        raise Invalid(NO_RECEIPT)
    _check_signed(settings, posted)
    try:
        said = json.loads(posted.body)
        found = Receipt(str(said["id"]), STATES[said["status"]], str(said.get("code", "")))
    except (ValueError, RecursionError, KeyError, TypeError, AttributeError) as problem:
        raise Invalid(NO_RECEIPT) from problem
    if not CODE.fullmatch(found.code):
        raise Invalid(NO_RECEIPT)
    return found


def _check_signed(settings: Settings, posted: Posted) -> None:
    stamp, key, given = (posted.headers.get(name, "") for name in (STAMP, ONCE, SIGNATURE))
    try:
        right = is_right(given, settings.secret, stamp, "POST", posted.path, key, posted.body)
    except (OSError, UnicodeError) as problem:
        raise Unavailable from problem
    away = seconds_away(stamp, posted.at)
    if not right or away is None or away > AWAY_S:
        raise NotAllowed(NOT_SIGNED)
