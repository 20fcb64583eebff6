# SPDX-License-Identifier: Apache-2.0
"""Make faults on purpose before an installation of the drill's own, and say whether anything was lost."""

import argparse

HELP = "make faults on purpose and check that nothing is lost; prints one JSON line"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """`callbox drill NAME [--seed N] [--times N]`, `callbox drill --list`."""
    parser.add_argument("name", nargs="?", help="the drill")
    parser.add_argument("--list", action="store_true", help="say which drills there are")
    parser.add_argument("--seed", type=int, default=1, help="what the moments are drawn from (default: 1)")
    parser.add_argument("--times", type=int, help="how many faults (default: as the drill says)")


def run(args: argparse.Namespace) -> int:
    """Run one drill; 0 only if nothing is broken."""
    from callbox.drills.registry import drill, names

    if args.list or not args.name:
        for name in names():
            print(f"{name:24} {drill(name).HELP}")
        return 0
    from callbox.commands._setup import prepare
    from callbox.drills.result import Skipped

    try:
        chosen = drill(args.name)
    except KeyError:
        print(f"callbox: there is no drill {args.name}. Choose one of: {', '.join(names())}")
        return 2
    prepare()
    try:
        result = chosen.run(args.seed, args.times or chosen.TIMES)
    except Skipped as why:
        print(f"callbox: the drill was not run: {why}")
        return 3
    print(result.line())
    return 0 if result.ok else 1
