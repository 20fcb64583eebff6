# SPDX-License-Identifier: Apache-2.0
"""Messages: their states, what a gateway may answer, and what happens next. Pure."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from urllib.parse import urlsplit
from uuid import UUID

from callbox.kernel.errors import Invalid
from callbox.kernel.text import gettext_noop as _
from callbox.messages.ways import EMAIL, WEBHOOK, Gateway, Kind

WAITING, SENT, UNDELIVERED, SETTLED = "waiting", "sent", "undelivered", "settled"
DELIVERED = "delivered"
TAKEN, REFUSED, NOT_TAKEN, UNSURE = "taken", "refused", "not_taken", "unsure"
NO_ADDRESS, NO_GATEWAY, CUT_OFF = "no_address", "no_gateway", "cut_off"

# RFC 5321 lets an address have 254 characters; only plain ones are taken, so that none can say more than an address.
ADDRESS = re.compile(r"[A-Za-z0-9._%+-]{1,64}@[A-Za-z0-9]([A-Za-z0-9.-]{0,180}[A-Za-z0-9])?")
NUMBER = re.compile(r"\+?[0-9]{3,15}")  # ITU-T E.164: at most 15 digits
SPACES = re.compile(r"[ ().-]")
NO_LETTER = _("There is no letter of this id.")
WEB = re.compile(r"https?://[!-~]{1,480}")


@dataclass(frozen=True, slots=True)
class Letter:
    """What a gateway is given. id: the same at every try, for the far side to drop a repeat by; see `id_of`.

    holder: whose address it is, where the gateway must know.
    """

    id: str
    way: str
    to: str
    subject: str
    body: str
    language: str
    holder: str = ""


@dataclass(frozen=True, slots=True)
class Receipt:
    """What a far side says later of a letter that it took. id: of the letter; code: why it did not arrive, or ""."""

    id: str
    delivered: bool
    code: str = ""


def id_of(message: UUID, round_: int) -> str:
    """The letter's id. A message that failed for good is another one to the far side when it is tried again."""
    return f"{message}.{round_}" if round_ else str(message)


def message_of(letter_id: str) -> tuple[UUID, int]:
    """The message and its round. Raises Invalid."""
    name, _dot, round_ = letter_id.partition(".")
    try:
        return UUID(name), int(round_ or 0)
    except ValueError as problem:
        raise Invalid(NO_LETTER) from problem


def decide_receipt(state: str, delivered: bool, *, is_last: bool) -> str:
    """The state after a receipt, or the same. is_last: it tells of the last letter, not of one of a round before.

    That it arrived is true whatever was thought before; that it failed counts for the last letter alone, and not
    after one that says that it arrived, nor when somebody has told them otherwise.
    """
    if delivered:
        return state if state == SETTLED else DELIVERED
    return UNDELIVERED if is_last and state in (WAITING, SENT) else state


@dataclass(frozen=True, slots=True)
class Answer:
    """What became of one try. outcome: TAKEN; REFUSED, nobody needs to try again; NOT_TAKEN for certain; UNSURE.

    problem: a code of PROBLEMS, or one with a number such as `answer_503`; never words of the far side.
    """

    outcome: str
    problem: str = ""


@dataclass(frozen=True, slots=True)
class Standing:
    """How a message stands as a try ends. attempts: tries so far, this one included; stuck: see `decide_next`."""

    gateway: str
    attempts: int
    stuck: bool
    until: datetime


@dataclass(frozen=True, slots=True)
class Next:
    """What happens now: the state, and while it is WAITING the gateway, from when, and whether only that one may."""

    state: str
    gateway: str
    due_at: datetime
    stuck: bool
    problem: str


def decide_next(
    answer: Answer, was: Standing, kind: Kind, ring: Sequence[Gateway], drops_repeats: bool, at: datetime
) -> Next:
    """What to do after a try. ring: the configured gateways of its way, by rank.

    A message that its gateway may have taken, and that must not arrive twice, is stuck to it: asked again with the
    same key where the far side drops repeats, else it ends UNDELIVERED for a person to decide.
    """
    if answer.outcome == TAKEN:
        return Next(SENT, was.gateway, at, was.stuck, "")
    held = answer.outcome == UNSURE and not kind.twice
    if answer.outcome == REFUSED or at >= was.until or (held and not drops_repeats):
        return Next(UNDELIVERED, was.gateway, at, was.stuck or held, answer.problem)
    stuck = was.stuck or held
    names = [gateway.name for gateway in ring]
    if stuck or len(names) < 2 or was.gateway not in names:
        return Next(WAITING, was.gateway, _later(kind, was, 1, at), stuck, answer.problem)
    place = names.index(was.gateway)
    following = names[(place + 1) % len(names)]
    due_at = at if place + 1 < len(names) else _later(kind, was, len(names), at)
    return Next(WAITING, following, due_at, stuck, answer.problem)


def _later(kind: Kind, was: Standing, size: int, at: datetime) -> datetime:
    """The waits grow with each round over the gateways; the last try is at the end."""
    round_ = max(0, was.attempts - 1) // size
    wait = kind.waits[min(round_, len(kind.waits) - 1)]
    return min(at + timedelta(seconds=wait), was.until)


def check_to(way: str, said: str) -> str:
    """The address or number as it is kept. Raises Invalid."""
    if way == EMAIL:
        found, wanted = said.strip(), ADDRESS
    elif way == WEBHOOK:
        found, wanted = said.strip(), WEB
    else:
        found, wanted = SPACES.sub("", said), NUMBER
    if not wanted.fullmatch(found) or (way == WEBHOOK and not _is_web(found)):
        raise Invalid(_("This is no address that messages can go to. Correct it, or leave it empty."))
    return found


def _is_web(address: str) -> bool:
    """Whether it names a host, perhaps a port, and nobody."""
    try:
        parts = urlsplit(address)
        return bool(parts.hostname) and parts.port != 0 and "@" not in parts.netloc and "#" not in address
    except ValueError:
        return False
