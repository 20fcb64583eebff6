# SPDX-License-Identifier: Apache-2.0
"""One signed request over HTTP, and what its answer means. For the protocols that speak HTTP."""

import http.client
import socket
from collections.abc import Mapping
from urllib.parse import SplitResult

from callbox.host.clock import CLOCK
from callbox.kernel.signing import ONCE, SIGNATURE, STAMP, signature
from callbox.messages.domain import NOT_TAKEN, REFUSED, TAKEN, UNSURE, Answer
from callbox.messages.gateways import DEADLINE_S

NEVER = (400, 410, 413, 422)  # about this message; any other 4xx is about us
CERTAIN = (429, 503)  # RFC 9110: not dealt with


def path_of(parts: SplitResult) -> str:
    """The path of an address with its query, as it is signed."""
    return (parts.path or "/") + (f"?{parts.query}" if parts.query else "")


def ask(
    line: http.client.HTTPConnection,
    path: str,
    body: bytes,
    *,
    secret: str,
    once: str,
    more: Mapping[str, str] | None = None,
) -> Answer:
    """Connect, POST a body of JSON once, close. An answer that sends elsewhere is one that did not take it.

    once: the message's id. Whoever calls cuts the line at its deadline.
    """
    stamp = str(int(CLOCK.now().timestamp()))
    headers = {
        "Content-Type": "application/json; charset=utf-8",
        ONCE: once,
        STAMP: stamp,
        SIGNATURE: signature(secret, stamp, "POST", path, once, body),
        **(more or {}),
    }
    try:
        return _connected(line) or _asked(line, path, body, headers)
    finally:
        line.close()


def _connected(line: http.client.HTTPConnection) -> Answer | None:
    try:
        line.connect()
        if isinstance(line.sock, socket.socket):
            line.sock.settimeout(2 * DEADLINE_S)  # the cut comes first, whatever the far side does
    except OSError as error:
        return Answer(NOT_TAKEN, "no_answer" if isinstance(error, TimeoutError) else "no_line")
    return None


def _asked(line: http.client.HTTPConnection, path: str, body: bytes, headers: Mapping[str, str]) -> Answer:
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
