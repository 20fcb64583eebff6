# SPDX-License-Identifier: Apache-2.0
"""Look for what is wrong in the product itself: scanners, known holes, secrets, parsers fed with rubbish."""

import argparse
from pathlib import Path

HELP = "scan the product with rules of our own, list what it is made of, feed rubbish to its parsers"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """`callbox audit [--report FOLDER]`, `callbox audit fuzz [--seconds N] [--only NAME]`."""
    parser.add_argument("what", nargs="?", choices=["scan", "fuzz"], default="scan", help="(default: scan)")
    parser.add_argument(
        "--report", type=Path, metavar="FOLDER", help="where sbom.json goes (default: the home)"
    )
    parser.add_argument("--seconds", type=int, default=5, help="for each parser (default: 5)")
    parser.add_argument("--only", metavar="NAME", help="one tool, or one parser")


def run(args: argparse.Namespace) -> int:
    """Print what was found, then one JSON line; 1 when anything was found."""
    from callbox.commands._audit import fuzzed, scanned

    if args.what == "fuzz":
        return fuzzed(args.seconds, args.only)
    return scanned(args.report, args.only)
