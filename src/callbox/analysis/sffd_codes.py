# SPDX-License-Identifier: Apache-2.0
"""SFFD's codes in our words: types, priorities, ways to end, and what its units can do. From data files.

Each lookup raises LookupError with the code that is not in the table.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

from callbox.kernel.tables import read_table

ROOM = "callbox.analysis"


@dataclass(frozen=True, slots=True)
class UnitKind:
    """What a unit of the file is: kind, kind of agency (fire or ems), codes of what it can do."""

    kind: str
    agency: str
    capabilities: frozenset[str]


def type_of(call_type: str) -> str:
    """Our incident type for a `Call Type`."""
    return _look_up("sffd_types.tsv", "call_type", "type", call_type)


def priority_of(priority: str) -> int:
    """Our priority, 1 the most urgent, for the column `Priority`."""
    return int(_look_up("sffd_priorities.tsv", "sffd", "priority", priority))


def disposition_of(disposition: str) -> str:
    """Our disposition for a `Call Final Disposition`."""
    return _look_up("sffd_dispositions.tsv", "sffd", "disposition", disposition)


def kind_of(unit: str, unit_type: str) -> UnitKind:
    """What a unit is, by its type and the letters its call sign begins with: `E01` is an engine."""
    kinds = _kinds()
    letters = re.match("[A-Z]*", unit)
    try:
        return kinds.get((unit_type, letters[0] if letters else "")) or kinds[unit_type, "*"]
    except KeyError:
        raise LookupError(f"sffd_units.tsv has no unit type {unit_type!r}") from None


def home_station_of(unit: str) -> str | None:
    """The number of the station an engine or truck is named after (`E01` -> `01`); None for roaming units."""
    named = re.fullmatch(r"[ET](\d\d)", unit)
    return named[1] if named else None


@cache
def _kinds() -> Mapping[tuple[str, str], UnitKind]:
    return {
        (row["unit_type"], row["prefix"]): UnitKind(
            row["kind"], row["agency"], frozenset(row.several("capabilities"))
        )
        for row in read_table(ROOM, "sffd_units.tsv")
    }


@cache
def _table(name: str, key: str, value: str) -> Mapping[str, str]:
    return {row.need(key): row.need(value) for row in read_table(ROOM, name)}


def _look_up(name: str, key: str, value: str, code: str) -> str:
    try:
        return _table(name, key, value)[code]
    except KeyError:
        raise LookupError(f"{name} has no {code!r}") from None
