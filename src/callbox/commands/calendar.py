# SPDX-License-Identifier: Apache-2.0
"""Load a calendar: first what would move, and only with --apply the new version."""

import argparse
from pathlib import Path

HELP = "show which due times a calendar would move; with --apply load it"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The folder, as kernel/data/calendars/cn is one."""
    parser.add_argument("folder", type=Path, help="with about.tsv and days.tsv")
    parser.add_argument("--apply", action="store_true", help="load it, after what would move is shown")


def run(args: argparse.Namespace) -> int:
    """Print each move and one JSON line; 0 also when nothing moves."""
    from callbox.commands import _calendar

    return _calendar.load(args.folder, apply=args.apply)
