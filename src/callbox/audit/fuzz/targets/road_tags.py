# SPDX-License-Identifier: Apache-2.0
"""The tags of a way: whatever they say, a speed is a number and a road is open or shut."""

import math

from callbox.audit.fuzz.targets._inputs import text_of
from callbox.geo.actions import tags

REFUSALS: tuple[type[BaseException], ...] = ()
SEEDS = (
    b"highway=residential\nmaxspeed=30 mph\nlanes=2",
    b"highway=primary\nmaxspeed=" + b"9" * 400,
    b"lanes=" + b"9" * 4301,
)


def feed(data: bytes) -> None:
    """Lines of key=value."""
    found = {key: value for key, _, value in (line.partition("=") for line in text_of(data).splitlines())}
    kind = tags.road_class(found)
    if kind is not None:
        assert all(math.isfinite(speed) and speed >= 0 for speed in tags.speeds_kmh(found, kind))
    tags.blocks_vehicles(found)
    tags.names_of(found)
    assert tags.lanes_of(found) >= 0
