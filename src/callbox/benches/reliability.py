# SPDX-License-Identifier: Apache-2.0
"""All drills that count, in rounds, as one line: what was done to an installation and what it lost."""

import argparse
import json
from dataclasses import dataclass
from pathlib import Path

HELP = "kills, power cuts, freezes, full disks and a storm: what is lost, and how long a contact waits"


@dataclass(frozen=True, slots=True)
class Part:
    """One drill: faults made by default, faults made with --full, and at most so many on one installation."""

    drill: str
    few: int
    many: int
    at_once: int


PARTS = (
    Part("kill-any", 12, 970, 94),
    Part("kill-at-each-write", 6, 60, 60),  # 39 writes there are now
    Part("kill-postgres", 3, 200, 20),
    Part("freeze-postgres", 2, 100, 20),
    Part("slow-postgres", 3, 9, 9),
    Part("power-cut", 4, 200, 40),
    Part("disk-full-data", 2, 50, 10),
    Part("disk-full-wal", 1, 50, 10),
    Part("storm", 1, 60, 60),
)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """How much of it."""
    parser.add_argument("--full", action="store_true", help="as many faults as are promised; takes hours")
    parser.add_argument("--seed", type=int, default=1, help="the first round's; each round takes the next")
    parser.add_argument("--only", action="append", help="only this drill (may be repeated)")
    parser.add_argument(
        "--record", type=Path, help="keep each round's line in this file, and do not run again what it has"
    )


def run(args: argparse.Namespace) -> int:
    """Print a line for each round, then the figures of all; 0 only if nothing is broken."""
    from callbox.benches._reliability import read_record, rounds, summary
    from callbox.drills.registry import drill
    from callbox.drills.result import Skipped

    said = read_record(args.record)
    not_run = {}
    wanted = [part for part in PARTS if not args.only or part.drill in args.only]
    for name, seed, times in rounds(wanted, args.full, args.seed, said):
        if name in not_run:
            continue
        try:
            line = drill(name).run(seed, times).line()
        except Skipped as why:
            not_run[name] = str(why)
            continue
        print(line, flush=True)
        said.append(json.loads(line))
        if args.record:
            with args.record.open("a", encoding="utf-8") as file:
                file.write(line + "\n")
    print(json.dumps(summary(said, not_run)))
    return 0 if all(not line["broken_count"] for line in said) else 1
