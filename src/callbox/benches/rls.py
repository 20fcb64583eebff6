# SPDX-License-Identifier: Apache-2.0
"""What row-level security costs: the same requests with and without it, side by side."""

import argparse
import json

HELP = "the board, the queue and claiming a call, with and without row-level security"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """How often, and how much there is to see."""
    parser.add_argument("--rounds", type=int, default=20, help="of each way, in turn (default: 20)")
    parser.add_argument("--each", type=int, default=10, help="requests of each kind a round (default: 10)")
    parser.add_argument("--incidents", type=int, default=40, help="open, with a unit and a call each")


def run(args: argparse.Namespace) -> int:
    """Print medians in milliseconds and one JSON line; rls_ratio is that of all three requests together."""
    from callbox.benches import _rls

    found = _rls.measure(args.rounds, args.each, args.incidents)
    print(f"{'request':<16} {'without ms':>11} {'with ms':>9} {'ratio':>7} {'CPU ratio':>10}")
    for name, row in found["requests"].items():
        ms = f"{row['without_ms']:>11.2f} {row['with_ms']:>9.2f}"
        print(f"{name:<16} {ms} {row['ratio']:>7.3f} {row['cpu_ratio']:>10.3f}")
    print(json.dumps(found))
    return 0
