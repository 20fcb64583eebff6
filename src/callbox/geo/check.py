# SPDX-License-Identifier: Apache-2.0
"""Is an imported city in order: tiles readable, travel times the same asked forward and backward?"""

import numpy as np

from callbox.geo.domain.forward import ForwardSearch
from callbox.geo.domain.things import Note
from callbox.geo.queries import City
from callbox.geo.tile_reader import TileReader
from callbox.kernel.text import gettext_noop as _

TRIES = 20
"""Pairs of random positions compared; each forward search takes some tenths of a second in a large city."""


def check_city(city: City, tries: int = TRIES) -> list[Note]:
    """What is wrong, as lines to read; none when all is in order. Seeded, so that it can be repeated."""
    wrong: list[Note] = []
    if city.tiles_path.is_file():
        with TileReader(city.tiles_path) as tiles:
            if not tiles.tile_count():
                wrong.append(Note(_("The map holds no tile.")))
    else:
        wrong.append(Note(_("The map's file is missing.")))
    return wrong + _travel(city, tries)


def _travel(city: City, tries: int) -> list[Note]:
    graph, chance = city.graph, np.random.default_rng(7)
    forward = ForwardSearch(graph)
    wrong: list[Note] = []
    for _try in range(tries):
        edges = chance.integers(len(graph.edges.u), size=2)
        start, target = (
            graph.position(int(e), float(chance.random() * graph.edges.length_m[e])) for e in edges
        )
        ours = float(graph.travel_to(target).seconds_from([start.edge], [start.along_m])[0])
        other = forward.seconds(start, target)
        if not np.isclose(ours, other, rtol=1e-9, atol=1e-6):
            told = {"start": start, "target": target, "back": ours, "ahead": other}
            wrong.append(Note(_("%(start)s to %(target)s: %(back)s s backward, %(ahead)s s forward"), told))
    return wrong
