# SPDX-License-Identifier: Apache-2.0
"""How long the sweep over a whole city's open matters takes, with few and with all of their steps due."""

import argparse
import json

HELP = "seconds to take the due steps of ladders over 100,000 open matters, few due and all, and to fire all"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """How many matters are open."""
    parser.add_argument("--matters", type=int, default=100_000, help="open, with a running clock each")


def run(args: argparse.Namespace) -> int:
    """Print one JSON line; sweep_100k_s is the wall time of a sweep of which one in a hundred steps is due."""
    from callbox.benches import _sweep

    print(json.dumps(_sweep.measure(args.matters)))
    return 0
