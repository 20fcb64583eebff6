# SPDX-License-Identifier: Apache-2.0
"""Kinds of messages and the gateways of each way, as dated data. Part of the domain: pure."""

from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache

from callbox.kernel.tables import Row, TableError, read_table

PACKAGE = "callbox.messages"
EMAIL, SMS, WEBHOOK = "email", "sms", "webhook"
OF_PEOPLE = (EMAIL, SMS)
WAYS = (*OF_PEOPLE, WEBHOOK)  # the last one reaches an agency's system
CODE, ALERT, NOTICE, QUESTION = "code", "alert", "notice", "question"
KINDS = (CODE, ALERT, NOTICE, QUESTION)
YES_NO = ("yes", "no")


@dataclass(frozen=True, slots=True)
class Kind:
    """How one kind is treated; the columns of `data/kinds.tsv`. waits: s; until, window: spans of time."""

    name: str
    rank: int
    quiet: bool
    twice: bool
    waits: tuple[int, ...]
    until: timedelta
    most: int
    window: timedelta


@dataclass(frozen=True, slots=True)
class Gateway:
    """One gateway: which ways it serves, its rank among those of a way, and the folder that speaks its protocol."""

    name: str
    ways: tuple[str, ...]
    rank: int
    protocol: str


@cache
def kind_on(name: str, day: date) -> Kind:
    """The kind as it stands on a day. Raises TableError."""
    rows = [row for row in read_table(PACKAGE, "kinds.tsv") if row["kind"] == name and row.in_force(day)]
    if len(rows) != 1:
        raise TableError(f"kinds.tsv has {len(rows)} lines for {name!r} on {day}")
    (row,) = rows
    return Kind(
        row.one_of("kind", KINDS),
        row.whole("rank", 1, 99),
        row.one_of("quiet", YES_NO) == "yes",
        row.one_of("twice", YES_NO) == "yes",
        _waits(row),
        timedelta(minutes=row.whole("until", 1, 100_000)),
        row.whole("most", 0, 10_000),
        timedelta(minutes=row.whole("window", 0, 10_000)),
    )


def _waits(row: Row) -> tuple[int, ...]:
    found = row.several("waits")
    if not found or not all(word.isdecimal() and 0 < int(word) <= 86_400 for word in found):
        raise row.wrong("waits are whole seconds, from 1 to 86400")
    waits = tuple(int(word) for word in found)
    if list(waits) != sorted(waits):
        raise row.wrong("waits must grow")
    return waits


@cache
def gateways_on(day: date) -> tuple[Gateway, ...]:
    """All gateways of that day, by rank. Raises TableError."""
    rows = [row for row in read_table(PACKAGE, "gateways.tsv") if row.in_force(day)]
    found = [_gateway(row) for row in rows]
    if len({gateway.name for gateway in found}) < len(found):
        raise TableError(f"gateways.tsv names a gateway twice on {day}")
    return tuple(sorted(found, key=lambda gateway: (gateway.rank, gateway.name)))


def _gateway(row: Row) -> Gateway:
    ways = row.several("ways")
    if not ways or not set(ways) <= set(WAYS):
        raise row.wrong(f"ways are of {', '.join(WAYS)}")
    return Gateway(row.need("gateway"), ways, row.whole("rank", 1, 99), row.need("protocol"))


def gateways_for(way: str, day: date) -> tuple[Gateway, ...]:
    """Those of one way, by rank."""
    return tuple(gateway for gateway in gateways_on(day) if way in gateway.ways)
