# SPDX-License-Identifier: Apache-2.0
"""What the stream's second layer costs: entries handed to many screens with and without asking the database again."""

import argparse
import json

HELP = "CPU time of an entry shown to many screens, with and without the stream's second layer"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """How many screens, and how many entries come at once."""
    parser.add_argument(
        "--screens", type=int, default=50, help="half of them desks, half crews (default: 50)"
    )
    parser.add_argument("--rounds", type=int, default=300, help="of each way, in turn (default: 300)")
    parser.add_argument("--each", type=int, default=4, help="entries that come at once (default: 4)")


def run(args: argparse.Namespace) -> int:
    """Print one JSON line; microseconds of CPU time, of door and database together, for each entry on each screen."""
    from callbox.benches import _stream

    print(json.dumps(_stream.measure(args.screens, args.rounds, args.each)))
    return 0
