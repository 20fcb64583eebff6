# SPDX-License-Identifier: Apache-2.0
"""What a city gives beside its road file: addresses, places, areas, roads as tables; packed or not."""

from callbox.audit.fuzz.targets._inputs import file_of
from callbox.geo.actions.csv_roads import read_csv_roads
from callbox.geo.actions.inputs import read_addresses, read_areas, read_places
from callbox.kernel.errors import Invalid

REFUSALS: tuple[type[BaseException], ...] = (Invalid,)
POLYGON = b'{"type": "Polygon", "coordinates": [[[0, 0], [1, 0], [1, 1], [0, 0]]]}'
SEEDS = (
    b"\x00number,street,lat,lon\n1,Main Street,60.1,24.9\n",
    b"\x02name,kind,lat,lon\nA,school,60.1,24.9\n",
    b'\x03{"features": [{"properties": {"name": "A"}, "geometry": {"type": "Point", "coordinates": [1, 2]}}]}',
    b'\x04{"features": [{"properties": {"name": "A"}, "geometry": ' + POLYGON + b"}]}",
    b"\x05edge_id,u,v,name,oneway,geometry_lonlat\n1,1,2,A,True,24.9 60.1;24.8 60.1\n",
    b"\x01\x1f\x8b\x08\x00\x00\x00\x00\x00\x00\x03\xff\xff\xff\xff",
    b"\x04" + b"[" * 3000,
)
READERS = (
    ("a.csv", read_addresses),
    ("a.csv.gz", read_addresses),
    ("p.csv", read_places),
    ("p.geojson", read_places),
    ("a.geojson", lambda path: read_areas([path])),
    ("x_edges.csv", read_csv_roads),
)
NODES = b"node_id,lon,lat\n1,24.9,60.1\n2,24.8,60.1\n"


def feed(data: bytes) -> None:
    """The first byte chooses the file; the roads' nodes are sound or, by their first byte, the same rubbish."""
    name, reader = READERS[(data[:1] or b"\0")[0] % len(READERS)]
    with file_of(data[1:], name) as path:
        path.with_name("x_nodes.csv").write_bytes(data[1:] if data[1:2] == b"n" else NODES)
        reader(path)
