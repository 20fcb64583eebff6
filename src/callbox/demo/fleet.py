# SPDX-License-Identifier: Apache-2.0
"""Which units a demo city has and where they stand, from `data/fleet.tsv`. Pure."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from callbox.kernel.tables import read_table

CENTRE = "centre"
LETTERS = "ABCDEFGHIJ"


@dataclass(frozen=True, slots=True)
class Post:
    """A place where units stand (WGS84). made_up: it does not exist in the world."""

    code: str
    name: str
    kind: str
    lon: float
    lat: float
    made_up: bool


@dataclass(frozen=True, slots=True)
class Crewed:
    """A unit of the demo and its post."""

    callsign: str
    kind: str
    capabilities: frozenset[str]
    agency: str
    post: Post


def fleet(city: str, posts: Mapping[str, Sequence[Post]]) -> Iterator[Crewed]:
    """All units of a city. posts: by kind, real ones first; a kind without any gives no units."""
    for row in read_table("callbox.demo", "fleet.tsv"):
        if row["city"] != city:
            continue
        found = posts.get(row["at"], ())
        first, every = row.whole("first", 0, 99), row.whole("every", 1, 99)
        each = row.whole("each", 1, len(LETTERS))
        for index in range(first, len(found), every):
            for letter in LETTERS[:each] if each > 1 else ("",):
                callsign = f"{row['prefix']}{_number(found[index], index)}{letter}"
                yield Crewed(
                    callsign,
                    row["kind"],
                    frozenset(row.several("capabilities")),
                    row["agency"],
                    found[index],
                )


def _number(post: Post, index: int) -> str:
    """The station's own number where its name has one, else its place in the list."""
    told = re.search(r"#(\d+)", post.name)
    return f"{int(told[1]) if told else index + 1:02d}"
