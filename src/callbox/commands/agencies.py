# SPDX-License-Identifier: Apache-2.0
"""Load agencies from a folder with one folder for each: `diff` shows what would change, `load` does it."""

import argparse
from pathlib import Path

HELP = "show what a folder of agencies would change, or load it"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """`callbox agencies diff FOLDER`, `callbox agencies load FOLDER`."""
    parser.add_argument("what", choices=["diff", "load"], help="diff: change nothing")
    parser.add_argument("folder", type=Path, help="a folder with a folder for each agency, named by its code")


def run(args: argparse.Namespace) -> int:
    """Print each change and one JSON line; 0 also when nothing changes."""
    from callbox.commands import _agencies

    return _agencies.load(args.folder, apply=args.what == "load")
