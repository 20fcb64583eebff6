# SPDX-License-Identifier: Apache-2.0
"""A gateway for text messages that takes signed requests over HTTP.

POST with a body of JSON (to, text, from, language). Idempotency-Key is the message's id: the far side takes each once
and answers 2xx to a repeat. Callbox-Signature is `v1=` and the HMAC-SHA256, in hex, with the shared secret, over five
lines: Callbox-Timestamp (seconds since 1970), the method, the path with its query, the key, the SHA-256 of the body.

The far side tells in the same way, with the same secret, what became of it: id, status (delivered, failed), code.
"""

import hashlib
import hmac
import http.client
import json
import re
import socket
from urllib.parse import SplitResult, urlsplit

from callbox.host.clock import CLOCK
from callbox.host.directory import LOOPBACK
from callbox.host.environment import wrong
from callbox.kernel.errors import Invalid, NotAllowed, Unavailable
from callbox.kernel.text import gettext_noop as _
from callbox.messages.domain import NOT_TAKEN, REFUSED, TAKEN, UNSURE, Answer, Letter, Receipt
from callbox.messages.gateways import CONNECT_S, DEADLINE_S, Posted, Settings
from callbox.messages.gateways.cutting import cut_after

DROPS_REPEATS = True
SHORTEST = 16  # characters of the shared secret
NEVER = (400, 410, 413, 422)  # about this message; any other 4xx is about us
CERTAIN = (429, 503)  # RFC 9110: not dealt with
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


def signature(secret: str, stamp: str, path: str, key: str, body: bytes) -> str:
    """What proves that the request is ours and whole."""
    said = "\n".join((stamp, "POST", path, key, hashlib.sha256(body).hexdigest()))
    return "v1=" + hmac.digest(secret.encode(), said.encode(), "sha256").hex()


def send(settings: Settings, letter: Letter) -> Answer:
    """One request, at most DEADLINE_S long; nothing is followed to another address."""
    parts = _parts(settings)
    if parts is None:
        return Answer(NOT_TAKEN, "no_line")
    line = _line(parts)
    with cut_after(DEADLINE_S, lambda: line.sock):
        try:
            return _connected(line) or _asked(line, parts, settings, letter)
        finally:
            line.close()


def _line(parts: SplitResult) -> http.client.HTTPConnection:
    host = parts.hostname or ""
    if parts.scheme == "https":
        return http.client.HTTPSConnection(host, parts.port, timeout=CONNECT_S)  # it checks the certificate
    return http.client.HTTPConnection(host, parts.port, timeout=CONNECT_S)


def _connected(line: http.client.HTTPConnection) -> Answer | None:
    try:
        line.connect()
        if isinstance(line.sock, socket.socket):
            line.sock.settimeout(2 * DEADLINE_S)  # the cut comes first, whatever the far side does
    except OSError as error:
        return Answer(NOT_TAKEN, "no_answer" if isinstance(error, TimeoutError) else "no_line")
    return None


def _asked(
    line: http.client.HTTPConnection, parts: SplitResult, settings: Settings, letter: Letter
) -> Answer:
    said = {"to": letter.to, "text": letter.body, "from": settings.sender, "language": letter.language}
    body = json.dumps(said, ensure_ascii=False).encode()
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    stamp = str(int(CLOCK.now().timestamp()))
    try:
        sign = signature(settings.secret, stamp, path, letter.id, body)
    except (OSError, UnicodeError):
        return Answer(NOT_TAKEN, "no_secret")
    headers = {
        "Content-Type": "application/json; charset=utf-8",
        "Idempotency-Key": letter.id,
        "Callbox-Timestamp": stamp,
        "Callbox-Signature": sign,
    }
    try:
        line.request("POST", path, body, headers)
        status = line.getresponse().status
    except (OSError, http.client.HTTPException) as error:
        return Answer(UNSURE, "no_answer" if isinstance(error, TimeoutError) else "line_lost")
    return _meaning(status)


def _meaning(status: int) -> Answer:
    """What a status says. A fault of the far side (5xx) may have come after it took the message."""
    if 200 <= status < 300:
        return Answer(TAKEN)
    if status in NEVER:
        return Answer(REFUSED, f"answer_{status}")
    certain = status in CERTAIN or status < 500
    return Answer(NOT_TAKEN if certain else UNSURE, f"answer_{status}")


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
    stamp, key, given = (
        posted.headers.get(name, "") for name in ("Callbox-Timestamp", "Idempotency-Key", "Callbox-Signature")
    )
    try:
        right = signature(settings.secret, stamp, posted.path, key, posted.body)
    except (OSError, UnicodeError) as problem:
        raise Unavailable from problem
    fresh = stamp.isascii() and stamp.isdecimal() and len(stamp) < 12
    if not hmac.compare_digest(right.encode(), given.encode()) or not fresh:
        raise NotAllowed(NOT_SIGNED)
    if abs(posted.at.timestamp() - int(stamp)) > AWAY_S:
        raise NotAllowed(NOT_SIGNED)
