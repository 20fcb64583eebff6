# SPDX-License-Identifier: Apache-2.0
"""All drills that count, one after the other, as one line: what was done to an installation and what it lost."""

import argparse
import json

HELP = "kills, power cuts, freezes, full disks and a storm: what is lost, and how long a contact waits"
# Drill, faults made by default, faults made with --full.
PARTS = (
    ("kill-any", 12, 940),
    ("kill-at-each-write", 6, 60),
    ("kill-postgres", 3, 200),
    ("freeze-postgres", 2, 100),
    ("slow-postgres", 3, 9),
    ("power-cut", 4, 200),
    ("disk-full-data", 2, 50),
    ("disk-full-wal", 1, 50),
    ("storm", 1, 1),
)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """How much of it."""
    parser.add_argument("--full", action="store_true", help="as many faults as are promised; takes hours")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--only", action="append", help="only this drill (may be repeated)")


def run(args: argparse.Namespace) -> int:
    """Print a line for each drill, then the figures of all; 0 only if nothing is broken."""
    from callbox.benches._reliability import summary
    from callbox.drills.registry import drill, names
    from callbox.drills.result import Skipped

    results, not_run = [], {}
    for name, few, many in PARTS:
        if args.only and name not in args.only:
            continue
        if name not in names():
            not_run[name] = "there is no such drill"
            continue
        try:
            results.append(drill(name).run(args.seed, many if args.full else few))
        except Skipped as why:
            not_run[name] = str(why)
            continue
        print(results[-1].line(), flush=True)
    print(json.dumps(summary(results, not_run)))
    return 0 if all(not result.broken for result in results) else 1
