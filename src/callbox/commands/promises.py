# SPDX-License-Identifier: Apache-2.0
"""Load how soon things are promised: first what would move, and only with --apply the new edition."""

import argparse
from pathlib import Path

HELP = "print the promises in force, or show which due times others would move; with --apply load them"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The table, as matters/data/promises.tsv is one."""
    parser.add_argument("file", type=Path, nargs="?", help="none: print the table in force, to be changed")
    parser.add_argument("--apply", action="store_true", help="load it, after what would move is shown")


def run(args: argparse.Namespace) -> int:
    """Print each change, each move and one JSON line; 0 also when nothing moves."""
    from callbox.commands import _promises

    return _promises.load(args.file, apply=args.apply) if args.file else _promises.show()
