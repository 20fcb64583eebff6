# SPDX-License-Identifier: Apache-2.0
"""How fast the twelve models of traffic fines judge the real log, from prepared columns and cold from the file."""

import argparse
import json

HELP = "events a CPU-second for the models of traffic fines"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """How many copies of the log, and how often it is judged."""
    parser.add_argument("--copies", type=int, default=1, help="copies of the log, as cases of their own")
    parser.add_argument("--rounds", type=int, default=5, help="the median of so many counts")


def run(args: argparse.Namespace) -> int:
    """Print one JSON line; bulk_events_per_cpu_s is from prepared columns, cold_events_per_cpu_s from the file on."""
    from callbox.benches import _oversight

    print(json.dumps(_oversight.measure(args.copies, args.rounds)))
    return 0
