# SPDX-License-Identifier: Apache-2.0
"""Load what happens as a promise gets late: first which steps would move, and only with --apply the new edition."""

import argparse
from pathlib import Path

HELP = (
    "write the ladders in force into a folder, or show which steps others would move; with --apply load them"
)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The folder with both tables, as matters/data has them."""
    parser.add_argument("folder", type=Path, help="with ladders.tsv and quiet_hours.tsv")
    parser.add_argument("--write", action="store_true", help="write the tables in force there, to be changed")
    parser.add_argument("--apply", action="store_true", help="load them, after what would move is shown")


def run(args: argparse.Namespace) -> int:
    """Print each change, each step that would move and one JSON line; 0 also when nothing moves."""
    from callbox.commands import _ladders

    return _ladders.write(args.folder) if args.write else _ladders.load(args.folder, apply=args.apply)
