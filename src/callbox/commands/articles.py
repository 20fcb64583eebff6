# SPDX-License-Identifier: Apache-2.0
"""Load articles that answer at once from a folder: `diff` shows what would change, `load` does it."""

import argparse
from pathlib import Path

HELP = "show what a folder of articles would change, or load it"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """`callbox articles diff [FOLDER]`, `callbox articles load [FOLDER]`."""
    parser.add_argument("what", choices=["diff", "load"], help="diff: change nothing")
    parser.add_argument(
        "folder",
        type=Path,
        nargs="?",
        help="a folder with a file CODE.toml for each article; without it the general ones that come with Callbox",
    )


def run(args: argparse.Namespace) -> int:
    """Print each change and one JSON line; 0 also when nothing changes."""
    from callbox.commands import _articles

    return _articles.load(args.folder, apply=args.what == "load")
