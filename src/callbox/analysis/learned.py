# SPDX-License-Identifier: Apache-2.0
"""Tables made from recorded requests: categories, areas drawn around their points, and rules learned from who had them.

Pure. What is learned is data like any other: the text of an edition.
"""

import json
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence

import shapely
from shapely.geometry import mapping

from callbox.analysis.baltimore import Recorded, code_of, group_of
from callbox.requests.routing import ANY, COLUMNS

FEWEST = 3  # fewer requests of a type in a district are no rule of their own
SOURCE = "learned from recorded requests"
SINCE = "2000-01-01"
URGENCY = 4  # the file says nothing of it


def categories_of(rows: Iterable[Recorded]) -> str:
    """Every type of the file as a category without questions."""
    kinds = sorted({row.type for row in rows})
    said = [
        {
            "code": code_of(kind),
            "group": group_of(kind),
            "en": kind,
            "zh": kind,
            "urgency": URGENCY,
            "valid_from": SINCE,
        }
        for kind in kinds
    ]
    return json.dumps(said)


def district_code(number: str) -> str:
    """The code of a council district."""
    return f"council-{number}"


def areas_of(rows: Iterable[Recorded]) -> str:
    """The council districts, drawn around the file's own points: each place belongs to the nearest point's district.

    Raises ValueError for fewer than two points.
    """
    points: dict[tuple[float, float], str] = {}
    for row in rows:
        if row.point and row.district:
            points.setdefault(row.point, row.district)
    if len(points) < 2:
        raise ValueError("too few requests have a place and a council district")
    cells = shapely.voronoi_polygons(shapely.MultiPoint(list(points)), ordered=True)
    parts = defaultdict(list)
    for cell, district in zip(cells.geoms, points.values(), strict=True):
        parts[district].append(cell)
    features = [
        {
            "type": "Feature",
            "properties": {
                "code": district_code(number),
                "level": "district",
                "en": f"Council district {number}",
                "zh": f"第{number}议会区",
            },
            "geometry": mapping(shapely.union_all(found)),
        }
        for number, found in sorted(parts.items())
    ]
    return json.dumps({"type": "FeatureCollection", "features": features})


def rules_of(rows: Sequence[Recorded]) -> str:
    """Who had most of each type, of each type in a district where that was another, and of each group."""
    everywhere, there, of_group = (defaultdict[str, Counter[str]](Counter) for _ in range(3))
    for row in rows:
        kind, lead = code_of(row.type), code_of(row.agency)
        everywhere[kind][lead] += 1
        of_group[f"{group_of(row.type)}/{ANY}"][lead] += 1
        if row.district:
            there[f"{kind}\t{district_code(row.district)}"][lead] += 1
    usual = {kind: _most(found) for kind, found in everywhere.items()}
    lines = [_line(kind, ANY, lead) for kind, lead in usual.items()]
    lines += [_line(group, ANY, _most(found)) for group, found in of_group.items()]
    for slot, found in there.items():
        kind, area = slot.split("\t")
        if _most(found) != usual[kind] and found[_most(found)] >= FEWEST:
            lines.append(_line(kind, area, _most(found)))
    return "\n".join(["\t".join(COLUMNS), *sorted(lines)])


def _most(found: Mapping[str, int]) -> str:
    return min(found, key=lambda code: (-found[code], code))


def _line(category: str, area: str, lead: str) -> str:
    return "\t".join((SINCE, "", category, area, "", lead, "", "", SOURCE))
