# SPDX-License-Identifier: Apache-2.0
"""The address book: streets by key, their house numbers in order, and their road edges."""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from callbox.geo.domain.measure import Floats, Ints
from callbox.geo.domain.network import Names
from callbox.geo.domain.text import key_of

ARRAYS = ("number", "suffix", "lonlat", "address_start", "edge", "edge_start", "spot")

Point = tuple[float, float]
NOWHERE = (float("nan"), float("nan"))


@dataclass(frozen=True, slots=True)
class Address:
    """A house number at a place, as an import reads it."""

    number: int
    suffix: str
    street: str
    lon: float
    lat: float


@dataclass(slots=True)
class AddressBook:
    """Row i of `streets` (all its names, the first is shown) has the addresses
    `address_start[i]:address_start[i + 1]`, ascending by number, and the road edges likewise.

    spot: a point of the street, also where no road of it is in the graph; not a number where unknown.
    """

    streets: list[list[str]]
    suffixes: list[str]
    number: Ints
    suffix: Ints
    lonlat: Floats
    address_start: Ints
    edge: Ints
    edge_start: Ints
    spot: Floats

    def addresses(self, street: int) -> slice:
        """The rows of a street's addresses."""
        return slice(int(self.address_start[street]), int(self.address_start[street + 1]))

    def edges(self, street: int) -> Ints:
        """The road edges of a street."""
        return self.edge[int(self.edge_start[street]) : int(self.edge_start[street + 1])]

    def save(self, folder: Path) -> None:
        """Write the arrays and streets.json."""
        for name in ARRAYS:
            np.save(folder / f"book_{name}.npy", getattr(self, name))
        lists = {"streets": self.streets, "suffixes": self.suffixes}
        (folder / "streets.json").write_text(json.dumps(lists, ensure_ascii=False), encoding="utf-8")

    @classmethod
    def load(cls, folder: Path) -> "AddressBook":
        """Read what `save` wrote."""
        lists = json.loads((folder / "streets.json").read_text(encoding="utf-8"))
        arrays = {
            name: np.load(folder / f"book_{name}.npy", mmap_mode="r", allow_pickle=False) for name in ARRAYS
        }
        return cls(lists["streets"], lists["suffixes"], **arrays)


class _Streets:
    def __init__(self) -> None:
        self.names: list[list[str]] = []
        self.row_of: dict[str, int] = {}

    def row(self, names: Sequence[str]) -> int:
        """The row of a street; -1 for one without a name."""
        given = [name for name in names if name]
        if not given:
            return -1
        row = self.row_of.setdefault(key_of(given[0]), len(self.names))
        if row == len(self.names):
            self.names.append([])
        self.names[row] += [name for name in given if name not in self.names[row]]
        for name in given[1:]:
            self.row_of.setdefault(key_of(name), row)
        return row


def make_book(
    names: Sequence[Names], edge_name: Ints, addresses: Iterable[Address], spots: Mapping[str, Point]
) -> AddressBook:
    """Join roads and addresses by the key of the street; `edge_name`: the row of `names` of each edge.

    spots: a point of each street by its first name.
    """
    streets = _Streets()
    street_of_name = np.array([streets.row(several) for several in names] or [-1], np.int64)
    row_of_street: dict[str, int] = {}
    suffix_row: dict[str, int] = {"": 0}
    number, suffix, street, lon, lat = [], [], [], [], []
    for address in addresses:
        row = row_of_street.get(address.street)
        if row is None:
            row = row_of_street[address.street] = streets.row([address.street])
        if row >= 0:
            number.append(address.number)
            suffix.append(suffix_row.setdefault(address.suffix, len(suffix_row)))
            street.append(row)
            lon.append(address.lon)
            lat.append(address.lat)
    count = len(streets.names)
    at_street, numbers = np.array(street, np.int64), np.array(number, np.int64)
    order = np.lexsort((np.array(suffix, np.int64), numbers, at_street))
    edge_street = street_of_name[edge_name]
    edges = np.argsort(edge_street, kind="stable")[int((edge_street < 0).sum()) :]
    return AddressBook(
        streets=streets.names,
        suffixes=list(suffix_row),
        number=numbers[order],
        suffix=np.array(suffix, np.int64)[order],
        lonlat=np.stack([np.array(lon, float), np.array(lat, float)], axis=1)[order],
        address_start=_starts(at_street, count),
        edge=edges,
        edge_start=_starts(edge_street[edge_street >= 0], count),
        spot=np.array([spots.get(several[0], NOWHERE) for several in streets.names], float).reshape(-1, 2),
    )


def _starts(rows: Ints, count: int) -> Ints:
    return np.concatenate([[0], np.cumsum(np.bincount(rows, minlength=count))]).astype(np.int64)
