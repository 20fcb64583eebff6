# SPDX-License-Identifier: Apache-2.0
"""Replay recorded calls through the same actions that a person's screen calls."""

import argparse
from pathlib import Path

HELP = "replay recorded calls through the same actions a person would use"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """`callbox replay sffd FILE --city sf`, `callbox replay 311 FILE`."""
    parser.add_argument(
        "form",
        choices=["sffd", "311"],
        help="form of the file: SFFD calls (DataSF), 311 requests (Open Baltimore)",
    )
    parser.add_argument("file", type=Path, help=".csv or .csv.gz")
    parser.add_argument("--city", default="sf", help="city in which they happened (default: sf)")
    parser.add_argument("--units", choices=["stations"], default="stations", help="where units count from")
    parser.add_argument("--calls", type=int, help="only the first N calls, or requests")
    parser.add_argument("--workers", type=int, default=4, help="processes at once (default: 4)")


def run(args: argparse.Namespace) -> int:
    """Replay into a database of its own; 0 when the journal verifies. The last line is one JSON object."""
    from callbox.commands import _replay

    return _replay.run(args)
