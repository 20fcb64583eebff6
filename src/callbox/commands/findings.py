# SPDX-License-Identifier: Apache-2.0
"""Findings from the imported log: what a scan finds broken is raised, once."""

import argparse
from datetime import date

HELP = "raise what a scan of the imported log finds broken or about to be, each once"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """`callbox findings raise --as-of DATE [--model CODE]`."""
    doing = parser.add_subparsers(dest="do", required=True, metavar="WHAT")
    raising = doing.add_parser("raise", help="turn a scan's verdicts into findings; again changes nothing")
    raising.add_argument(
        "--as-of", type=date.fromisoformat, required=True, help="a day, to its end: 2026-01-31"
    )
    raising.add_argument("--model", action="append", default=[], help="only this model; may be said again")


def run(args: argparse.Namespace) -> int:
    """Scan and raise."""
    from callbox.commands import _findings

    return _findings.raise_found(args.as_of, args.model)
