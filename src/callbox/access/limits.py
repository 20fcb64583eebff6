# SPDX-License-Identifier: Apache-2.0
"""Dated numbers of signing in: how long it lasts, who needs a second factor. Part of the domain: pure."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from callbox.kernel.tables import Row, TableError, Words, read_table

PACKAGE = "callbox.access"
ANYBODY = "*"
ALWAYS, NOT_IN_DEMO, NEVER = "always", "not_in_demo", "never"


@dataclass(frozen=True, slots=True)
class Lasts:
    """How long a sign-in lasts: without use, and at most."""

    idle: timedelta
    longest: timedelta


def session_limits(roles: Iterable[str], day: date) -> Lasts:
    """The shortest that these roles' lines say on that day. Raises TableError when there is none."""
    rows = _by_role("sessions.tsv", roles, day)
    return Lasts(
        idle=min(timedelta(minutes=row.whole("idle_min", 1, 10_000)) for row in rows),
        longest=min(timedelta(minutes=row.whole("longest_min", 1, 10_000)) for row in rows),
    )


def needs_factor(roles: Iterable[str], day: date, *, demo: bool) -> bool:
    """Whether people of these roles need a second factor or a passkey. Raises TableError."""
    rows = _by_role("second_factor.tsv", roles, day)
    asked = {row.one_of("asked", (ALWAYS, NOT_IN_DEMO, NEVER)) for row in rows}
    return ALWAYS in asked or (NOT_IN_DEMO in asked and not demo)


def minutes(name: str, day: date) -> timedelta:
    """A span of limits.tsv on that day. Raises TableError."""
    return timedelta(minutes=_limit(name, "min", day))


def count(name: str, day: date) -> int:
    """A number of limits.tsv on that day. Raises TableError."""
    return _limit(name, "count", day)


def _limit(name: str, unit: str, day: date) -> int:
    rows = [row for row in read_table(PACKAGE, "limits.tsv") if row["limit"] == name and row.in_force(day)]
    if len(rows) != 1:
        raise TableError(f"limits.tsv has {len(rows)} lines for {name!r} on {day}, expected one")
    rows[0].one_of("unit", (unit,))
    return rows[0].whole("value", 1, 10_000_000)


def _by_role(table: str, roles: Iterable[str], day: date) -> list[Row]:
    lines = {row["role"]: row for row in read_table(PACKAGE, table) if row.in_force(day)}
    held = set(roles)
    found = [lines.get(role, lines.get(ANYBODY)) for role in held or {ANYBODY}]
    if None in found:
        raise TableError(f"{table} has no line for {sorted(held)} on {day}")
    return [row for row in found if row is not None]


@dataclass(frozen=True, slots=True)
class Wider:
    """The role that somebody may take for so many minutes."""

    role: str
    minutes: int


def wider_for(roles: Iterable[str], day: date) -> Wider | None:
    """What the first line of widening.tsv that fits these roles gives; None when it gives no role they lack."""
    held = set(roles)
    for row in read_table(PACKAGE, "widening.tsv"):
        if row.in_force(day) and row["role"] in held and row["wider"] not in held:
            return Wider(row.need("wider"), row.whole("minutes", 1, 1_440))
    return None


def reason_words() -> dict[str, Words]:
    """The reasons for wider access: code to words, in the order shown."""
    return {row.need("code"): row.words() for row in read_table(PACKAGE, "widening_reasons.tsv")}
