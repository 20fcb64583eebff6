# SPDX-License-Identifier: Apache-2.0
"""How long it takes to say who deals with a point, over as many sub-grids as a large district city has."""

import argparse
import json

HELP = "microseconds to route one point over 1,485 sub-grids"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """How many points."""
    parser.add_argument("--points", type=int, default=20_000, help="points drawn by lot")


def run(args: argparse.Namespace) -> int:
    """Print one JSON line; route_us is the mean, in microseconds, of locating a point and deciding by the rules."""
    from callbox.benches import _routing

    print(json.dumps(_routing.measure(args.points)))
    return 0
