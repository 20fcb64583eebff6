# SPDX-License-Identifier: Apache-2.0
"""Tells the systems of agencies what becomes of their tasks, each at its own address, signed with its own key.

POST with the event as JSON, signed as in `kernel/signing.py`; Callbox-Key says with which key. Idempotency-Key is the
message's id: the far side takes each once and answers 2xx to a repeat. Which addresses may be asked at all is said in
CALLBOX_GATEWAY_WEBHOOK, see `places.py`.
"""

from urllib.parse import urlsplit
from uuid import UUID

from callbox.access.agency_keys import signing_key
from callbox.host.environment import wrong
from callbox.kernel.signing import KEY
from callbox.messages.domain import REFUSED, Answer, Letter
from callbox.messages.gateways import CONNECT_S, Settings
from callbox.messages.gateways.asking import ask, path_of
from callbox.messages.gateways.cutting import cut_after
from callbox.messages.gateways.webhook.places import Line, places_of

DROPS_REPEATS = True
FAR_SIDE_OF_ITS_OWN = True
DEADLINE_S = 5.0  # one that hangs keeps the others waiting for so long, and is then left alone for a while
HOLDER, END = "agency:", "/system"


def check(settings: Settings) -> None:
    """Raises ConfigError for places that cannot be meant."""
    if places_of(settings.address) is None:
        raise wrong(
            settings.name,
            "is neither `public` nor networks by comma",
            "public,10.20.0.0/16,http://10.30.1.5/32",
        )


def send(settings: Settings, letter: Letter) -> Answer:
    """One request, at most DEADLINE_S long; nothing is followed to another address."""
    key, places = _key(letter.holder), places_of(settings.address)
    if key is None:
        return Answer(REFUSED, "no_key")
    parts = urlsplit(letter.to)
    line = Line(parts.hostname or "", parts.port, parts.scheme == "https", places, CONNECT_S)
    with cut_after(DEADLINE_S, lambda: line.sock):
        answer = ask(
            line, path_of(parts), letter.body.encode(), secret=key[1], once=letter.id, more={KEY: str(key[0])}
        )
    return Answer(REFUSED, "not_a_place") if line.refused else answer


def _key(holder: str) -> tuple[UUID, str] | None:
    try:
        return signing_key(UUID(holder.removeprefix(HOLDER).removesuffix(END)))
    except ValueError:
        return None
