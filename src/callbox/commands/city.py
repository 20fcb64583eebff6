# SPDX-License-Identifier: Apache-2.0
"""Cities: import one from OpenStreetMap, list what is there, check the one in force, go back to another."""

import argparse
from pathlib import Path

HELP = "import a city from OpenStreetMap; list, check or choose imported cities"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The sub-commands import, list, check and use."""
    actions = parser.add_subparsers(dest="city_action", metavar="ACTION", required=True)
    bring = actions.add_parser("import", help="import a city and put it in force")
    source = bring.add_mutually_exclusive_group(required=True)
    source.add_argument("roads", nargs="?", type=Path, help="roads.osm.pbf, .osm.gz or *_edges.csv")
    source.add_argument("--city", help="a ready-made city: helsinki or sf")
    bring.add_argument("--name", help="the city's name; else the file's")
    bring.add_argument("--areas", action="append", default=[], metavar="[KIND=]FILE", help="GeoJSON polygons")
    bring.add_argument("--addresses", type=Path, help="CSV with number, street, lat, lon")
    bring.add_argument(
        "--places", action="append", default=[], metavar="[KIND=]FILE", help="GeoJSON or CSV points"
    )
    bring.add_argument("--time-zone", default="UTC", help="as Europe/Helsinki")
    actions.add_parser("list", help="list imported cities; * is in force")
    check = actions.add_parser("check", help="check the files and travel times of the city in force")
    check.add_argument("name")
    use = actions.add_parser("use", help="put another imported version in force")
    use.add_argument("name")
    use.add_argument("version")


def run(args: argparse.Namespace) -> int:
    """Do what was asked; 0 when it was done."""
    from callbox.commands import _city

    return _city.run(args)
