# SPDX-License-Identifier: Apache-2.0
"""Which areas contain a point."""

import json
from collections.abc import Sequence
from functools import cached_property
from itertools import pairwise
from pathlib import Path

import numpy as np
import shapely
from shapely.geometry.base import BaseGeometry

from callbox.geo.domain.things import Area

OVERLAP_SHARE = 0.01
"""Two areas of one kind overlap when they share more than this part of the smaller: less is drawing error."""


class AreaIndex:
    """The areas of a city version with their shapes (WGS84 polygons), in the order of the files."""

    def __init__(self, areas: Sequence[Area], shapes: Sequence[BaseGeometry]) -> None:
        self.areas = list(areas)
        self.shapes = list(shapes)
        self.by_id = {area.id: area for area in self.areas}
        shapely.prepare(np.array(self.shapes, object))

    @cached_property
    def tree(self) -> shapely.STRtree:
        """The spatial index."""
        return shapely.STRtree(np.array(self.shapes, object))

    def at(self, lon: float, lat: float) -> list[Area]:
        """The areas that contain a point or have it on their border, in the order of the files."""
        rows = self.tree.query(shapely.Point(lon, lat), predicate="intersects")
        return [self.areas[row] for row in sorted(rows.tolist())]

    def inside(self, row: int) -> tuple[float, float]:
        """A point within an area, for its label."""
        point = self.shapes[row].representative_point()
        return point.x, point.y

    def overlaps(self) -> list[tuple[str, str]]:
        """Pairs of areas of one kind that overlap by more than OVERLAP_SHARE of the smaller."""
        left, right = self.tree.query(np.array(self.shapes, object), predicate="intersects")
        pairs = [(a, b) for a, b in zip(left.tolist(), right.tolist(), strict=True) if a < b]
        return [(self.areas[a].id, self.areas[b].id) for a, b in pairs if self._overlap(a, b)]

    def _overlap(self, a: int, b: int) -> bool:
        if self.areas[a].kind != self.areas[b].kind:
            return False
        smaller = min(self.shapes[a].area, self.shapes[b].area)
        return bool(self.shapes[a].intersection(self.shapes[b]).area > OVERLAP_SHARE * smaller)

    def save(self, folder: Path) -> None:
        """Write areas.json and the shapes as WKB in areas.npy with areas_start.npy."""
        rows = [
            {"id": a.id, "kind": a.kind, "name": a.name, "properties": dict(a.properties)} for a in self.areas
        ]
        (folder / "areas.json").write_text(json.dumps(rows, ensure_ascii=False), encoding="utf-8")
        blobs = [shapely.to_wkb(shape) for shape in self.shapes]
        start = np.concatenate([[0], np.cumsum([len(blob) for blob in blobs])]).astype(np.int64)
        np.save(folder / "areas_start.npy", start)
        np.save(folder / "areas.npy", np.frombuffer(b"".join(blobs), np.uint8))

    @classmethod
    def load(cls, folder: Path) -> "AreaIndex":
        """Read what `save` wrote."""
        rows = json.loads((folder / "areas.json").read_text(encoding="utf-8"))
        start = np.load(folder / "areas_start.npy", allow_pickle=False)
        data = np.load(folder / "areas.npy", mmap_mode="r", allow_pickle=False)
        shapes = [shapely.from_wkb(data[a:b].tobytes()) for a, b in pairwise(start.tolist())]
        return cls([Area(**row) for row in rows], shapes)
