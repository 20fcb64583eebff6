# SPDX-License-Identifier: Apache-2.0
"""Put a backup back, and verify the journal in it."""

import argparse
from pathlib import Path

HELP = "restore a backup, then verify the journal (0: all fits, 1: refused and nothing changed, 3: it does not fit)"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """`callbox restore SOURCE`."""
    parser.add_argument("source", type=Path, help="a folder or file that `callbox backup` made")
    parser.add_argument("--check", action="store_true", help="only read the backup and compare its checksums")
    parser.add_argument(
        "--replace", action="store_true", help="move what is in the home aside; without it, it must be empty"
    )
    parser.add_argument("--keys", type=Path, metavar="FILE", help="the file of keys of contact data")


def run(args: argparse.Namespace) -> int:
    """0 when everything is back and the journal verifies."""
    from callbox.commands import _backup

    return _backup.check(args) if args.check else _backup.restore(args)
