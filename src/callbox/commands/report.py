# SPDX-License-Identifier: Apache-2.0
"""The response-time table from the journal."""

import argparse
from datetime import date, datetime
from pathlib import Path

from callbox.commands._options import add_database_argument

HELP = "print the response-time table from the journal"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """`callbox report [--since --until] [--json] [--compare FILE] [--database replay]`."""
    parser.add_argument("--since", type=_moment, help="received from this time on, as 2026-11-22T08:00+08:00")
    parser.add_argument("--until", type=_moment, help="received before this time")
    parser.add_argument("--json", action="store_true", help="one JSON object instead of the table")
    parser.add_argument(
        "--compare", type=Path, metavar="FILE", help="compare with figures counted straight from an SFFD file"
    )
    parser.add_argument("--limits-of", type=date.fromisoformat, help="limits in force on this day (today)")
    parser.add_argument("--city", help="whose hours are counted (sf for the replay, else CALLBOX_CITY)")
    add_database_argument(parser)


def _moment(text: str) -> datetime:
    found = datetime.fromisoformat(text)
    if found.tzinfo is None:
        raise argparse.ArgumentTypeError(f"{text} says no offset, such as +08:00 or Z")
    return found


def run(args: argparse.Namespace) -> int:
    """Print it; 1 when `--compare` finds a difference."""
    from callbox.commands import _report

    return _report.run(args)
