# SPDX-License-Identifier: Apache-2.0
"""Whether a model may suggest categories, by numbers that the authority sets. Part of the domain: pure."""

from dataclasses import asdict, dataclass
from datetime import date
from typing import Any

from callbox.kernel.tables import TableError, read_table
from callbox.requests.domain import ROOM
from callbox.requests.learning import Measured, Right

TOO_LITTLE, TOO_OFTEN_WRONG, NO_BETTER = "too_little_history", "too_often_wrong", "no_better_than_usual"


@dataclass(frozen=True, slots=True)
class Ask:
    """What is asked of a model: numbers of requests and of reporters, and a share in percent."""

    history_least: int
    history_most: int
    reporters_least: int
    first_least: int


def asked_on(day: date) -> Ask:
    """As in force on a day; raises TableError."""
    rows = {
        row.need("name"): row.whole("value", 1, 1_000_000)
        for row in read_table(ROOM, "suggesting.tsv")
        if row.in_force(day)
    }
    try:
        return Ask(**rows)
    except TypeError as problem:
        raise TableError(f"suggesting.tsv: {problem} on {day}") from problem


def why_not(measured: Measured, ask: Ask) -> str:
    """Why this model may not be used, as a code; "" when it may."""
    held_out = measured.held_out
    if held_out.first * 100 < ask.first_least * held_out.count:
        return TOO_OFTEN_WRONG
    return NO_BETTER if held_out.first <= measured.usual else ""


def spelled(measured: Measured) -> dict[str, Any]:
    """As it is stored."""
    return asdict(measured)


def measured_of(said: dict[str, Any]) -> Measured:
    """As it was stored."""
    categories = {code: Right(**found) for code, found in said["categories"].items()}
    return Measured(said["learned_from"], Right(**said["held_out"]), said["usual"], categories)


def per_mille(part: int, whole: int) -> int:
    """A share for the journal, which holds no fractions; 0 of nothing."""
    return part * 1000 // whole if whole else 0
