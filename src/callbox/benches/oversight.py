# SPDX-License-Identifier: Apache-2.0
"""How fast each engine of oversight judges: the log of traffic fines, copies of it, and a million made-up cases."""

import argparse
import json
from pathlib import Path

HELP = "events a second of each engine of oversight, side by side"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """How many copies of the log, how often it is judged, and what takes part."""
    parser.add_argument("--copies", type=int, default=20, help="copies of the log, as cases of their own")
    parser.add_argument("--rounds", type=int, default=5, help="the median of so many counts")
    parser.add_argument(
        "--cases", type=int, default=1_000_000, help="synthetic cases for all models; 0: none"
    )
    parser.add_argument(
        "--spark",
        nargs="?",
        const="local[2]",
        metavar="MASTER",
        help="Spark too, if pyspark is installed: on this machine, or on the cluster of this master",
    )
    parser.add_argument(
        "--spark-folder",
        type=Path,
        metavar="FOLDER",
        help="where every machine of the cluster reads the tables",
    )
    parser.add_argument(
        "--no-pm4py", dest="pm4py", action="store_false", help="without pm4py, which is installed apart"
    )


def run(args: argparse.Namespace) -> int:
    """Print what each engine took, then one JSON line. 1 where two engines count differently."""
    from callbox.benches import _oversight

    told, differ = _oversight.measure(args)
    for line in differ:
        print(f"differs: {line}")
    print(json.dumps(told))
    return 1 if differ else 0
