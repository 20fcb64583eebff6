# SPDX-License-Identifier: Apache-2.0
"""Search of addresses, blocks, crossings, streets, places and areas, as a call-taker types."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from callbox.geo.domain.areas import AreaIndex
from callbox.geo.domain.book import AddressBook
from callbox.geo.domain.crossings import crossings_of
from callbox.geo.domain.graph import RoadGraph
from callbox.geo.domain.match import NameMatcher
from callbox.geo.domain.measure import Floats, metres_between
from callbox.geo.domain.text import Asked, has_han, readings
from callbox.geo.domain.things import Place, PlaceHit

STREETS_TRIED = 6
"""How many streets of like name a numbered or crossing query looks into."""
GUESS, BEYOND, BETWEEN = 0.55, 0.75, 0.8
"""Weight of a hit that is only the street, one just beyond its known numbers, and one between two of them."""
JUST = 100
"""Numbers so near to a known one are just beyond it: one block."""
EXACT, BESIDE = 0.99, 0.7
"""When a street of exactly this name is there, the others count so much less."""
SURE = 0.9
"""A crossing, block or address found with this score ends the search for other readings."""


class PlaceSearch:
    """Answers in milliseconds, offline. Thread-safe: it only reads."""

    def __init__(
        self, graph: RoadGraph, book: AddressBook, areas: AreaIndex, places: Sequence[Place]
    ) -> None:
        self.graph, self.book, self.areas, self.places = graph, book, areas, places
        self.streets = NameMatcher(book.streets)
        named = [*((place.name,) for place in places), *((area.name,) for area in areas.areas)]
        self.named = NameMatcher(named)

    def search(self, text: str, limit: int = 8, near: tuple[float, float] | None = None) -> list[PlaceHit]:
        """The best hits for a text, best first; none for an empty text.

        near: lon, lat; of like hits the nearer comes first.
        """
        hits: dict[tuple[str, str], PlaceHit] = {}
        for asked in readings(text):
            for hit in self._hits(asked):
                key = (hit.label, hit.kind)
                if key not in hits or hits[key].score < hit.score:
                    hits[key] = hit
            if asked.kind != "name" and any(hit.score >= SURE for hit in hits.values()):
                break
        ranked = sorted(hits.values(), key=lambda hit: (-self._rank(hit, near), len(hit.label), hit.label))
        return [self._with_areas(hit) for hit in ranked[:limit]]

    def _rank(self, hit: PlaceHit, near: tuple[float, float] | None) -> float:
        if near is None:
            return round(hit.score, 3)
        away_km = float(metres_between(hit.lon, hit.lat, *near)) / 1000
        return round(hit.score - min(0.1, 0.01 * away_km), 3)

    def _with_areas(self, hit: PlaceHit) -> PlaceHit:
        found = tuple(area.id for area in self.areas.at(hit.lon, hit.lat))
        return replace(hit, area_ids=found)

    def _hits(self, asked: Asked) -> list[PlaceHit]:
        best = [self._best(text) for text in asked.streets]
        if asked.kind == "crossing":
            return self._crossing(best[0], best[1])
        if asked.kind == "address":
            return [hit for row, score in best[0] if (hit := self._address(row, score, asked))]
        if asked.kind == "block":
            return [hit for row, score in best[0] if (hit := self._block(row, score, asked.number))]
        streets = [hit for row, score in best[0] if (hit := self._street(row, 0.98 * score))]
        return streets + self._named(asked.streets[0])

    def _best(self, text: str) -> list[tuple[int, float]]:
        found = self.streets.find(text)
        weight = {row: (-round(score, 4), -self._size(row), row) for row, score in found.items()}
        best = sorted(found, key=weight.__getitem__)[:STREETS_TRIED]
        top = found[best[0]] if best else 0.0
        return [(row, found[row] * (1 if top < EXACT or found[row] == top else BESIDE)) for row in best]

    def _size(self, row: int) -> int:
        rows = self.book.addresses(row)
        return int(rows.stop) - int(rows.start) + len(self.book.edges(row))

    def _label(self, row: int, text: str = "", number: str = "") -> str:
        name = self.book.streets[row][0]
        if not number:
            return name
        return f"{name}{number}号" if has_han(name) else f"{number} {name}"

    def _address(self, row: int, score: float, asked: Asked) -> PlaceHit | None:
        rows = self.book.addresses(row)
        numbers = np.asarray(self.book.number[rows])
        low, high = np.searchsorted(numbers, [asked.number, asked.number + 1]).tolist()
        if low == high:
            return self._between(row, numbers, score, asked.number)
        suffixes = [self.book.suffixes[int(s)] for s in self.book.suffix[rows][low:high]]
        pick = suffixes.index(asked.suffix) if asked.suffix in suffixes else 0
        lon, lat = self.book.lonlat[rows][low + pick].tolist()
        label = self._label(row, number=f"{asked.number}{suffixes[pick]}")
        exact = suffixes[pick] == asked.suffix
        return PlaceHit(label, lon, lat, "address", score * (1.0 if exact else 0.95))

    def _between(
        self, row: int, numbers: "np.ndarray[tuple[int], np.dtype[np.int64]]", score: float, number: int
    ) -> PlaceHit | None:
        """A number the book does not hold: between its neighbours on the same side, or only the street."""
        rows = self.book.addresses(row)
        same = np.flatnonzero(numbers % 2 == number % 2)
        side = same if len(same) else np.arange(len(numbers))
        label = self._label(row, number=str(number))
        if not len(side):
            street = self._street(row, GUESS * score)
            return street and replace(street, label=label, kind="interpolated")
        points, known = self.book.lonlat[rows][side], numbers[side]
        lon = float(np.interp(number, known, points[:, 0]))
        lat = float(np.interp(number, known, points[:, 1]))
        beyond = max(int(known[0]) - number, number - int(known[-1]))
        weight = BETWEEN if beyond <= 0 else BEYOND if beyond <= JUST else GUESS
        return PlaceHit(label, lon, lat, "interpolated", weight * score)

    def _block(self, row: int, score: float, number: int) -> PlaceHit | None:
        """A block is named by its hundred: its middle, among the addresses it holds."""
        rows = self.book.addresses(row)
        numbers = np.asarray(self.book.number[rows])
        base = number - number % 100
        low, high = np.searchsorted(numbers, [base, base + 100]).tolist()
        label = f"{self._label(row)} {base}–{base + 99}"
        if low == high:
            hit = self._between(row, numbers, score, base + 50)
            return hit and replace(hit, label=label, kind="block")
        lon, lat = _middle(np.asarray(self.book.lonlat[rows][low:high]))
        return PlaceHit(label, lon, lat, "block", score)

    def _street(self, row: int, score: float) -> PlaceHit | None:
        edges = self.book.edges(row)
        if len(edges):
            middles = self.graph.lonlat_at(edges, self.graph.edges.length_m[edges] / 2)
            lon, lat = _middle(middles)
        else:
            points = np.asarray(self.book.lonlat[self.book.addresses(row)])
            points = points if len(points) else np.asarray(self.book.spot[row : row + 1])
            if np.isnan(points).any():
                return None
            lon, lat = _middle(points)
        return PlaceHit(self._label(row), lon, lat, "street", score)

    def _crossing(self, first: list[tuple[int, float]], second: list[tuple[int, float]]) -> list[PlaceHit]:
        hits = []
        for a, score_a in first:
            for b, score_b in second:
                if a != b:
                    label = f"{self._label(a)} / {self._label(b)}"
                    score = (score_a + score_b) / 2
                    spots = crossings_of(self.graph, self.book.edges(a), self.book.edges(b))
                    hits += [PlaceHit(label, lon, lat, "intersection", score) for lon, lat in spots]
        return hits

    def _named(self, text: str) -> list[PlaceHit]:
        hits = []
        for row, score in self.named.find(text).items():
            if row < len(self.places):
                place = self.places[row]
                hits.append(PlaceHit(place.name, place.lon, place.lat, "place", 0.97 * score))
            else:
                at = row - len(self.places)
                lon, lat = self.areas.inside(at)
                hits.append(PlaceHit(self.areas.areas[at].name, lon, lat, "area", 0.9 * score))
        return hits


def _middle(points: Floats) -> tuple[float, float]:
    """The one of the points nearest to their mean: a place that is really there."""
    mean = points.mean(axis=0)
    nearest = int(metres_between(points[:, 0], points[:, 1], mean[0], mean[1]).argmin())
    return float(points[nearest, 0]), float(points[nearest, 1])
