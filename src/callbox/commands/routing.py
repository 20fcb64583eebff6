# SPDX-License-Identifier: Apache-2.0
"""Load what requests are routed by: first what would change, and only with --apply the new edition."""

import argparse
from datetime import date

HELP = "show what other categories, areas or routing rules would change; with --apply load them"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """`callbox routing areas district=FILE grid=FILE`, `callbox routing rules FILE`."""
    parser.add_argument("kind", choices=["areas", "categories", "rules"])
    parser.add_argument(
        "files",
        nargs="+",
        metavar="[LEVEL=]FILE",
        help="GeoJSON of areas (LEVEL: district, grid or sub_grid, where the file does not say), JSON or TSV",
    )
    parser.add_argument(
        "--since", type=date.fromisoformat, default=date.min, help="rules: try them on requests since then"
    )
    parser.add_argument("--apply", action="store_true", help="load it, after what would change is shown")


def run(args: argparse.Namespace) -> int:
    """Print each change, each fault and one JSON line; 0 also when nothing changes."""
    from callbox.commands import _routing

    return _routing.load(args.kind, args.files, apply=args.apply, since=args.since)
